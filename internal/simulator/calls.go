package simulator

import (
	"maps"
	"slices"
	"sync"
)

// callsKept bounds the log: a simulator may run for weeks.
const callsKept = 20_000

// Calls is the log of API calls since the last Reset: the counters of all, and the last 20,000 in full.
type Calls struct {
	mu     sync.Mutex
	log    []Call
	counts map[string]int
}

// Call is one API call, token requests and the back door left out.
type Call struct {
	Tenant int64
	Method string
	// Operation is the path with {tenant} and {id}, Path the path as it was sent, Query the raw query.
	Operation, Path, Query string
	Status                 int
}

func (c *Calls) add(call Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[call.Operation]++
	if len(c.log) >= callsKept {
		c.log = slices.Delete(c.log, 0, callsKept/2)
	}
	c.log = append(c.log, call)
}

// Counts returns how often each operation was called, by its path with {tenant} and {id}.
func (c *Calls) Counts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.counts)
}

// All returns the calls in the order of their ends.
func (c *Calls) All() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

// Reset forgets all calls.
func (c *Calls) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log, c.counts = nil, nil
}
