package resolvers

import (
	"context"
	"errors"
	"slices"
	"time"

	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
)

// emptyList is what the sender of an empty list reads: nobody who sends one means everything.
const emptyList = "the list is empty: leave it out for all"

// kindsOf returns the kinds that entities name, each once, and none for entities that were left out. The error is
// domain.ErrInvalid for an empty list.
func kindsOf(entities []domain.SyncEntity) ([]*domain.Kind, error) {
	if entities != nil && len(entities) == 0 {
		return nil, domain.Invalid("entities", emptyList)
	}
	var kinds []*domain.Kind
	for _, e := range entities {
		if k, ok := e.Kind(); ok && !slices.Contains(kinds, k) { // the schema's enum holds no other
			kinds = append(kinds, k)
		}
	}
	return kinds, nil
}

// chosen is kindsOf for a mutation: entities that were left out are all.
func chosen(entities []domain.SyncEntity) ([]*domain.Kind, error) {
	kinds, err := kindsOf(entities)
	if err == nil && kinds == nil {
		kinds = domain.Kinds()
	}
	return kinds, err
}

func namesOf(kinds []*domain.Kind) []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

// wishesOf reads what startSync asks for, and tells what is wrong with it.
func wishesOf(in model.StartSyncInput, now time.Time) ([]domain.NewRun, []*model.UserError) {
	wish := domain.NewRun{Mode: in.Mode, Trigger: domain.TriggerMutation, Since: in.Since, AcceptDrop: in.AcceptDrop}
	wrong := wish.Check(now)
	kinds, err := chosen(in.Entities)
	if err != nil {
		wrong = append(wrong, err)
	}
	if wrong != nil {
		return nil, invalid(wrong...)
	}
	wishes := make([]domain.NewRun, len(kinds))
	for i, k := range kinds {
		wishes[i] = wish
		wishes[i].Kind = k
	}
	return wishes, nil
}

// cancelled tells what became of a run that was to be stopped.
func cancelled(run *domain.SyncRun, err error) (*model.CancelSyncPayload, error) {
	out := &model.CancelSyncPayload{Run: run}
	switch {
	case errors.Is(err, domain.ErrNotFound):
		out.UserErrors = append(out.UserErrors, userError(codeNotFound, "runId", "there is no such run"))
	case err != nil:
		return nil, err
	case run.Status != domain.SyncCancelled:
		out.UserErrors = append(out.UserErrors, userError(codeFinished, "runId", "the run has ended already: it is %s", run.Status))
	}
	return out, nil
}

// setPaused holds scheduled runs or lets them start again.
func (r *Resolver) setPaused(ctx context.Context, entities []domain.SyncEntity, paused bool) (*model.SchedulePayload, error) {
	tenant, err := tenantOf(ctx)
	if err != nil {
		return nil, err
	}
	kinds, err := chosen(entities)
	if err != nil {
		return &model.SchedulePayload{UserErrors: invalid(err)}, nil
	}
	if err := r.Syncs.SetPaused(ctx, tenant, kinds, paused); err != nil {
		return nil, err
	}
	states, err := r.Syncs.States(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return &model.SchedulePayload{States: slices.DeleteFunc(states, func(s *domain.SyncState) bool {
		return !slices.Contains(namesOf(kinds), s.Kind)
	})}, nil
}

// runsAsked reads what syncRuns asks for.
func runsAsked(entities []domain.SyncEntity, statuses []domain.SyncStatus, first int, after *string) (*paging.Cut, domain.RunFilter, error) {
	kinds, err := kindsOf(entities)
	if err == nil && statuses != nil && len(statuses) == 0 {
		err = domain.Invalid("statuses", emptyList)
	}
	f := domain.RunFilter{Kinds: namesOf(kinds), Statuses: statuses}
	if err != nil {
		return nil, f, err
	}
	cut, err := paging.NewCut("syncRuns", f, false, first, after)
	if err != nil {
		return nil, f, err
	}
	f.Limit = cut.Limit
	if cut.After != nil {
		f.Before = cut.After.Number
	}
	return cut, f, nil
}

func runPlace(r *domain.SyncRun) paging.Place { return paging.Place{Number: r.ID} }

// quarantineAsked reads what quarantine asks for.
func quarantineAsked(entities []domain.SyncEntity, first int, after *string) (*paging.Cut, domain.QuarantineFilter, error) {
	kinds, err := kindsOf(entities)
	f := domain.QuarantineFilter{Kinds: namesOf(kinds)}
	if err != nil {
		return nil, f, err
	}
	cut, err := paging.NewCut("quarantine", f, true, first, after)
	if err != nil {
		return nil, f, err
	}
	f.Limit = cut.Limit
	if cut.After != nil {
		f.Before = &domain.QuarantinePlace{LastSeenAt: *cut.After.At, Number: cut.After.Number}
	}
	return cut, f, nil
}

func quarantinePlace(q *domain.Quarantined) paging.Place {
	return paging.Place{At: &q.LastSeenAt, Number: q.Number}
}
