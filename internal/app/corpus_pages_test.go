package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// follow puts cursors of an answer into the operation's variables; false when there is none.
func (op *operation) follow(body []byte) bool {
	if len(op.slots) == 0 {
		return false
	}
	var answer struct{ Data map[string]any }
	if json.Unmarshal(body, &answer) != nil {
		return false
	}
	found := false
	for _, s := range op.slots {
		cursor, ok := cursorAt(answer.Data, s.path, s.backward)
		if !ok {
			continue
		}
		if op.variables == nil {
			op.variables = map[string]any{}
		}
		op.variables[s.variable], found = cursor, true
	}
	return found
}

// cursorAt finds the cursor that leads on from the first page on a way through an answer.
func cursorAt(at any, path []string, backward bool) (string, bool) {
	if list, ok := at.([]any); ok {
		for _, item := range list {
			if cursor, ok := cursorAt(item, path, backward); ok {
				return cursor, true
			}
		}
		return "", false
	}
	object, ok := at.(map[string]any)
	if !ok {
		return "", false
	}
	if len(path) > 0 {
		return cursorAt(object[path[0]], path[1:], backward)
	}
	info, _ := object["pageInfo"].(map[string]any)
	name := "endCursor"
	if backward {
		name = "startCursor"
	}
	cursor, ok := info[name].(string)
	return cursor, ok
}

// walkAll goes through every list of the query type by pages, forward and backward, in an order and with a filter of its
// own: both ways must meet the same records.
func (c *comparison) walkAll(t *testing.T) {
	t.Helper()
	if *corpusOnly >= 0 {
		return
	}
	for i, f := range c.schema.Query.Fields {
		if !isMirroredList(f) || c.different >= maxDifferences {
			continue
		}
		arguments := c.listArguments(f, i)
		forward := c.walk(t, f.Name, arguments, false)
		backward := c.walk(t, f.Name, arguments, true)
		slices.Reverse(backward)
		if !slices.Equal(forward, backward) {
			t.Errorf("%s%s: %d records forward, %d backward", f.Name, arguments, len(forward), len(backward))
		}
	}
}

// listArguments choose an order and a filter of a list.
func (c *comparison) listArguments(f *ast.FieldDefinition, i int) string {
	var out string
	if order := f.Arguments.ForName("orderBy"); order != nil {
		fields := c.schema.Types[c.schema.Types[order.Type.Name()].Fields.ForName("field").Type.Name()].EnumValues
		out += fmt.Sprintf(", orderBy: {field: %s, direction: %s}", fields[i%len(fields)].Name, []string{"ASC", "DESC"}[i/2%2])
	}
	if filter := c.schema.Types[f.Arguments.ForName("filter").Type.Name()]; filter.Fields.ForName("active") != nil {
		out += ", filter: {active: " + []string{"null", "true"}[i%2] + "}"
	}
	return out
}

// walk reads a list to its end and returns the records' ids.
func (c *comparison) walk(t *testing.T, list, arguments string, backward bool) []string {
	t.Helper()
	size, place := "first: $n", "after: $c"
	if backward {
		size, place = "last: $n", "before: $c"
	}
	op := &operation{
		query: "query Walk($n: Int! = 23, $c: String) { list: " + list + "(" + size + ", " + place + arguments + ") " +
			"{ totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
		slots: []slot{{variable: "c", path: []string{"list"}, backward: backward}},
	}
	var ids []string
	for range 100 {
		body := c.compare(t, op).body
		c.followed++
		var got struct {
			Data struct {
				List struct {
					Edges    []struct{ Node struct{ ID string } }
					PageInfo struct{ HasNextPage, HasPreviousPage bool }
				}
			}
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatalf("%s: %v: %.200s", op.query, err, body)
		}
		page := got.Data.List
		if backward {
			slices.Reverse(page.Edges)
		}
		for _, edge := range page.Edges {
			ids = append(ids, edge.Node.ID)
		}
		if more := page.PageInfo.HasNextPage && !backward || page.PageInfo.HasPreviousPage && backward; !more || !op.follow(body) {
			return ids
		}
	}
	t.Errorf("%s%s has no end", list, arguments)
	return ids
}
