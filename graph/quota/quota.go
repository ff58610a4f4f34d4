// Package quota says what one caller may ask for over time and at once, so that nobody takes the service from the others:
// a budget of cost a minute, which all processes share through a Ledger, and places for operations under way, which each
// process has of its own. It imports domain only.
package quota

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// Config says how much. What is zero is not limited.
type Config struct {
	// SubjectCost and TenantCost are the costs that one caller, and all callers of one tenant together, may ask for in a
	// minute, in every process together.
	SubjectCost, TenantCost int64
	// Operations and SubjectOperations bound the queries and mutations under way in this process, of everybody and of one
	// caller. Who comes too many waits, a second at most.
	Operations, SubjectOperations int
	// SubjectSubscriptions bounds the subscriptions of one caller in this process.
	SubjectSubscriptions int
	// Ledger keeps the budgets. It is needed where one of the costs is limited.
	Ledger Ledger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Logger is told when the ledger does not answer; nobody when nil.
	Logger *slog.Logger
}

// Ledger keeps what callers may still ask for, for all processes.
type Ledger interface {
	// TakeCost takes between least and most from a caller's budget, or from the tenant's where subject is empty. When there is
	// less than least it takes nothing and tells how long it takes until there is.
	TakeCost(ctx context.Context, tenant domain.TenantID, subject []byte, perMinute, least, most int64) (granted int64, wait time.Duration, err error)
}

// Caller is who asks.
type Caller struct {
	Tenant domain.TenantID
	// Subject names the user or program within the tenant. It is empty for the tenant itself.
	Subject string
}

// Quota keeps account of callers. The nil Quota lets everything pass. It is safe for concurrent use.
type Quota struct {
	cfg   Config
	slots *slots // of everybody; nil where they are not limited

	mu    sync.Mutex
	known map[Caller]*account
	swept time.Time

	away outage
}

// New makes a Quota.
func New(cfg Config) *Quota {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Quota{cfg: cfg, slots: newSlots(cfg.Operations), known: map[Caller]*account{}, swept: cfg.Now()}
}

// RefusedError is the error for what a caller may not ask for now.
type RefusedError struct {
	// Limit names what is used up, and Max is how large it is.
	Limit string
	Max   int64
	// Wait is how long it is of no use to ask again.
	Wait time.Duration
	// Overload tells that the process is busy, whoever asks.
	Overload bool
}

// Error names the limit.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the limit of %s is %d: try again later", e.Limit, e.Max)
}

// MostCost is the highest cost of one operation that can ever be granted: zero when there is no limit.
func (c Config) MostCost() int64 {
	if c.SubjectCost == 0 || c.TenantCost == 0 {
		return max(c.SubjectCost, c.TenantCost)
	}
	return min(c.SubjectCost, c.TenantCost)
}

// account is what is known about a caller.
type account struct {
	lease         lease
	slots         *slots
	subscriptions int       // under Quota.mu
	users         int       // who hold the account, under Quota.mu
	used          time.Time // when the last of them came, under Quota.mu
}

// idle is how long an account is kept that nobody uses: longer than its lease lasts.
const idle = time.Minute

// hold returns a caller's account, which stays the same until all who hold it have called drop.
func (q *Quota) hold(c Caller) *account {
	now := q.cfg.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	a, ok := q.known[c]
	if !ok {
		q.sweep(now)
		a = &account{slots: newSlots(q.cfg.SubjectOperations)}
		q.known[c] = a
	}
	a.users++
	a.used = now
	return a
}

func (q *Quota) drop(a *account) {
	q.mu.Lock()
	a.users--
	q.mu.Unlock()
}

// sweep forgets callers who have not come for some time. What is left of their leases is lost, a hundredth of a minute's budget.
func (q *Quota) sweep(now time.Time) {
	if now.Sub(q.swept) < idle {
		return
	}
	q.swept = now
	for c, a := range q.known {
		if a.users == 0 && now.Sub(a.used) > idle {
			delete(q.known, c)
		}
	}
}

// Spend takes the cost of an operation from the budgets of the caller and of the tenant. The error is a *RefusedError, or the
// context's. Most operations spend what was leased before and meet no database.
func (q *Quota) Spend(ctx context.Context, c Caller, cost int64) error {
	if q == nil {
		return nil
	}
	if err := q.spend(ctx, c, "cost of a caller in a minute", q.cfg.SubjectCost, cost); err != nil {
		return err
	}
	err := q.spend(ctx, Caller{Tenant: c.Tenant}, "cost of a tenant in a minute", q.cfg.TenantCost, cost)
	if err != nil {
		q.giveBack(c, q.cfg.SubjectCost, cost)
	}
	return err
}

// GiveBack undoes what Spend has taken for an operation that was not executed.
func (q *Quota) GiveBack(c Caller, cost int64) {
	if q != nil {
		q.giveBack(c, q.cfg.SubjectCost, cost)
		q.giveBack(Caller{Tenant: c.Tenant}, q.cfg.TenantCost, cost)
	}
}

func (q *Quota) spend(ctx context.Context, c Caller, limit string, perMinute, cost int64) error {
	if perMinute == 0 {
		return nil
	}
	a := q.hold(c)
	defer q.drop(a)
	err := a.lease.spend(ctx, q, c, perMinute, cost)
	if e, ok := errors.AsType[*RefusedError](err); ok {
		e.Limit, e.Max = limit, perMinute
	}
	return err
}

func (q *Quota) giveBack(c Caller, perMinute, cost int64) {
	if perMinute == 0 {
		return
	}
	a := q.hold(c)
	defer q.drop(a)
	a.lease.giveBack(cost)
}

// Enter takes a place for an operation, which Leave gives back. Subscriptions have places of their own. The error is a
// *RefusedError, or the context's.
func (q *Quota) Enter(ctx context.Context, c Caller, subscription bool) error {
	if q == nil {
		return nil
	}
	a := q.hold(c)
	if subscription {
		return q.subscribe(a)
	}
	if err := a.slots.enter(ctx); err != nil {
		q.drop(a)
		return busy(err, &RefusedError{Limit: "operations of a caller under way", Max: int64(q.cfg.SubjectOperations)})
	}
	if err := q.slots.enter(ctx); err != nil {
		a.slots.leave()
		q.drop(a)
		return busy(err, &RefusedError{Limit: "operations under way", Max: int64(q.cfg.Operations), Overload: true})
	}
	return nil
}

func (q *Quota) subscribe(a *account) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if most := q.cfg.SubjectSubscriptions; most > 0 && a.subscriptions >= most {
		a.users--
		return &RefusedError{Limit: "subscriptions of a caller", Max: int64(most), Wait: queueTime}
	}
	a.subscriptions++
	return nil
}

// Leave gives back the place that Enter took.
func (q *Quota) Leave(c Caller, subscription bool) {
	if q == nil {
		return
	}
	q.mu.Lock()
	a := q.known[c]
	a.users--
	if subscription {
		a.subscriptions--
	}
	q.mu.Unlock()
	if !subscription {
		q.slots.leave()
		a.slots.leave()
	}
}

// busy tells a place that was not to be had from a caller who has gone.
func busy(err error, refused *RefusedError) error {
	if !errors.Is(err, errBusy) {
		return err
	}
	refused.Wait = queueTime
	return refused
}
