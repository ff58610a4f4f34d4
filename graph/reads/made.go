package reads

import (
	"context"
	"reflect"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/loaders"
)

// made is a field whose values Go makes.
type made struct {
	number int
	maker  Maker
	field  *ast.Field
	in     input
	// shapes are how the values are shown: one for each place.
	shapes []shape
	// fetches ask for the rows that stand in the values, one for each kind.
	fetches []*fetch
}

// besideMade is such a field of a kind.
type besideMade struct {
	*made
	shape shape
}

func (m besideMade) write(b []byte, s spot) []byte {
	return m.shape.write(b, s.run.made[m.number](s.rows.ID(s.row)), s.run)
}

// rootMade is such a field of Query.
type rootMade struct{ *made }

func (m rootMade) write(b []byte, s spot) []byte {
	return m.shapes[0].write(b, s.run.made[m.number](0), s.run)
}

func (m rootMade) begin(ctx context.Context, r *run, _ int) error {
	return r.make(ctx, m.made, nil, &r.level)
}

// arguments reads the field's arguments into the struct that its maker takes.
func (m *made) arguments(variables map[string]any) (reflect.Value, error) {
	args := reflect.New(m.maker.args).Elem()
	given := m.field.ArgumentMap(variables)
	for _, a := range m.field.Definition.Arguments {
		v := given[a.Name]
		if v == nil {
			continue
		}
		into, ok := goField(args, a.Name)
		if !ok {
			return args, notBound(args.Type(), a.Name)
		}
		if err := m.in.value(into, a.Type, v); err != nil {
			return args, err
		}
	}
	return args, nil
}

// make makes the values for the rows with the given ids, and adds the questions for the rows in them to a level.
func (r *run) make(ctx context.Context, m *made, ids []int64, level *[]*fetch) error {
	args, err := m.arguments(r.variables)
	if err != nil {
		return err
	}
	of, err := m.maker.make(loaders.With(ctx, loaders.New(r.sources, r.tenant, r.now).OnlyIDs()), r.tenant, ids, args)
	if err != nil {
		return err
	}
	r.made[m.number] = of
	for _, f := range m.fetches {
		if err := r.prepare(f); err != nil {
			return err
		}
	}
	for _, s := range m.shapes {
		if ids == nil {
			s.gather(of(0), r)
		}
		for _, id := range ids {
			s.gather(of(id), r)
		}
	}
	for _, f := range m.fetches {
		if r.asks[f.number].Keys.Len() > 0 {
			*level = append(*level, f)
		}
	}
	return nil
}

// makeBeside makes what stands beside the rows of a fetch.
func (r *run) makeBeside(ctx context.Context, f *fetch) error {
	if len(f.beside) == 0 {
		return nil
	}
	rows, in := &r.asks[f.number].Answer, &r.chains[f.number]
	var ids []int64
	for row := range rows.Len() {
		if in.next[row] != dropped {
			ids = append(ids, rows.ID(row))
		}
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil
	}
	for _, m := range f.beside {
		if err := r.make(ctx, m, ids, &r.next); err != nil {
			return err
		}
	}
	return nil
}
