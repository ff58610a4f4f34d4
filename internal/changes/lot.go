package changes

import (
	"context"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

const (
	// lotSize is how many records of an entry are handed out, and loaded, together.
	lotSize = 100
	// loadTimeout bounds the loading, which its first subscriber does for all.
	loadTimeout = 10 * time.Second
)

// lot is a part of an entry of the log. All subscribers share it.
type lot struct {
	domain.Change
	mirror       Mirror
	all          view
	appointments loaded[map[int64]int64] // by assignment
}

// view is what callers with one scope see of a lot.
type view struct {
	rows     loaded[map[int64]domain.Entity]
	referred loaded[map[int64]domain.Entity] // the appointments of assignments, by their own ids
}

// loaded is what is loaded when somebody asks for it first.
type loaded[T any] struct {
	once  sync.Once
	value T
	err   error
}

func (l *loaded[T]) get(ctx context.Context, load func(context.Context) (T, error)) (T, error) {
	l.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout) // it is loaded for others, too
		defer cancel()
		l.value, l.err = load(ctx)
	})
	return l.value, l.err
}

// lots splits an entry. The place of each part is behind its last record.
func (h *Hub) lots(c domain.Change) []*lot {
	var out []*lot
	before := c.Place.Records - len(c.IDs) // where a resumed entry begins
	for i := 0; i < len(c.IDs); i += lotSize {
		part := c
		part.IDs = c.IDs[i:min(i+lotSize, len(c.IDs))]
		part.Place.Records = before + i + len(part.IDs)
		out = append(out, &lot{Change: part, mirror: h.cfg.Mirror})
	}
	return out
}

// rows loads rows by id.
func (l *lot) rows(ctx context.Context, k *domain.Kind, ids []int64) (map[int64]domain.Entity, error) {
	rows, err := l.mirror.ByIDs(ctx, l.Tenant, k, ids)
	out := make(map[int64]domain.Entity, len(rows))
	for _, row := range rows {
		out[row.Base().STID] = row
	}
	return out, err
}

// Event is what happened to one record. Its methods that load do so once for all subscribers who see all rows, and once for each
// who does not: the rows are shared and must not be changed.
type Event struct {
	// Replayed tells that it happened before the subscription began.
	Replayed bool

	lot   *lot
	index int
	view  *view
}

// Op is what happened.
func (e Event) Op() domain.ChangeOp { return e.lot.Op }

// Kind is the name of the record's kind.
func (e Event) Kind() string { return e.lot.Kind }

// ID is the record's id.
func (e Event) ID() int64 { return e.lot.IDs[e.index] }

// Fields are the members that differ; of an update alone.
func (e Event) Fields() []string { return e.lot.Fields }

// At is when the transaction began that changed it.
func (e Event) At() time.Time { return e.lot.At }

// Place is the place in the log behind the event.
func (e Event) Place() domain.Place {
	p := e.lot.Place
	p.Records -= len(e.lot.IDs) - 1 - e.index
	return p
}

// Row is the record as it is now, at least as new as the event; nil when it is gone, or the context's caller may not see it.
func (e Event) Row(ctx context.Context) (domain.Entity, error) {
	var rows map[int64]domain.Entity
	var err error
	if e.Op() != domain.ChangeDelete {
		rows, err = e.view.rows.get(ctx, func(ctx context.Context) (map[int64]domain.Entity, error) {
			k, _ := domain.KindByName(e.Kind()) // subscribers name those that there are
			return e.lot.rows(ctx, k, e.lot.IDs)
		})
	}
	return rows[e.ID()], err
}

// Appointment is the appointment that the event is about: of an assignment, the one that it assigns. The row is as Row tells, the
// id 0 when there is none.
func (e Event) Appointment(ctx context.Context) (id int64, row *domain.Appointment, err error) {
	if e.Kind() == domain.Appointments.Name {
		found, err := e.Row(ctx)
		row, _ := found.(*domain.Appointment)
		return e.ID(), row, err
	}
	assigned, err := e.lot.appointments.get(ctx, func(ctx context.Context) (map[int64]int64, error) {
		return e.lot.mirror.References(ctx, e.lot.Tenant, domain.AssignmentAppointment.Link, e.lot.IDs)
	})
	if err != nil {
		return 0, nil, err
	}
	rows, err := e.view.referred.get(ctx, func(ctx context.Context) (map[int64]domain.Entity, error) {
		ids := make([]int64, 0, len(assigned))
		for _, id := range assigned {
			ids = append(ids, id)
		}
		return e.lot.rows(ctx, domain.Appointments.Kind, ids)
	})
	id = assigned[e.ID()]
	row, _ = rows[id].(*domain.Appointment)
	return id, row, err
}
