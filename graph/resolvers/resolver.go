// Package resolvers holds the code behind each field of the schema that is more than a field of a Go struct. A resolver
// hands its arguments to loaders; it knows neither the database nor ServiceTitan.
package resolvers

import (
	"context"
	"iter"

	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/changes"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
	"lazilabs.com/lazi/internal/scheduling"
)

// Resolver is what the resolvers need beside the loaders of their operation.
type Resolver struct {
	// Viewer tells who asks, and for which company.
	Viewer func(ctx context.Context) (*model.Viewer, error)
	// Syncs reads and steers the copying of a tenant's records.
	Syncs Syncs
	// Audit tells what callers have done.
	Audit Audit
	// Tenants keeps the companies of the deployment.
	Tenants Tenants
	// Writes makes changes and tells of them.
	Writes Writes
	// Plans tells what the plan of technicians' days takes beside rows.
	Plans Plans
	// Travel tells how long technicians are on their way.
	Travel scheduling.Travel
	// Changes tells what changes in the mirror.
	Changes Changes
}

// Writes makes changes and tells of those that were made.
type Writes interface {
	// Changer returns who makes changes in an area.
	Changer(ctx context.Context, tenant domain.TenantID, area domain.Area) (providers.Changer, error)
	// History tells what was done to records of a kind, by id, the newest first.
	History(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) (map[int64][]*domain.HistoryEntry, error)
}

// Plans tells what the plan of technicians' days takes beside rows.
type Plans interface {
	// Dispatcher returns who knows business hours, and the source of truth's own capacity.
	Dispatcher(ctx context.Context, tenant domain.TenantID) (providers.Dispatcher, error)
	// Conflicts returns for appointments what their technicians do at the same time.
	Conflicts(ctx context.Context, tenant domain.TenantID, appointments []int64) (map[int64][]domain.Clash, error)
}

// Changes tells what changes in the mirror.
type Changes interface {
	// Follow returns what happens to a tenant's records of kinds from now on, and before that, where since is given, what has
	// happened behind that place: each event once, in order, until the context ends or the error that is last. The error is
	// domain.ErrResumeExpired for a place that is too old.
	Follow(ctx context.Context, tenant domain.TenantID, kinds []*domain.Kind, since *domain.Place) (iter.Seq2[changes.Event, error], error)
}

// Tenants keeps the companies of the deployment and their accounts.
type Tenants interface {
	// Accounts returns all companies, in order of id.
	Accounts(ctx context.Context) ([]*domain.Account, error)
	// CreateTenant adds a company with its account. The error is a domain.InvalidError for what cannot be kept.
	CreateTenant(ctx context.Context, t domain.Tenant, c domain.Credentials) error
	// SetCredentials replaces a company's account. The error is a domain.InvalidError for one that cannot be kept, or is of no
	// company that there is.
	SetCredentials(ctx context.Context, tenant domain.TenantID, c domain.Credentials) error
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
