package simulator_test

import (
	"testing"

	"lazilabs.com/lazi/internal/stspec"
)

// rows reads the whole list of an entity, narrowed by parameters (name, value, …).
func (f *fixture) rows(t *testing.T, e stspec.Entity, query ...string) []row {
	t.Helper()
	var out []row
	for _, doc := range f.page(t, all(e, query...)).Data {
		out = append(out, parseRow(t, doc))
	}
	return out
}

func idsInOrder(list []row) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.text("id"))
	}
	return out
}
