package reads

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/internal/domain"
)

// rootRows are rows that the arguments name by id: of one kind, or of any.
type rootRows struct {
	field *ast.Field
	// read reads the field's only argument.
	read  func(v any) ([]domain.GlobalID, error)
	kinds map[string]*rowsOfKind
	list  bool
}

// rowsOfKind are named rows of one kind.
type rowsOfKind struct {
	fetch  *fetch
	object *object
}

// write shows the row with an id that was asked for, or null.
func (o rowsOfKind) write(b []byte, r *run, id int64, required bool) []byte {
	a := &r.asks[o.fetch.number]
	place, _ := a.Keys.Place(id) // it was asked for
	row := r.chains[o.fetch.number].first[place]
	if row < 0 {
		return r.null(b, required)
	}
	return o.object.write(b, spot{run: r, rows: &a.Answer, row: int(row)})
}

// named are the ids that a root's arguments name.
type named []domain.GlobalID

func (c *compiler) rootNodes(f collected) (rootValue, error) {
	n := &rootRows{field: f.Field, list: f.Definition.Type.Elem != nil, kinds: map[string]*rowsOfKind{}}
	n.read = map[string]func(any) ([]domain.GlobalID, error){"nodes": nodeIDs, "_entities": entityIDs}[f.Name]
	if n.read == nil {
		n.read = nodeID
	}
	for _, d := range c.schema.GetPossibleTypes(c.schema.Types[f.Definition.Type.Name()]) {
		k, ok := domain.KindByName(d.Name)
		if !ok {
			continue
		}
		rows := c.plan.newFetch(fetch{kind: k, byID: true})
		o, err := c.object(rows, f.Selections)
		if err != nil {
			return nil, err
		}
		n.kinds[k.Name] = &rowsOfKind{rows, o}
	}
	return n, nil
}

func (n *rootRows) begin(_ context.Context, r *run, number int) error {
	v, err := n.field.Arguments[0].Value.Value(r.variables)
	if err != nil {
		return err
	}
	ids, err := n.read(v)
	if err != nil {
		return err
	}
	r.named[number] = ids
	for _, id := range ids {
		of, ok := n.kinds[id.Kind]
		if !ok {
			return domain.Invalid("id", "this is the id of a %s", id.Kind)
		}
		f := of.fetch
		if !slices.Contains(r.level, f) {
			if err := r.prepare(f); err != nil {
				return err
			}
			r.level = append(r.level, f)
		}
		r.asks[f.number].Keys.Add(id.ID)
	}
	return nil
}

func (n *rootRows) write(b []byte, s spot) []byte {
	ids := s.run.named[s.row]
	if !n.list {
		return n.kinds[ids[0].Kind].write(b, s.run, ids[0].ID, false)
	}
	b = append(b, '[')
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = n.kinds[id.Kind].write(b, s.run, id.ID, false)
	}
	return append(b, ']')
}

func nodeID(v any) ([]domain.GlobalID, error) {
	ids := make([]domain.GlobalID, 1)
	return ids, ids[0].UnmarshalGQL(v)
}

func nodeIDs(v any) ([]domain.GlobalID, error) {
	list := graphql.CoerceList(v)
	if len(list) > loaders.MaxNodes {
		return nil, ErrNotCompiled
	}
	ids := make([]domain.GlobalID, len(list))
	for i, v := range list {
		if err := ids[i].UnmarshalGQL(v); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// entityIDs reads federation's representations, as long as each names one object of ours plainly.
func entityIDs(v any) ([]domain.GlobalID, error) {
	list := graphql.CoerceList(v)
	if len(list) > loaders.MaxEntities {
		return nil, ErrNotCompiled
	}
	ids := make([]domain.GlobalID, len(list))
	for i, v := range list {
		representation, _ := v.(map[string]any)
		kind, _ := representation["__typename"].(string)
		id, external := representation["id"], representation["externalId"]
		switch {
		case id != nil && external == nil:
			if err := ids[i].UnmarshalGQL(id); err != nil {
				return nil, err
			}
		case id == nil && external != nil:
			var n domain.BigInt
			if err := n.UnmarshalGQL(external); err != nil {
				return nil, err
			}
			ids[i] = domain.GlobalID{Kind: kind, ID: int64(n)}
		default:
			return nil, ErrNotCompiled
		}
		if ids[i].Kind != kind {
			return nil, ErrNotCompiled
		}
	}
	return ids, nil
}
