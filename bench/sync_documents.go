package main

import (
	"bytes"
	"fmt"
	"iter"
	"strconv"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

const (
	// patternCount is how many different records of a kind the simulator makes; the others are the same under other ids, so
	// that memory shows what writing needs and not what the documents do.
	patternCount = 5000
	// changedOne is that one record in so many changes.
	changedOne = 100
)

// documents are a kind's records from a number up to another, made while they are asked for.
type documents struct {
	patterns    [][]byte // each without its opening {"id":1
	first, last int
}

// newDocuments makes the patterns of some kinds.
func newDocuments(count int, kinds ...*domain.Kind) (map[*domain.Kind]documents, error) {
	sizes := simulator.DefaultSizes()
	sizes.Customers, sizes.Locations, sizes.Jobs, sizes.Appointments = patternCount, patternCount, patternCount, patternCount
	sim, err := simulator.New(simulator.Config{
		Seed: 1, Anchor: time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC), Tenants: []simulator.Tenant{{ID: 1, Sizes: sizes}},
	})
	if err != nil {
		return nil, err
	}
	out := map[*domain.Kind]documents{}
	for _, k := range kinds {
		d := documents{last: count}
		for id, document := range sim.Each(1, k.API.Entity) {
			rest, ok := bytes.CutPrefix(document, []byte(`{"id":`+strconv.FormatInt(id, 10)))
			if !ok {
				return nil, fmt.Errorf("%s %d does not begin with its id", k.Name, id)
			}
			d.patterns = append(d.patterns, rest)
		}
		if len(d.patterns) == 0 {
			return nil, fmt.Errorf("the simulator has no %s", k.Plural())
		}
		out[k] = d
	}
	return out, nil
}

// at makes a record. In each version but 0 one of changedOne has a member more, which says the version.
func (d documents) at(i, version int) domain.Document {
	id := int64(1_000_000 + i)
	pattern := d.patterns[i%len(d.patterns)]
	text := make([]byte, 0, len(pattern)+64)
	text = strconv.AppendInt(append(text, `{"id":`...), id, 10)
	text = append(text, pattern...)
	if version > 0 && i%changedOne == 0 {
		text = fmt.Appendf(text[:len(text)-1], `,"version":%d}`, version)
	}
	return domain.Document{ID: id, JSON: text}
}

// parts cuts the records into parts of a size.
func (d documents) parts(size int) iter.Seq[documents] {
	return func(yield func(documents) bool) {
		for first := d.first; first < d.last; first += size {
			if !yield(documents{d.patterns, first, min(first+size, d.last)}) {
				return
			}
		}
	}
}

// all makes the records.
func (d documents) all(version int) []domain.Document {
	out := make([]domain.Document, 0, d.last-d.first)
	for i := d.first; i < d.last; i++ {
		out = append(out, d.at(i, version))
	}
	return out
}
