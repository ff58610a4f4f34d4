// Package resolvers holds the code behind each field of the schema that is more than a field of a Go struct. A resolver
// hands its arguments to loaders; it knows neither the database nor ServiceTitan.
package resolvers

import (
	"context"

	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/domain"
)

// Resolver is what the resolvers need beside the loaders of their operation.
type Resolver struct {
	// Viewer tells who asks, and for which company.
	Viewer func(ctx context.Context) (*model.Viewer, error)
	// Syncs reads and steers the copying of a tenant's records.
	Syncs Syncs
	// Audit tells what callers have done.
	Audit Audit
}

// Audit tells what a tenant's callers have done.
type Audit interface {
	// AuditLog returns entries, the newest first.
	AuditLog(ctx context.Context, tenant domain.TenantID, f domain.AuditFilter) ([]*domain.AuditEntry, error)
}

// Syncs reads and steers the copying of a tenant's records.
type Syncs interface {
	// Start asks for runs. The answer has one run for each wish, in order: a kind with an unfinished run keeps that one.
	Start(ctx context.Context, tenant domain.TenantID, wishes []domain.NewRun) ([]*domain.SyncRun, error)
	// Cancel ends an unfinished run; a finished one stays as it is. The error is domain.ErrNotFound for a run that is not the
	// tenant's.
	Cancel(ctx context.Context, tenant domain.TenantID, run int64) (*domain.SyncRun, error)
	// SetPaused holds the scheduled runs of kinds, or lets them start again.
	SetPaused(ctx context.Context, tenant domain.TenantID, kinds []*domain.Kind, paused bool) error
	// States tells how well each kind is mirrored, in the order of domain.Kinds.
	States(ctx context.Context, tenant domain.TenantID) ([]*domain.SyncState, error)
	// Runs returns runs, the newest first.
	Runs(ctx context.Context, tenant domain.TenantID, f domain.RunFilter) ([]*domain.SyncRun, error)
	// Quarantine returns records that could not be read, the latest first.
	Quarantine(ctx context.Context, tenant domain.TenantID, f domain.QuarantineFilter) ([]*domain.Quarantined, error)
	// Progress sends each run of the kinds (all when empty) as it moves, until the context ends; then it closes the channel.
	Progress(ctx context.Context, tenant domain.TenantID, kinds []*domain.Kind) (<-chan *domain.SyncRun, error)
}
