// Package changes tells subscribers what has changed in the mirror. A process reads the log of changes once, however many
// subscribers it has, and hands each entry to those of its tenant and kind. It imports domain only.
//
// Readers of the log go by its order and never by notifications, which only make them look sooner: a lost notification, or
// Postgres' restart, costs time and loses nothing.
package changes

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// Log is the log of changes.
type Log interface {
	// LatestChange returns the place that changes are behind which become visible from now on.
	LatestChange(ctx context.Context) (domain.Place, error)
	// ReadChanges returns the next entries of all tenants behind an entry, in order, and whether more are held back by
	// transactions under way.
	ReadChanges(ctx context.Context, after domain.Place, limit int) (changes []domain.Change, held bool, err error)
	// ReadTenantChanges returns a tenant's next entries behind a place, of kinds, in order, and whether the page is full. The
	// error is domain.ErrResumeExpired when the log no longer holds the place's entry.
	ReadTenantChanges(ctx context.Context, tenant domain.TenantID, kinds []string, after domain.Place, limit int) (changes []domain.Change, more bool, err error)
	// ListenChanges calls wake once it listens and at each change, until its connection breaks or the context ends.
	ListenChanges(ctx context.Context, wake func()) error
}

// Mirror holds the rows that changes are of. What it lacks is gone: nobody asks ServiceTitan for it because of a change.
type Mirror interface {
	// ByIDs returns those of the rows that the context's caller may see, in no order.
	ByIDs(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) ([]domain.Entity, error)
	// References returns the ids that rows refer to by a link's column, by the rows' ids: of deleted rows, too, and whoever asks.
	References(ctx context.Context, tenant domain.TenantID, l *domain.Link, ids []int64) (map[int64]int64, error)
}

// Config is what a Hub needs. What is zero has a default.
type Config struct {
	Log    Log
	Mirror Mirror
	// Buffer is how many lots, of up to a hundred changes each, a subscriber may lag behind before it is cut off; 256 by default.
	Buffer int
	// Poll is how often the log is looked at when no notification comes; 3 s by default.
	Poll time.Duration
	// Logger takes what subscribers must not see.
	Logger *slog.Logger
}

// Hub hands changes to subscribers.
type Hub struct {
	cfg   Config
	begin chan struct{} // there is a subscriber again
	wake  chan struct{} // there may be changes

	mu          sync.Mutex
	subscribers map[topic]map[*subscriber]struct{}
	place       domain.Place // up to where the log was handed out
	reading     bool         // for there are subscribers
	closed      bool
}

// topic is what an entry of the log is about.
type topic struct {
	tenant domain.TenantID
	kind   string
}

// subscriber is one that lots are handed to.
type subscriber struct {
	topics []topic
	lots   chan *lot
	err    error       // why lots was closed; set before
	stop   func() bool // waiting for its context
}

// New makes a Hub, which reads nothing until it runs and has a subscriber.
func New(cfg Config) *Hub {
	if cfg.Buffer == 0 {
		cfg.Buffer = 256
	}
	if cfg.Poll == 0 {
		cfg.Poll = 3 * time.Second
	}
	return &Hub{
		cfg: cfg, begin: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		subscribers: map[topic]map[*subscriber]struct{}{},
	}
}

// errClosed is what subscribers of a process that stops are told.
var errClosed = fmt.Errorf("changes: the process stops: %w", domain.ErrUnavailable)

// join adds a subscriber until it leaves or its context ends. Whatever becomes visible from its return on is handed to it.
func (h *Hub) join(ctx context.Context, topics []topic) (*subscriber, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for !h.reading && !h.closed {
		h.mu.Unlock()
		place, err := h.cfg.Log.LatestChange(ctx)
		h.mu.Lock()
		if err != nil {
			return nil, err
		}
		if !h.reading { // nobody else was faster
			h.reading, h.place = true, place
			h.begin <- struct{}{} // the reader took the last before it ended
		}
	}
	if h.closed {
		return nil, errClosed
	}
	s := &subscriber{topics: topics, lots: make(chan *lot, h.cfg.Buffer)}
	s.stop = context.AfterFunc(ctx, func() { h.leave(s) })
	for _, t := range topics {
		if h.subscribers[t] == nil {
			h.subscribers[t] = map[*subscriber]struct{}{}
		}
		h.subscribers[t][s] = struct{}{}
	}
	return s, nil
}

// leave removes a subscriber, which may have been cut off.
func (h *Hub) leave(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remove(s)
}

func (h *Hub) remove(s *subscriber) {
	s.stop()
	for _, t := range s.topics {
		delete(h.subscribers[t], s)
		if len(h.subscribers[t]) == 0 {
			delete(h.subscribers, t)
		}
	}
}

// cut ends a subscriber. What it has not taken yet it still can take, before it learns why there is no more.
func (h *Hub) cut(s *subscriber, err error) {
	h.remove(s)
	s.err = err
	close(s.lots)
}

// publish hands an entry to its subscribers. It waits for none: who has no room is cut off.
func (h *Hub) publish(c domain.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.place = c.Place
	of := topic{c.Tenant, c.Kind}
	if len(h.subscribers[of]) == 0 {
		return
	}
	for _, l := range h.lots(c) {
		for s := range h.subscribers[of] {
			select {
			case s.lots <- l:
			default:
				h.cut(s, domain.ErrSlowConsumer)
			}
		}
	}
}

// end cuts all subscribers off. There are no new ones from then on.
func (h *Hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, of := range h.subscribers {
		for s := range of {
			h.cut(s, errClosed)
		}
	}
}
