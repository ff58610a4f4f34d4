package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"lazilabs.com/lazi/graph/manifest"
	"lazilabs.com/lazi/graph/quota"
	"lazilabs.com/lazi/internal/config"
)

// quotas are what callers may ask for, by budgets in the database.
func (a *App) quotas() quota.Config {
	c := a.cfg.Quota
	return quota.Config{
		SubjectCost: int64(c.SubjectCost), TenantCost: int64(c.TenantCost), Ledger: a.store,
		Operations: c.Operations, SubjectOperations: c.SubjectOperations, SubjectSubscriptions: c.SubjectSubscriptions,
	}
}

// forgetBeat is how often budgets are removed that nobody has touched for a minute, and entries of the audit log that are too old.
const forgetBeat = time.Hour

// forget keeps the tables of budgets and of the audit log small, until the context ends.
func (a *App) forget(ctx context.Context) {
	tick := time.NewTicker(forgetBeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := a.store.ForgetRates(ctx); err != nil && ctx.Err() == nil {
				a.log.WarnContext(ctx, "old budgets of callers were not removed", slog.Any("cause", err))
			}
			if _, err := a.store.PruneAudit(ctx, time.Now().Add(-a.cfg.AuditRetention)); err != nil && ctx.Err() == nil {
				a.log.WarnContext(ctx, "old entries of the audit log were not removed", slog.Any("cause", err))
			}
		}
	}
}

// trustedDocuments reads the manifest that the configuration names, nil when it names none.
func trustedDocuments(cfg config.Config) (manifest.Documents, error) {
	if cfg.TrustedDocuments == "" {
		return nil, nil //nolint:nilnil // Any document may be executed then.
	}
	text, err := os.ReadFile(cfg.TrustedDocuments)
	if err != nil {
		return nil, fmt.Errorf("TRUSTED_DOCUMENTS: %w", err)
	}
	all, err := manifest.Read(text)
	if err != nil {
		return nil, fmt.Errorf("TRUSTED_DOCUMENTS: %w", err)
	}
	return all, nil
}
