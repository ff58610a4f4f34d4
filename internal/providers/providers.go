// Package providers says who answers for a tenant's area of the business: the mirror of ServiceTitan, LAZI's own
// tables, or both. Callers see capabilities; which provider serves them is the factory's business.
package providers

import (
	"context"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// Reader answers reads of every kind of an area. All methods batch: one call for all keys of a level.
//
// A method that cannot answer in full returns what it can together with the error that kept the rest out.
type Reader interface {
	// ByIDs returns the rows with the given ids, in no order. A row that is absent without an error does not exist.
	ByIDs(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) ([]domain.Entity, error)
	// List returns the rows that a query asks for, in its order.
	List(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) ([]domain.Entity, error)
	// Count returns how many rows a query's conditions hold for.
	Count(ctx context.Context, tenant domain.TenantID, k *domain.Kind, q domain.Query) (int64, error)
	// Linked returns for each key the rows that a link leads to.
	Linked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any][]domain.Entity, error)
	// CountLinked returns for each key how many rows a link leads to.
	CountLinked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any, q domain.Query) (map[any]int64, error)
}

// Answerer answers the questions of one level of a compiled read together.
type Answerer interface {
	// Answer fills in the answers. It answers all questions in full or returns an error. Those below them it may answer along with
	// them, as table.Ask says.
	Answer(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) error
}

// CustomerSearcher finds customers by a part of their name, phones or e-mail addresses, best match first.
type CustomerSearcher interface {
	SearchCustomers(ctx context.Context, tenant domain.TenantID, text string, limit int) ([]domain.CustomerMatch, error)
}

// Changer makes changes at the source of truth.
type Changer interface {
	// Change makes a change and shows it to readers before it returns. Expected failures are in the outcome.
	Change(ctx context.Context, tenant domain.TenantID, wish domain.Request) (domain.Outcome, error)
}

// Dispatcher tells what the plan of technicians' days takes beside rows.
type Dispatcher interface {
	// BusinessHours returns a company's business hours.
	BusinessHours(ctx context.Context, tenant domain.TenantID) (domain.BusinessHours, error)
	// JobReasons returns why jobs may be called off, or made to wait.
	JobReasons(ctx context.Context, tenant domain.TenantID, use domain.JobReasonUse) ([]domain.JobReason, error)
	// UpstreamCapacity returns what the source of truth itself says that business units can do on days of the company's calendar.
	UpstreamCapacity(ctx context.Context, tenant domain.TenantID, within domain.TimeWindow, units []int64) (map[domain.UnitDay]domain.UpstreamCapacity, error)
}
