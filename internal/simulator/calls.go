package simulator

import (
	"slices"
	"sync"
)

// Calls is the log of API calls since the last Reset.
type Calls struct {
	mu  sync.Mutex
	log []Call
}

// Call is one API call, token requests and the back door left out.
type Call struct {
	Tenant int64
	// Path is the path, Query the raw query.
	Path, Query string
	Status      int
}

func (c *Calls) add(call Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, call)
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
	c.log = nil
}
