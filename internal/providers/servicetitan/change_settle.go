package servicetitan

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// finishEvery is how often the mirror is tried that cannot take what a change has left behind.
const finishEvery = 500 * time.Millisecond

// settle reads back what ServiceTitan has stored and puts it into the mirror. The change is made by then: whatever goes wrong is
// told beside it.
func (c *change) settle(ctx context.Context) domain.Outcome {
	o := domain.Outcome{}
	left, err := c.readBack(ctx)
	o.IDs, o.Problems = c.shown(), c.unapplied(left.Of(c.Act.Of()))
	if err != nil {
		c.cfg.Logger.Warn("a change cannot be read back", "tenant", c.tenant, "act", c.Act.Name, "cause", err)
		o.Problems = append(o.Problems, domain.Problem{
			Code: domain.ProblemNotVisible, Message: "ServiceTitan has made the change and does not show all of it yet; the next sync will",
		})
	}
	left.Outcome, left.History = o, c.history(left)
	rejected, err := c.finish(ctx, left)
	if err != nil || len(rejected) > 0 {
		c.cfg.Logger.Error("a change is not in the mirror", "tenant", c.tenant, "act", c.Act.Name, "rejected", len(rejected), "cause", err)
		o.Problems = append(o.Problems, domain.Problem{
			Code: domain.ProblemNotVisible, Message: "ServiceTitan has made the change; LAZI cannot show it yet",
		})
	}
	return o
}

// finish stores what is left of the change. A database that is away for a while is waited for.
func (c *change) finish(ctx context.Context, left domain.Stored) ([]domain.Rejected, error) {
	for {
		rejected, err := c.mirror.Finish(ctx, c.tenant, c.claim, left)
		if errors.Is(err, domain.ErrLost) {
			return nil, nil // somebody has looked after it meanwhile
		}
		if err == nil || !errors.Is(err, domain.ErrUnavailable) {
			return rejected, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(finishEvery):
		}
	}
}

// history is the entry that tells of the change.
func (c *change) history(left domain.Stored) *domain.HistoryEntry {
	e := &domain.HistoryEntry{Subject: c.Subject, Role: c.Role, Mutation: c.Act.Name, Fields: slices.Sorted(maps.Keys(c.Input))}
	switch ids := c.shown(); {
	case len(ids) > 0:
		e.RecordID = ids[0]
	case c.target != nil:
		e.RecordID = c.target.Base().ID()
	default:
		return nil
	}
	if c.Note != "" {
		e.Reason = &c.Note
	}
	if c.target != nil {
		e.Job = c.target.Base().Kind().IDIn(c.target, "job_id")
		if c.Act.On == domain.Jobs.Kind {
			e.Job = c.target.Base().STID
		}
	}
	if e.RecordID.Kind == domain.Jobs.Name {
		e.Job = e.RecordID.ID
	}
	if m := c.Act.Moves; m != nil {
		e.From = new(c.Act.On.State(c.target, m.Column))
		for _, d := range left.Of(c.Act.On) {
			if d.ID == e.RecordID.ID {
				e.To = new(member(d.JSON, m.Member))
			}
		}
	}
	return e
}
