package store

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// convoys let small questions go together that many ask at the same time: those that are the same but for their keys, of callers
// who may see the same rows. A question that comes alone goes at once. While it is under way others gather, and go as one
// statement for all their keys when it is back: the more there is to do, the less each of them costs. An answer is never older
// than its question.
type convoys struct {
	store *Store
	lanes int // how many statements of one form may be under way before others gather
	spare sync.Pool

	mu    sync.Mutex
	forms map[form]*traffic // those of which something is under way
	stats ConvoyStats
}

// form is what the questions of a convoy have in common.
type form struct {
	scope      scope
	text, args string // what is asked, but for keys
}

// traffic is what goes on with questions of one form.
type traffic struct {
	underway int
	begun    time.Time // when the last of them went
	waiting  *convoy   // nil where nobody waits
}

const (
	// maxConvoyShare is how many keys a question has at most that goes together with others. More are worth a statement of their
	// own, and not worth holding up others.
	maxConvoyShare = 20
	// maxConvoyKeys is how many keys a convoy takes in.
	maxConvoyKeys = 1000
	// patience is how long nothing may come back before others go: a connection that is lost without a sign must not hold up more
	// than its own question.
	patience = time.Second
)

func newConvoys(s *Store, connections int32) *convoys {
	return &convoys{
		store: s, lanes: max(1, int(connections)/2), forms: map[form]*traffic{},
		spare: sync.Pool{New: func() any { return new(convoy) }},
	}
}

// answer answers questions, whose statements are written already, alone or together with others.
func (c *convoys) answer(ctx context.Context, tenant domain.TenantID, statements []*statement, asks []*table.Ask) error {
	text, args, ok := askedFor(statements, asks)
	if !ok || size(asks) > maxConvoyShare {
		return c.store.send(ctx, tenant, statements, asks)
	}
	f := form{scopeOf(ctx, tenant), text, args}
	t, v := c.enter(ctx, tenant, f, asks)
	if v == nil {
		defer c.next(f, t)
		return c.store.send(ctx, tenant, statements, asks)
	}
	select {
	case <-v.done:
	case <-ctx.Done():
		c.leave(f, v)
		return ctx.Err()
	}
	if v.panicked != "" {
		panic(v.panicked)
	}
	if v.err == nil {
		v.hand(asks)
	}
	err := v.err
	c.keep(v)
	return err
}

// enter joins the convoy that gathers. It returns none to who may go at once, and then calls next.
func (c *convoys) enter(ctx context.Context, tenant domain.TenantID, f form, asks []*table.Ask) (*traffic, *convoy) {
	now := c.store.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.forms[f]
	if t == nil {
		t = new(traffic)
		c.forms[f] = t
	} else if now.Sub(t.begun) > patience {
		jam := t
		t = &traffic{waiting: jam.waiting}
		jam.waiting = nil
		c.forms[f] = t
		c.stats.Jams++
	}
	if t.underway < c.lanes || t.waiting != nil && t.waiting.size+size(asks) > maxConvoyKeys {
		t.underway++
		t.begun = now
		return t, nil
	}
	if t.waiting == nil {
		t.waiting = c.spare.Get().(*convoy)
		t.waiting.begin(ctx, tenant, asks)
	}
	t.waiting.add(asks)
	c.stats.Questions++
	return t, t.waiting
}

// next lets those go who have gathered while a question was under way.
func (c *convoys) next(f form, t *traffic) {
	if v := c.waiting(f, t); v != nil {
		go c.drive(f, t, v)
	}
}

// drive lets convoys go, one after the other, until nobody waits.
func (c *convoys) drive(f form, t *traffic, v *convoy) {
	for ; v != nil; v = c.waiting(f, t) {
		v.run(c.store)
	}
}

// waiting takes the convoy that waits out of the traffic. Where there is none, the lane is free.
func (c *convoys) waiting(f form, t *traffic) *convoy {
	now := c.store.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	v := t.waiting
	t.waiting = nil
	if v != nil {
		t.begun = now
		c.stats.Convoys++
		return v
	}
	if t.underway--; t.underway == 0 && c.forms[f] == t {
		delete(c.forms, f)
	}
	return nil
}

// leave takes a caller out who waits no more. A convoy that nobody waits for stops where it is.
func (c *convoys) leave(f form, v *convoy) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v.callers--; v.callers > 0 {
		return
	}
	v.cancel()
	if t := c.forms[f]; t != nil && t.waiting == v {
		t.waiting = nil
	}
}

// keep uses the memory of a convoy again, once all have their answers.
func (c *convoys) keep(v *convoy) {
	c.mu.Lock()
	v.callers--
	last := v.callers == 0
	c.mu.Unlock()
	if last && v.end() {
		c.spare.Put(v)
	}
}

// convoy is questions of several callers that go as one.
type convoy struct {
	ctx      context.Context //nolint:containedctx // the first caller's values, which wait with it
	cancel   context.CancelFunc
	tenant   domain.TenantID
	asks     []union
	size     int // how many keys there are
	callers  int // how many wait
	done     chan struct{}
	err      error
	panicked string
}

func (v *convoy) begin(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) {
	unions := v.asks[:cap(v.asks)]
	if len(unions) < len(asks) {
		unions = append(unions, make([]union, len(asks)-len(unions))...)
	}
	*v = convoy{tenant: tenant, asks: unions[:len(asks)], done: make(chan struct{})}
	v.ctx, v.cancel = context.WithCancel(context.WithoutCancel(ctx)) // it is asked for others too
	for i, a := range asks {
		v.asks[i].begin(a)
	}
}

func (v *convoy) add(asks []*table.Ask) {
	v.callers++
	for i, a := range asks {
		v.size += v.asks[i].add(a.Keys.IDs)
	}
}

func (v *convoy) run(s *Store) {
	defer close(v.done)
	defer v.cancel()
	defer func() {
		if cause := recover(); cause != nil { // callers panic in turn, where it is told of
			v.panicked = fmt.Sprintf("%v\n%s", cause, debug.Stack())
		}
	}()
	asks := make([]*table.Ask, len(v.asks))
	for i := range v.asks {
		asks[i] = &v.asks[i].ask
	}
	statements, err := s.written(v.tenant, asks)
	if err == nil {
		err = s.send(v.ctx, v.tenant, statements, asks)
	}
	if v.err = err; err != nil {
		return
	}
	for i := range v.asks {
		v.asks[i].sort()
	}
}

// hand gives a caller the answers to its questions.
func (v *convoy) hand(asks []*table.Ask) {
	for i, a := range asks {
		v.asks[i].hand(a)
	}
}

// maxSpare is the largest memory that a convoy keeps for later ones, in bytes.
const maxSpare = 64 << 10

// end lets go of what belongs to the callers. It is false where the memory is not worth keeping.
func (v *convoy) end() bool {
	kept := 0
	for i := range v.asks {
		v.asks[i].end()
		kept += v.asks[i].ask.Answer.Size()
	}
	*v = convoy{asks: v.asks}
	return kept <= maxSpare
}
