package paging

import (
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// Rows is a page of a list that is no kind's, such as the runs of a sync. It is read forward only.
type Rows[T any] struct {
	Edges    []*Edge[T]
	Nodes    []*T
	PageInfo *PageInfo
}

// Place is where a row stands in such a list: by its time, where the list is ordered by one, and then by its number.
type Place struct {
	At     *time.Time
	Number int64
}

// Cut is a checked request for a page of such a list.
type Cut struct {
	// Limit is one row more than the page holds, so that its end shows whether there is more.
	Limit int
	// After is the place to go on behind; nil at the beginning.
	After *Place

	hash uint64
}

// NewCut checks arguments for a page of a list. Subject and filter name the list; timed is true where its places have a
// time. Errors are domain.ErrInvalid and name the argument.
func NewCut(subject string, filter any, timed bool, first int, after *string) (*Cut, error) {
	if err := checkSize("first", first); err != nil {
		return nil, err
	}
	list, err := hash(subject, Args{Filter: filter})
	if err != nil {
		return nil, err
	}
	c := &Cut{Limit: first + 1, hash: list}
	if after == nil {
		return c, nil
	}
	at, err := parseCursor(*after, "after", list)
	if err != nil {
		return nil, err
	}
	c.After = &Place{Number: at.ID}
	if timed != (at.Value != nil) || timed && !isTime(*at.Value) {
		return nil, brokenCursor("after")
	}
	if timed {
		t, _ := time.Parse(time.RFC3339Nano, *at.Value) // isTime has parsed it
		c.After.At = &t
	}
	return c, nil
}

// NewRows makes a page of the rows that were read for a cut.
func NewRows[T any](c *Cut, rows []*T, place func(*T) Place) *Rows[T] {
	page := &Rows[T]{
		Nodes:    rows[:min(len(rows), c.Limit-1)],
		PageInfo: &PageInfo{HasNextPage: len(rows) >= c.Limit, HasPreviousPage: c.After != nil},
	}
	for _, row := range page.Nodes {
		page.Edges = append(page.Edges, &Edge[T]{Cursor: c.cursor(place(row)), Node: row})
	}
	if n := len(page.Edges); n > 0 {
		page.PageInfo.StartCursor, page.PageInfo.EndCursor = &page.Edges[0].Cursor, &page.Edges[n-1].Cursor
	}
	return page
}

func (c *Cut) cursor(at Place) string {
	p := domain.Position{ID: at.Number}
	if at.At != nil {
		p.Value = new(at.At.UTC().Format(time.RFC3339Nano))
	}
	return string(appendCursor(nil, p, c.hash))
}
