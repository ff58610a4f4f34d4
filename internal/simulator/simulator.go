// Package simulator is a local ServiceTitan: a product feature (`lazi simulate`, `lazi dev`) and the upstream of tests.
// It serves the mirrored entities by the facts of package stspec (lists, single records, export feeds, every filter and
// default) for any number of made-up companies whose records are a function of a seed.
//
// One engine serves all entities. What differs between them is generated: a file for each family of entities.
package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// Config says which companies there are.
type Config struct {
	// Seed decides everything that is made up: the same configuration makes the same records.
	Seed uint64
	// Anchor is the day that the companies' work is planned around, and the start of the simulated clock.
	Anchor time.Time
	// Tenants are the companies.
	Tenants []Tenant
	// ExportPageSize is how many rows a page of a feed holds; 1000 when zero. The real size is not documented.
	ExportPageSize int
}

// Tenant is a company and the credentials that open it.
type Tenant struct {
	ID                             int64
	ClientID, ClientSecret, AppKey string
	Sizes                          Sizes
}

// Simulator is a ServiceTitan. It is safe for concurrent use.
type Simulator struct {
	cfg    Config
	clock  *Clock
	faults *Faults
	calls  *Calls
	tokens *tokens

	operations map[string]operation

	mu        sync.RWMutex // guards the companies' records
	companies map[int64]*company
}

// New makes the companies.
func New(cfg Config) (*Simulator, error) {
	if cfg.ExportPageSize == 0 {
		cfg.ExportPageSize = 1000
	}
	s := &Simulator{
		cfg: cfg, clock: newClock(cfg.Anchor), faults: newFaults(cfg.Seed), calls: &Calls{}, tokens: newTokens(),
		companies: map[int64]*company{},
	}
	s.operations = s.newOperations()
	for _, t := range cfg.Tenants {
		if _, twice := s.companies[t.ID]; twice || t.ID <= 0 {
			return nil, fmt.Errorf("simulator: tenant id %d is not positive, or given twice", t.ID)
		}
		s.companies[t.ID] = newCompany(cfg.Seed, cfg.Anchor, t)
	}
	return s, nil
}

// Clock is the simulated clock.
func (s *Simulator) Clock() *Clock { return s.clock }

// Faults are the switches for what goes wrong.
func (s *Simulator) Faults() *Faults { return s.faults }

// Calls is the log of API calls.
func (s *Simulator) Calls() *Calls { return s.calls }

// Handler serves the token endpoint, the API and, below /_simulator/, the back door.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /connect/token", s.token)
	mux.Handle("/_simulator/", s.backDoor())
	mux.HandleFunc("/", s.api)
	return mux
}

// company is one tenant's records.
type company struct {
	Tenant
	tables map[string]*table
	// next is the last id given: one rising sequence for all entities.
	next int64
}

// idBase is where every company's ids start, so that ids of different companies overlap.
const idBase = 10_000

func newCompany(seed uint64, anchor time.Time, t Tenant) *company {
	c := &company{Tenant: t, tables: map[string]*table{}, next: idBase}
	for _, e := range slices.Concat(stspec.Entities(), stspec.Unmirrored()) {
		c.tables[e.Name] = newTable(withHidden(e))
	}
	generate(c, seed, anchor)
	for _, table := range c.tables {
		table.fileAll()
	}
	return c
}

// clone copies a company with all its records.
func (c *company) clone() *company {
	twin := *c
	twin.tables = make(map[string]*table, len(c.tables))
	for name, t := range c.tables {
		twin.tables[name] = t.clone()
	}
	return &twin
}

// id takes the next id of the company's sequence.
func (c *company) id() int64 {
	c.next++
	return c.next
}
