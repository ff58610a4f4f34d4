// Package paging turns GraphQL's connection arguments into queries with keyset positions, and rows into connections.
// It imports domain only.
package paging

import (
	"encoding/json"
	"fmt"
	"hash/fnv"

	"lazilabs.com/lazi/internal/domain"
)

// Args are the arguments of a connection field.
type Args struct {
	First  *int
	After  *string
	Last   *int
	Before *string
	// Filter is nil or a pointer to one of domain's filter structs.
	Filter any
	// Order is nil for the kind's own order.
	Order *domain.Order
	// Descendants follows the tree of the parent downwards.
	Descendants bool
}

// Plan is a checked request for a page.
type Plan struct {
	// Query asks for one row more than the page holds, so that its end shows whether there is more.
	Query domain.Query
	// Hash names the list: its subject, filter and order. A cursor of another list is refused.
	Hash uint64

	kind *domain.Kind
	size int
}

// NewPlan checks arguments for a list of a kind. Subject names the list: the kind, or the link that leads to it.
// Errors are domain.ErrInvalid and name the argument.
func NewPlan(k *domain.Kind, subject string, a Args) (*Plan, error) {
	p := &Plan{kind: k}
	if err := p.order(a.Order); err != nil {
		return nil, err
	}
	where, err := domain.Conditions(a.Filter)
	if err != nil {
		return nil, err
	}
	p.Query.Where, p.Query.Descendants = where, a.Descendants
	if p.Hash, err = hash(subject, a); err != nil {
		return nil, err
	}
	return p, p.page(a)
}

func (p *Plan) order(o *domain.Order) error {
	if o == nil {
		o = &domain.Order{}
	}
	column, err := p.kind.OrderColumn(o.Field)
	p.Query.Order, p.Query.Desc = column, o.Direction == domain.Descending
	return err
}

// page reads first, after, last and before.
func (p *Plan) page(a Args) error {
	if a.First != nil && a.Last != nil {
		return domain.Invalid("last", "give first or last, not both")
	}
	if a.After != nil && a.Before != nil {
		return domain.Invalid("before", "give after or before, not both")
	}
	if a.First != nil && a.Before != nil || a.Last != nil && a.After != nil {
		return domain.Invalid("first", "first goes with after, last goes with before")
	}
	name, size, cursorName, cursor := "first", a.First, "after", a.After
	if a.Last != nil || a.Before != nil {
		name, size, cursorName, cursor = "last", a.Last, "before", a.Before
		p.Query.Backward = true
	}
	p.size = domain.DefaultPage
	if size != nil {
		if err := checkSize(name, *size); err != nil {
			return err
		}
		p.size = *size
	}
	p.Query.Limit = p.size + 1
	if cursor == nil {
		return nil
	}
	at, err := p.parseCursor(*cursor, cursorName)
	p.Query.After = at
	return err
}

// checkSize refuses a page that is empty or too large.
func checkSize(argument string, size int) error {
	if size < 1 || size > domain.MaxPage {
		return domain.Invalid(argument, "%d is not between 1 and %d", size, domain.MaxPage)
	}
	return nil
}

// Size is how many rows the page holds at most.
func (p *Plan) Size() int { return p.size }

// Ends tells whether rows stand behind and before a page behind which there is more in the direction of reading. Whether
// rows stand before a page that was asked for by a cursor is known without looking: the cursor's own row does.
func (p *Plan) Ends(more bool) (next, previous bool) {
	if p.Query.Backward {
		return p.Query.After != nil, more
	}
	return more, p.Query.After != nil
}

// Page takes the row off that only shows that there is more.
func (p *Plan) Page(rows []domain.Entity) (page []domain.Entity, more bool) {
	switch extra := len(rows) - p.size; {
	case extra <= 0:
		return rows, false
	case p.Query.Backward:
		return rows[extra:], true
	default:
		return rows[:p.size], true
	}
}

// hash names a list by everything that decides which rows it has and in what order, but for the page.
func hash(subject string, a Args) (uint64, error) {
	text, err := json.Marshal([]any{subject, a.Filter, a.Order, a.Descendants})
	if err != nil {
		return 0, fmt.Errorf("paging: hash of %s: %w", subject, err)
	}
	h := fnv.New64a()
	_, _ = h.Write(text)
	return h.Sum64(), nil
}
