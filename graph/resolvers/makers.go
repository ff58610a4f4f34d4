package resolvers

import (
	"context"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/reads"
	"lazilabs.com/lazi/internal/dispatch"
	"lazilabs.com/lazi/internal/domain"
)

// Makers make for compiled reads what resolvers make of several rows: the resolvers of these fields call the same functions.
func (r *Resolver) Makers() reads.Makers {
	return reads.Makers{
		"Query.dispatchBoard":            reads.Root(r.dispatchBoard),
		"Query.dispatchAlerts":           reads.Root(r.dispatchAlerts),
		"Query.availability":             reads.Root(r.availability),
		"Technician.schedule":            reads.Beside(r.schedules),
		"Appointment.conflicts":          reads.Beside(r.conflictsOf),
		"Appointment.history":            reads.Beside(r.historyOf(domain.Appointments.Kind)),
		"Appointment.allowedTransitions": reads.Beside(transitionsOf(domain.Appointments)),
		"Customer.history":               reads.Beside(r.historyOf(domain.Customers.Kind)),
		"Estimate.allowedTransitions":    reads.Beside(transitionsOf(domain.Estimates)),
		"Job.history":                    reads.Beside(r.historyOf(domain.Jobs.Kind)),
		"Job.allowedTransitions":         reads.Beside(transitionsOf(domain.Jobs)),
	}
}

// dayArgs are the arguments of fields about a day.
type dayArgs struct {
	Date   domain.Date
	Filter *domain.TechnicianFilter
}

func (r *Resolver) dispatchBoard(ctx context.Context, a dayArgs) (*dispatch.Board, error) {
	rows, f, err := r.day(ctx, a.Date, a.Filter)
	if err != nil {
		return nil, err
	}
	return dispatch.BoardOf(rows, f, a.Date), nil
}

func (r *Resolver) dispatchAlerts(ctx context.Context, a dayArgs) ([]*dispatch.Alert, error) {
	rows, f, err := r.day(ctx, a.Date, a.Filter)
	if err != nil {
		return nil, err
	}
	return dispatch.Alerts(rows, f), nil
}

type availabilityArgs struct {
	Within        domain.TimeWindow
	TechnicianIDs []*domain.GlobalID
	Filter        *domain.TechnicianFilter
}

func (r *Resolver) availability(ctx context.Context, a availabilityArgs) ([]*dispatch.Availability, error) {
	rows, f, err := r.plan(ctx, a.Within, working(a.Filter, a.TechnicianIDs))
	if err != nil {
		return nil, err
	}
	return dispatch.Availabilities(rows, f), nil
}

// withinArgs are the arguments of fields about a span of time.
type withinArgs struct{ Within domain.TimeWindow }

// schedules are what is on technicians' schedules.
func (*Resolver) schedules(ctx context.Context, _ domain.TenantID, ids []int64, a withinArgs) (map[int64][]*dispatch.Entry, error) {
	if err := planned(a.Within); err != nil {
		return nil, err
	}
	named := make([]domain.GlobalID, len(ids))
	for i, id := range ids {
		named[i] = domain.GlobalID{Kind: domain.Technicians.Name, ID: id}
	}
	rows, err := happenings(ctx, a.Within, named)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		rows.Technicians = append(rows.Technicians, &domain.Technician{Record: domain.Record{STID: id}})
	}
	return dispatch.Schedules(rows, dispatch.Frame{Within: a.Within, Now: loaders.Now(ctx)}), nil
}

// conflictsOf is what the technicians of appointments do at the same time.
func (r *Resolver) conflictsOf(ctx context.Context, tenant domain.TenantID, ids []int64, _ reads.NoArgs) (map[int64][]*dispatch.Conflict, error) {
	clashes, err := r.Plans.Conflicts(ctx, tenant, ids)
	if err != nil {
		return nil, err
	}
	return withRows(ctx, clashes)
}

// historyOf is what was done to rows of a kind through LAZI.
func (r *Resolver) historyOf(k *domain.Kind) func(context.Context, domain.TenantID, []int64, reads.NoArgs) (map[int64][]*domain.HistoryEntry, error) {
	return func(ctx context.Context, tenant domain.TenantID, ids []int64, _ reads.NoArgs) (map[int64][]*domain.HistoryEntry, error) {
		return r.Writes.History(ctx, tenant, k, ids)
	}
}

// transitionsOf is what can be done with rows of a kind in their states.
func transitionsOf[T any](k domain.Of[T]) func(context.Context, domain.TenantID, []int64, reads.NoArgs) (map[int64][]*domain.Transition, error) {
	return func(ctx context.Context, _ domain.TenantID, ids []int64, _ reads.NoArgs) (map[int64][]*domain.Transition, error) {
		rows, err := loaders.Rows(ctx, k, ids)
		out := make(map[int64][]*domain.Transition, len(rows))
		for id, row := range rows {
			out[id] = domain.Transitions(any(row).(domain.Entity)) // rows of every kind are entities
		}
		return out, err
	}
}
