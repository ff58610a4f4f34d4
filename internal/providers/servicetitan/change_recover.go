package servicetitan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

const (
	// recoverMost is how many claims one round of Recover looks after.
	recoverMost = 20
	// keepClaims is for how long a repeated change gets its first answer.
	keepClaims = 24 * time.Hour
)

// Recover looks after changes that ended without an outcome, such as those of a process that was killed between ServiceTitan's
// answer and the mirror: it reads what they were about into the mirror, and forgets claims that are a day old. Call it every now
// and then, in any number of processes.
func (p *Provider) Recover(ctx context.Context) error {
	if err := p.mirror.PruneClaims(ctx, p.cfg.Now().Add(-keepClaims)); err != nil {
		return err
	}
	open, err := p.mirror.TakeOpenClaims(ctx, recoverMost)
	if err != nil {
		return err
	}
	for _, o := range open {
		if err := p.recoverOne(ctx, o); err != nil {
			p.cfg.Logger.Warn("a change without an outcome cannot be looked after yet", "tenant", o.Tenant, "act", o.Act, "cause", err)
		}
	}
	return ctx.Err()
}

// errNotMade says that ServiceTitan has surely not made a change.
var errNotMade = errors.New("servicetitan: not made")

// recoverOne reads what a change was about. What it has made is found by its mark, or among what its owner has; where neither
// is, the next sync finds it.
func (p *Provider) recoverOne(ctx context.Context, o domain.OpenClaim) error {
	act, ok := domain.ActByName(o.Act)
	if !ok {
		return fmt.Errorf("servicetitan: there is no act %q", o.Act)
	}
	c := &change{Provider: p, tenant: o.Tenant, began: o.Began, claim: o.Claim, Request: domain.Request{Act: act, Subject: o.Subject}}
	var err error
	if c.account, err = p.accounts(ctx, o.Tenant); err != nil {
		return err
	}
	if o.Target != nil {
		rows, err := p.mirror.ByIDs(ctx, o.Tenant, act.On, []int64{o.Target.ID})
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			c.target = rows[0]
		}
	}
	left, err := c.remains(ctx)
	if errors.Is(err, errNotMade) {
		return p.mirror.GiveUp(ctx, o.Tenant, o.Claim)
	}
	if err == nil {
		_, err = c.finish(ctx, left)
	}
	return err
}

// remains is what a change has left behind whose maker is gone.
func (c *change) remains(ctx context.Context) (domain.Stored, error) {
	switch {
	case c.Act.MarksExternal:
		return c.remainsMarked(ctx)
	case c.target != nil && c.Act.Makes != nil:
		return c.remainsBelow(ctx)
	case c.target != nil:
		return c.remainsOnTarget(ctx)
	}
	return domain.Stored{Outcome: unknownOutcome()}, nil
}

// remainsMarked finds what bears the change's mark.
func (c *change) remainsMarked(ctx context.Context) (left domain.Stored, err error) {
	found, err := c.search(ctx, c.cfg.Patience)
	if err != nil {
		return left, err
	}
	if !found {
		return left, errNotMade
	}
	left, err = c.readBack(ctx)
	left.Outcome.IDs = c.shown()
	return left, err
}

// remainsBelow reads what the target has of what the act makes. One record that was not there before must be the change's.
func (c *change) remainsBelow(ctx context.Context) (left domain.Stored, err error) {
	k := c.Act.Makes
	param, _, _ := k.API.Param(ownerColumn(c.Act.On))
	docs, err := c.list(ctx, k, param, c.target.Base().STID)
	if err != nil {
		return left, err
	}
	ids := make([]int64, len(docs))
	for i, d := range docs {
		ids[i] = d.ID
	}
	if c.made, err = c.unknownBefore(ctx, ids, c.began); err != nil {
		return left, err
	}
	left = domain.Stored{Documents: []domain.KindDocuments{{Kind: k, Documents: docs}}, Outcome: unknownOutcome()}
	if len(c.made) != 1 {
		return left, nil
	}
	more, err := c.readBack(ctx)
	left.Documents = append(left.Documents, more.Documents...)
	left.Outcome = domain.Outcome{IDs: c.shown()}
	return left, err
}

// remainsOnTarget reads what the change was done to: where its state tells that it was made, the outcome is known.
func (c *change) remainsOnTarget(ctx context.Context) (domain.Stored, error) {
	left, err := c.readBack(ctx)
	tells := c.Act.Moves != nil || c.Act.Removes
	if err == nil && tells && len(c.unapplied(left.Of(c.Act.Of()))) == 0 {
		left.Outcome = domain.Outcome{IDs: c.shown()}
		return left, nil
	}
	left.Outcome = unknownOutcome(*c.claim.Target)
	if errors.Is(err, errNotShown) {
		err = nil // as much as is shown is kept
	}
	return left, err
}

// unknownOutcome is that of a change whose maker is gone: what ServiceTitan has is in the mirror, whoever has made it.
func unknownOutcome(ids ...domain.GlobalID) domain.Outcome {
	return domain.Outcome{IDs: ids, Problems: []domain.Problem{{
		Code: domain.ProblemUnknown, Message: "the server stopped while it made the change; look whether the record shows it",
	}}}
}
