package reads

import (
	"context"
	"strings"

	"lazilabs.com/lazi/internal/domain"
)

// root is a field of Query.
type root struct {
	name  string
	value rootValue
}

// rootValue is a compiled field of Query. It puts the plan's first questions.
type rootValue interface {
	value
	// begin reads the arguments and adds to the first level.
	begin(ctx context.Context, r *run, number int) error
}

// root compiles a field of Query.
func (c *compiler) root(f collected) (rootValue, error) {
	switch f.Name {
	case "__typename":
		return rootName(`"` + c.schema.Query.Name + `"`), nil
	case "node", "nodes", "_entities":
		return c.rootNodes(f)
	case "jobByNumber":
		return c.rootFirst(f, domain.Jobs.Kind, byNumber)
	}
	if m, ok := c.makers[c.schema.Query.Name+"."+f.Name]; ok {
		made := c.newMade(f, m)
		s, err := c.shape(made, f, f.Definition.Type, m.value)
		made.shapes = []shape{s}
		return rootMade{made}, err
	}
	t := f.Definition.Type
	if item, list := strings.CutSuffix(t.Name(), "Connection"); list {
		if k, ok := domain.KindByName(item); ok {
			return c.rootPage(f, k)
		}
	}
	_, isKind := domain.KindByName(t.Name())
	if isKind && t.Elem == nil && len(f.Definition.Arguments) == 1 && f.Definition.Arguments.ForName("id") != nil {
		return c.rootNodes(f)
	}
	return nil, notDescribed(f)
}

type rootName string

func (n rootName) write(b []byte, _ spot) []byte        { return append(b, n...) }
func (rootName) begin(context.Context, *run, int) error { return nil }

// rootList is a connection of all rows of a kind.
type rootList struct {
	value
	fetches []*fetch
}

func (l rootList) begin(_ context.Context, r *run, _ int) error {
	for _, f := range l.fetches {
		if err := r.prepare(f); err != nil {
			return err
		}
		r.level = append(r.level, f)
	}
	return nil
}

func (c *compiler) rootPage(f collected, k *domain.Kind) (rootValue, error) {
	p, err := c.newPage(f.Field, k, k.Name, c.connection(f.Field, k))
	if err != nil {
		return nil, err
	}
	var l rootList
	l.value, err = c.pageValue(f, func(count bool) (*fetch, rowsOf) {
		for _, known := range l.fetches {
			if known.count == count {
				return known, rowsOf{known.number, atRoot}
			}
		}
		added := c.plan.newFetch(fetch{kind: k, page: p, count: count})
		l.fetches = append(l.fetches, added)
		return added, rowsOf{added.number, atRoot}
	})
	return l, err
}

// rootFirst compiles a field that shows the first row of a list.
func (c *compiler) rootFirst(f collected, k *domain.Kind, read argumentReader) (rootValue, error) {
	p, err := c.newPage(f.Field, k, k.Name, read)
	if err != nil {
		return nil, err
	}
	first := c.plan.newFetch(fetch{kind: k, page: p})
	o, err := c.object(first, f.Selections)
	return rootList{one{rowsOf{first.number, atRoot}, o, f.Definition.Type.NonNull}, []*fetch{first}}, err
}
