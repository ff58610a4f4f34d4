package resolvers

import (
	"context"
	"slices"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/changes"
	"lazilabs.com/lazi/internal/dispatch"
	"lazilabs.com/lazi/internal/domain"
)

// board is the dispatch board of a day as one caller sees it: an appointment that moves away is told, too.
type board struct {
	day    domain.TimeWindow
	all    bool           // its caller sees all rows
	stands map[int64]bool // the ids of its appointments
}

// newBoard reads which appointments stand on the board of a day of the company's calendar.
func newBoard(ctx context.Context, date domain.Date) (*board, error) {
	zone, err := zoneOf(ctx)
	if err != nil {
		return nil, err
	}
	_, limited := domain.OwnRowsOf(ctx)
	b := &board{all: !limited, stands: map[int64]bool{}, day: dispatch.DayOf(date, zone)}
	args := paging.Args{First: new(domain.MaxPage), Filter: &domain.AppointmentFilter{Within: &b.day}}
	for {
		page, err := loaders.List(ctx, domain.Appointments, args)
		if err != nil {
			return nil, err
		}
		nodes, err := page.Nodes(ctx)
		if err != nil {
			return nil, err
		}
		for _, a := range nodes {
			b.stands[a.STID] = true
		}
		info, err := page.PageInfo(ctx)
		if err != nil || !info.HasNextPage {
			return b, err
		}
		args.After = info.EndCursor
	}
}

// change returns what an event means to the board, nil when nothing.
func (b *board) change(ctx context.Context, e changes.Event) (*model.DispatchBoardChange, error) {
	id, row, err := e.Appointment(ctx)
	if err != nil {
		return nil, err
	}
	stood, stands := b.stands[id], row != nil && b.holds(row)
	if stands {
		b.stands[id] = true
	} else {
		delete(b.stands, id)
	}
	if !stood && !stands && !b.mayHaveHeld(e, row) {
		return nil, nil
	}
	kind := model.ChangeKindUpdated
	switch {
	case row == nil && e.Op() != domain.ChangeInsert:
		kind = model.ChangeKindDeleted
	case e.Kind() == domain.Appointments.Name:
		kind = changeKind(e.Op())
	}
	return &model.DispatchBoardChange{
		Kind: kind, AppointmentID: domain.GlobalID{Kind: domain.Appointments.Name, ID: id}, Appointment: row,
		ChangedFields: e.Fields(), At: e.At(), ResumeToken: e.Place().String(),
	}, nil
}

// holds tells whether an appointment stands on the board. As in the mirror, one without a length is a moment (raw.span).
func (b *board) holds(a *domain.Appointment) bool {
	switch {
	case a.Start == nil || !a.Start.Before(b.day.End):
		return false
	case a.End == nil || !a.End.After(*a.Start):
		return !a.Start.Before(b.day.Start)
	}
	return a.End.After(b.day.Start)
}

// mayHaveHeld tells whether an appointment may have stood on the board before an event that is replayed. What it was then is
// not known: the log holds the names of what has changed.
func (b *board) mayHaveHeld(e changes.Event, row *domain.Appointment) bool {
	if !e.Replayed || e.Kind() != domain.Appointments.Name || !b.all && row == nil {
		return false
	}
	return e.Op() == domain.ChangeDelete || slices.Contains(e.Fields(), "start") || slices.Contains(e.Fields(), "end")
}
