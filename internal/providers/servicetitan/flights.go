package servicetitan

import (
	"context"
	"fmt"
	"sync"

	"lazilabs.com/lazi/internal/domain"
)

// flights lets equal requests to ServiceTitan share one: a request is for a record, or for a list.
type flights struct {
	mu    sync.Mutex
	going map[flightKey]*flight
}

// flightKey names a record (id) or a list (what).
type flightKey struct {
	tenant domain.TenantID
	kind   *domain.Kind
	id     int64
	what   string
}

type flight struct {
	done chan struct{}
	err  error
}

func newFlights() *flights { return &flights{going: map[flightKey]*flight{}} }

// claim returns the flights of all keys, and those keys that nobody fetched so far: the caller now must fetch and land
// them.
func (f *flights) claim(keys []flightKey) (mine []flightKey, all []*flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range keys {
		if _, ok := f.going[k]; !ok {
			f.going[k] = &flight{done: make(chan struct{})}
			mine = append(mine, k)
		}
		all = append(all, f.going[k])
	}
	return mine, all
}

// land ends flights.
func (f *flights) land(keys []flightKey, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range keys {
		fl := f.going[k]
		fl.err = err
		close(fl.done)
		delete(f.going, k)
	}
}

// wait returns when all flights have landed, with the first error, or when the caller's patience ends: the flights
// then go on, and what they bring is stored for the next reader.
func wait(ctx context.Context, fls []*flight) error {
	for _, fl := range fls {
		select {
		case <-fl.done:
			if fl.err != nil {
				return fl.err
			}
		case <-ctx.Done():
			return fmt.Errorf("servicetitan: no answer in time: %w", domain.ErrUnavailable)
		}
	}
	return nil
}
