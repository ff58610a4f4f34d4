package quota

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// leaseParts is how many leases a minute's budget makes. What other processes hold of it is that small, and a caller who
	// asks as fast as he may costs that many statements a minute.
	leaseParts = 100
	// leaseTime is how long a lease may be spent. What is left then is lost; the bucket is long full again.
	leaseTime = 10 * time.Second
	// ledgerTimeout bounds the asking: the first operation of a caller waits for it.
	ledgerTimeout = 250 * time.Millisecond
	// awayTime is how long a ledger is left alone that has not answered.
	awayTime = 2 * time.Second
	// awayShare is the part of a budget that each process gives by itself meanwhile: four processes do not know of each
	// other, so that they give as much as with the ledger.
	awayShare = 4
)

// lease is a part of a budget that this process may spend. While it is renewed, the caller's other operations wait.
type lease struct {
	mu    sync.Mutex
	left  int64
	until time.Time // left may be spent before
	// Before poorUntil the budget has not room for poor.
	poor      int64
	poorUntil time.Time
	// own is the budget while the ledger is away, nil when it was never.
	own *rate.Limiter
}

// spend takes the cost from the lease, which it renews from the ledger if need be.
func (l *lease) spend(ctx context.Context, q *Quota, c Caller, perMinute, cost int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := q.cfg.Now()
	if !now.Before(l.until) {
		l.left = 0
	}
	if l.left >= cost {
		l.left -= cost
		return nil
	}
	least := cost - l.left
	if least >= l.poor && now.Before(l.poorUntil) {
		return &RefusedError{Wait: l.poorUntil.Sub(now)}
	}
	granted, wait, err := l.renew(ctx, q, c, perMinute, least)
	if err != nil {
		return err
	}
	now = q.cfg.Now()
	if granted < least {
		l.poor, l.poorUntil = least, now.Add(wait)
		return &RefusedError{Wait: wait}
	}
	l.left += granted - cost
	l.until, l.poorUntil = now.Add(leaseTime), time.Time{}
	return nil
}

func (l *lease) giveBack(cost int64) {
	l.mu.Lock()
	l.left += cost
	l.mu.Unlock()
}

// renew takes at least so much from the caller's budget, or nothing and tells how long it is of no use to ask again.
func (l *lease) renew(ctx context.Context, q *Quota, c Caller, perMinute, least int64) (int64, time.Duration, error) {
	if least > perMinute {
		return 0, time.Minute, nil
	}
	most := min(least+perMinute/leaseParts, perMinute)
	if !q.away.now(q.cfg.Now()) {
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerTimeout)
		defer cancel()
		granted, wait, err := q.cfg.Ledger.TakeCost(asking, c.Tenant, c.hash(), perMinute, least, most)
		if err == nil {
			return granted, wait, nil
		}
		q.away.begin(q.cfg.Now())
		q.cfg.Logger.WarnContext(ctx, "rate budgets do not answer: this process gives its own share", "cause", err)
	}
	granted, wait := l.ownShare(q.cfg.Now(), perMinute, least, most)
	return granted, wait, nil
}

// ownShare takes from the budget that this process gives by itself. An operation that costs more than that is let through
// when the share is whole, and the share is empty then.
func (l *lease) ownShare(now time.Time, perMinute, least, most int64) (int64, time.Duration) {
	share := max(perMinute/awayShare, 1)
	if l.own == nil {
		l.own = rate.NewLimiter(rate.Limit(float64(share)/time.Minute.Seconds()), int(share))
	}
	if l.own.AllowN(now, int(min(most, share))) {
		return most, 0
	}
	taken := min(least, share)
	r := l.own.ReserveN(now, int(taken))
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
		return 0, wait
	}
	return least, 0
}

// hash names the caller in the ledger, which must not know who he is: nothing for the tenant itself. That the tenant is part of
// it keeps companies from being compared by their callers.
func (c Caller) hash() []byte {
	if c.Subject == "" {
		return nil
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", c.Tenant, c.Subject))
	return sum[:]
}

// outage remembers that the ledger does not answer.
type outage struct{ until atomic.Int64 }

func (o *outage) now(now time.Time) bool { return now.UnixNano() < o.until.Load() }
func (o *outage) begin(now time.Time)    { o.until.Store(now.Add(awayTime).UnixNano()) }
