package changes

import (
	"context"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

const (
	// pageSize is how many entries are read at once.
	pageSize = 100
	// shortPause is the first pause before trying again what failed, or what transactions under way hold back.
	shortPause = 10 * time.Millisecond
	// longestHeld is the longest pause before looking again whether those transactions have ended: nobody tells.
	longestHeld = 250 * time.Millisecond
	// longestPause is the longest pause before listening again.
	longestPause = 10 * time.Second
)

// Run reads the log for as long as there are subscribers, until the context ends. Then it cuts off those that are left.
func (h *Hub) Run(ctx context.Context) {
	defer h.end()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.begin:
			h.read(ctx)
		}
	}
}

// read hands out what the log holds and what comes, until there is no subscriber.
func (h *Hub) read(ctx context.Context) {
	var listening sync.WaitGroup
	defer listening.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listening.Go(func() { h.listen(ctx) })
	retry := shortPause
	for place, wanted := h.next(); wanted; place, wanted = h.next() {
		changes, held, err := h.cfg.Log.ReadChanges(ctx, place, pageSize)
		for _, c := range changes {
			h.publish(c)
		}
		if len(changes) > 0 {
			retry = shortPause
		}
		pause := h.cfg.Poll
		switch {
		case ctx.Err() != nil:
			return
		case len(changes) == pageSize:
			continue
		case err != nil:
			h.cfg.Logger.WarnContext(ctx, "changes could not be read", "cause", err)
			pause, retry = retry, min(2*retry, h.cfg.Poll)
		case held:
			pause, retry = min(retry, longestHeld), min(2*retry, longestHeld)
		}
		h.rest(ctx, pause)
	}
}

// next returns where to read on. It is not wanted when there is nobody to read for.
func (h *Hub) next() (place domain.Place, wanted bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reading = len(h.subscribers) > 0
	return h.place, h.reading
}

// rest waits until there may be changes.
func (h *Hub) rest(ctx context.Context, atMost time.Duration) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-h.wake:
	case <-timer.C:
	}
}

// listen wakes the reader at notifications, and connects again when the connection breaks.
func (h *Hub) listen(ctx context.Context) {
	pause := shortPause
	for ctx.Err() == nil {
		err := h.cfg.Log.ListenChanges(ctx, func() {
			pause = shortPause
			select {
			case h.wake <- struct{}{}:
			default: // it is awake
			}
		})
		if ctx.Err() != nil {
			return
		}
		h.cfg.Logger.WarnContext(ctx, "changes are not listened for", "cause", err)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
		pause = min(2*pause, longestPause)
	}
}
