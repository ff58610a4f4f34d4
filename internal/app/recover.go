package app

import (
	"context"
	"time"
)

// recoverEvery is how often somebody looks for changes that ended without an outcome.
const recoverEvery = 30 * time.Second

// recoverChanges looks after changes whose makers are gone, until the context ends. Any number of processes may.
func (a *App) recoverChanges(ctx context.Context) {
	ticker := time.NewTicker(recoverEvery)
	defer ticker.Stop()
	for {
		if err := a.Recover(ctx); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "changes without an outcome cannot be looked after", "cause", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Recover looks after changes that ended without an outcome, once.
func (a *App) Recover(ctx context.Context) error { return a.provider.Recover(ctx) }
