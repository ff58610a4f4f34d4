package paging

import (
	"context"
	"sync"

	"lazilabs.com/lazi/internal/domain"
)

// Connection is a page of a list, read when it is first asked for: a query that selects only totalCount reads no rows,
// and one that does not select it counts nothing.
type Connection[T any] struct {
	plan  *Plan
	rows  func() ([]domain.Entity, error)
	count func() (int64, error)
}

// Edge is a row with its place in the list.
type Edge[T any] struct {
	Cursor string
	Node   *T
}

// PageInfo tells where a page stands in its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// NewConnection makes a connection of rows that are *T. Load and count are each called at most once.
func NewConnection[T any](p *Plan, load func() ([]domain.Entity, error), count func() (int64, error)) *Connection[T] {
	return &Connection[T]{plan: p, rows: sync.OnceValues(load), count: sync.OnceValues(count)}
}

// page returns the rows of the page without the one that only shows that there is more.
func (c *Connection[T]) page() (rows []domain.Entity, more bool, err error) {
	rows, err = c.rows()
	rows, more = c.plan.Page(rows)
	return rows, more, err
}

// Nodes returns the rows.
func (c *Connection[T]) Nodes(context.Context) ([]*T, error) {
	rows, _, err := c.page()
	nodes := make([]*T, len(rows))
	for i, row := range rows {
		nodes[i] = any(row).(*T)
	}
	return nodes, err
}

// Edges returns the rows with their cursors.
func (c *Connection[T]) Edges(context.Context) ([]*Edge[T], error) {
	rows, _, err := c.page()
	edges := make([]*Edge[T], len(rows))
	for i, row := range rows {
		edges[i] = &Edge[T]{Cursor: c.plan.cursorOf(row), Node: any(row).(*T)}
	}
	return edges, err
}

// PageInfo tells where the page stands.
func (c *Connection[T]) PageInfo(context.Context) (*PageInfo, error) {
	rows, more, err := c.page()
	if err != nil {
		return nil, err
	}
	info := &PageInfo{}
	info.HasNextPage, info.HasPreviousPage = c.plan.Ends(more)
	if len(rows) > 0 {
		info.StartCursor = new(c.plan.cursorOf(rows[0]))
		info.EndCursor = new(c.plan.cursorOf(rows[len(rows)-1]))
	}
	return info, nil
}

// TotalCount counts the rows of the whole list.
func (c *Connection[T]) TotalCount(context.Context) (int, error) {
	n, err := c.count()
	return int(n), err
}
