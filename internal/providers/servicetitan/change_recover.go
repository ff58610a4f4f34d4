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
	var left domain.Stored
	switch {
	case act.MarksExternal:
		found, err := c.search(ctx, p.cfg.Patience)
		if err != nil {
			return err
		}
		if !found {
			return p.mirror.GiveUp(ctx, o.Tenant, o.Claim) // it was not made
		}
		left, err = c.readBack(ctx)
		left.Outcome.IDs = c.shown()
		if err != nil {
			return err
		}
	case c.target != nil && act.Makes != nil:
		param, _, _ := act.Makes.API.Param(ownerColumn(act.On))
		docs, err := c.list(ctx, act.Makes, param, c.target.Base().STID)
		if err != nil {
			return err
		}
		left.Documents = []domain.KindDocuments{{Kind: act.Makes, Documents: docs}}
		left.Outcome = unknownOutcome()
		ids := make([]int64, len(docs))
		for i, d := range docs {
			ids[i] = d.ID
		}
		if c.made, err = c.unknownBefore(ctx, ids, c.began); err != nil {
			return err
		}
		if len(c.made) == 1 { // what else should have made it
			more, err := c.readBack(ctx)
			if err != nil {
				return err
			}
			left.Documents = append(left.Documents, more.Documents...)
			left.Outcome = domain.Outcome{IDs: c.shown()}
		}
	case c.target != nil:
		if left, err = c.readBack(ctx); err != nil && !errors.Is(err, errNotShown) {
			return err
		}
		left.Outcome = unknownOutcome(*o.Target)
		if (act.Moves != nil || act.Removes) && err == nil && len(c.unapplied(left.Documents)) == 0 {
			left.Outcome = domain.Outcome{IDs: c.shown()}
		}
	default:
		left.Outcome = unknownOutcome()
	}
	_, err = c.finish(ctx, left)
	return err
}

// unknownOutcome is that of a change whose maker is gone: what ServiceTitan has is in the mirror, whoever has made it.
func unknownOutcome(ids ...domain.GlobalID) domain.Outcome {
	return domain.Outcome{IDs: ids, Problems: []domain.Problem{{
		Code: domain.ProblemUnknown, Message: "the server stopped while it made the change; look whether the record shows it",
	}}}
}
