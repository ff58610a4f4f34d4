package servicetitan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
)

// Ledger is what the provider asks of the store to change something.
type Ledger interface {
	Claim(ctx context.Context, tenant domain.TenantID, c domain.Claim) (domain.ClaimState, error)
	GiveUp(ctx context.Context, tenant domain.TenantID, c domain.Claim) error
	Doubt(ctx context.Context, tenant domain.TenantID, c domain.Claim) error
	Finish(ctx context.Context, tenant domain.TenantID, c domain.Claim, left domain.Stored) ([]domain.Rejected, error)
	Book(ctx context.Context, tenant domain.TenantID, c domain.Claim, bookings []domain.Booking, anyway bool) ([]domain.Clash, error)
	Clashes(ctx context.Context, tenant domain.TenantID, bookings []domain.Booking) ([]domain.Clash, error)
	TakeOpenClaims(ctx context.Context, limit int) ([]domain.OpenClaim, error)
	PruneClaims(ctx context.Context, before time.Time) error
}

// changeTimeout bounds a change, whoever still waits for it. A claim that is older belongs to nobody.
const changeTimeout = 100 * time.Second

// Change makes a change in ServiceTitan, reads back what it has really stored, and puts that into the mirror and the log of
// changes. It goes on when the caller leaves. What was expected to go wrong is in the outcome; the error is for the rest.
func (p *Provider) Change(ctx context.Context, tenant domain.TenantID, wish domain.Request) (domain.Outcome, error) {
	type result struct {
		outcome domain.Outcome
		err     error
	}
	done := make(chan result, 1)
	p.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeTimeout)
		defer cancel()
		outcome, err := p.change(ctx, tenant, wish)
		done <- result{outcome, err}
	})
	select {
	case r := <-done:
		return r.outcome, r.err
	case <-ctx.Done():
		return domain.Outcome{}, ctx.Err()
	}
}

// change is a change under way.
type change struct {
	*Provider
	domain.Request
	tenant  domain.TenantID
	claim   domain.Claim
	account *stclient.Tenant
	began   time.Time

	// target is the record that the act is done to, as the mirror has it; nil for none.
	target domain.Entity
	// body are ServiceTitan's members, and paths the filled in paths that the act is done by: one, but for an act that goes
	// through others.
	body  map[string]any
	paths []string
	// takes are the technicians' time that the change takes.
	takes []domain.Booking
	// doubt is true while nobody knows whether the change is made: after an answer that was lost, until somebody has looked.
	doubt bool
	// made are the ids of the records that the act has made.
	made []int64
}

// problems are why a change was not made, on their way up.
type problems []domain.Problem

// Error implements error. It names the codes alone: messages may quote ServiceTitan, which quotes what it was sent.
func (p problems) Error() string {
	var codes []string
	for _, one := range p {
		codes = append(codes, string(one.Code))
	}
	return strings.Join(codes, ", ")
}

func (p *Provider) change(ctx context.Context, tenant domain.TenantID, wish domain.Request) (domain.Outcome, error) {
	c := &change{Provider: p, Request: wish, tenant: tenant, began: p.cfg.Now()}
	outcome, err := c.run(ctx)
	if expected, ok := errors.AsType[problems](err); ok {
		return domain.Outcome{IDs: outcome.IDs, Problems: append(outcome.Problems, expected...)}, nil
	}
	return outcome, err
}

func (c *change) run(ctx context.Context) (domain.Outcome, error) {
	if err := c.prepare(ctx); err != nil {
		return domain.Outcome{}, err
	}
	if c.DryRun {
		return c.rehearse(ctx)
	}
	state, err := c.mirror.Claim(ctx, c.tenant, c.claim)
	switch {
	case err != nil:
		return domain.Outcome{}, err
	case state.Finished != nil:
		return *state.Finished, nil
	case state.Problem != nil:
		return domain.Outcome{}, problems{*state.Problem}
	}
	c.began, c.doubt = state.Began, state.Resumed
	if err := c.send(ctx); err != nil {
		return domain.Outcome{IDs: c.shown()}, c.endedBy(ctx, err)
	}
	return c.settle(ctx), nil
}

// endedBy gives up the claim of a change that was surely not made, so that it may be tried again. One that may have been made
// keeps claim and bookings for whoever looks next: the caller who repeats it, or Recover.
func (c *change) endedBy(ctx context.Context, cause error) error {
	end := c.mirror.GiveUp
	if c.doubt {
		end = c.mirror.Doubt
	}
	if err := end(ctx, c.tenant, c.claim); err != nil {
		c.cfg.Logger.Warn("a claim could not be given up", "tenant", c.tenant, "act", c.Act.Name, "cause", err)
	}
	return cause
}

// rehearse tells what would keep the change from being made, as far as anybody can know beforehand.
func (c *change) rehearse(ctx context.Context) (domain.Outcome, error) {
	o := domain.Outcome{IDs: c.shown()}
	if err := c.check(ctx); err != nil {
		return o, err
	}
	if len(c.takes) == 0 || c.AllowConflict {
		return o, nil
	}
	clashes, err := c.mirror.Clashes(ctx, c.tenant, c.takes)
	o.Problems = c.doubleBooked(clashes)
	return o, err
}

// shown names the records that the outcome is about, none while there are none.
func (c *change) shown() (ids []domain.GlobalID) {
	switch {
	case c.Act.Makes != nil:
		for _, id := range c.made {
			ids = append(ids, domain.GlobalID{Kind: c.Act.Makes.Name, ID: id})
		}
	case c.target != nil:
		ids = append(ids, c.target.Base().ID())
	}
	return ids
}

// fingerprint tells one input from another.
func fingerprint(act *domain.Act, body map[string]any) []byte {
	text, _ := json.Marshal(body) // it holds nothing but what JSON has
	sum := sha256.Sum256(append([]byte(act.Name+"\x00"), text...))
	return sum[:]
}

// mark is what a record is marked with that a claim has made.
func mark(c domain.Claim) string {
	sum := sha256.Sum256([]byte(c.Subject + "\x00" + c.Key))
	return "lazi-" + hex.EncodeToString(sum[:16])
}
