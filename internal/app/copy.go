package app

import (
	"context"
	"log/slog"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers/servicetitan"
)

// copiesAtOnce is how many kinds are read side by side. Kinds of one module share its rate budget, so more would only
// wait for each other.
const copiesAtOnce = 6

// Copy reads every kind of a tenant whole and logs how each ended. The kinds that failed are read on demand.
func (a *App) Copy(ctx context.Context, tenant domain.TenantID) error {
	start := time.Now()
	var sum domain.Written
	failed := 0
	err := a.provider.CopyAll(ctx, tenant, copiesAtOnce, func(p servicetitan.Progress) {
		sum.Add(p.Written)
		attrs := []any{
			slog.Int64("tenant", int64(tenant)), slog.String("kind", p.Kind.Name), slog.Int("records", p.Written.Records()),
			slog.Int("inserted", p.Written.Inserted), slog.Int("updated", p.Written.Updated), slog.Duration("took", p.Took.Round(time.Millisecond)),
		}
		if p.Err != nil {
			failed++
			a.log.WarnContext(ctx, "kind not copied", append(attrs, slog.Any("cause", p.Err))...)
			return
		}
		a.log.DebugContext(ctx, "kind copied", attrs...)
	})
	a.log.InfoContext(ctx, "copy ended", "tenant", tenant, "records", sum.Records(), "inserted", sum.Inserted, "updated", sum.Updated,
		"kinds_failed", failed, "took", time.Since(start).Round(time.Millisecond))
	return err
}
