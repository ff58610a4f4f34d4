package graph_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/internal/domain"
)

func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	return generated.NewExecutableSchema(generated.Config{}).Schema()
}

// ours lists the definitions of graph/schema, without what GraphQL and federation bring along.
func ours(t *testing.T, s *ast.Schema) []*ast.Definition {
	t.Helper()
	var out []*ast.Definition
	for _, d := range s.Types {
		if d.Position != nil && strings.Contains(d.Position.Src.Name, "schema/") {
			out = append(out, d)
		}
	}
	if len(out) < 100 {
		t.Fatalf("found %d definitions: most are missing", len(out))
	}
	return out
}

// fields lists a definition's fields without federation's and introspection's.
func fields(d *ast.Definition) []*ast.FieldDefinition {
	return slices.DeleteFunc(slices.Clone(d.Fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "_") })
}

func TestSchema_isDescribedThroughout(t *testing.T) {
	t.Parallel()
	check := func(path, description string) {
		if strings.TrimSpace(description) == "" {
			t.Errorf("%s has no description", path)
		}
	}
	for _, d := range ours(t, loadSchema(t)) {
		check(d.Name, d.Description)
		for _, v := range d.EnumValues {
			check(d.Name+"."+v.Name, v.Description)
		}
		for _, f := range fields(d) {
			check(d.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				check(d.Name+"."+f.Name+"("+a.Name+")", a.Description)
			}
		}
	}
}

func TestSchema_connectionsHaveTheStandardArguments(t *testing.T) {
	t.Parallel()
	s := loadSchema(t)
	for _, d := range ours(t, s) {
		for _, f := range fields(d) {
			item, isConnection := strings.CutSuffix(f.Type.Name(), "Connection")
			if !isConnection || item == "SyncRun" || item == "Quarantine" { // these two list what LAZI itself has noted
				continue
			}
			checkConnection(t, d.Name+"."+f.Name, f, item)
		}
	}
}

func checkConnection(t *testing.T, path string, f *ast.FieldDefinition, item string) {
	t.Helper()
	k, ok := domain.KindByName(item)
	if !ok {
		checkForward(t, path, f)
		return
	}
	want := map[string]string{"first": "Int", "after": "String", "last": "Int", "before": "String"}
	got := map[string]string{}
	for name := range want {
		if a := f.Arguments.ForName(name); a != nil {
			got[name] = a.Type.String()
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: arguments (-want +got):\n%s", path, diff)
	}
	filter := f.Arguments.ForName("filter")
	if filter == nil || filter.DefaultValue == nil || filter.DefaultValue.String() != "{}" {
		t.Errorf("%s: filter must be {} by default, so that its own defaults count", path)
	}
	if hasOrder := f.Arguments.ForName("orderBy") != nil; hasOrder != (len(k.Orders) > 0) {
		t.Errorf("%s: orderBy is there: %t; %s has %d orders", path, hasOrder, k.Name, len(k.Orders))
	}
}

// checkForward looks at a connection of what is no kind, such as runs of a sync: it is read forward from the newest.
func checkForward(t *testing.T, path string, f *ast.FieldDefinition) {
	t.Helper()
	first, after := f.Arguments.ForName("first"), f.Arguments.ForName("after")
	if first == nil || first.Type.String() != "Int!" || first.DefaultValue.String() != strconv.Itoa(domain.DefaultPage) {
		t.Errorf("%s: first must be an Int! and %d by default", path, domain.DefaultPage)
	}
	if after == nil || after.Type.String() != "String" || f.Arguments.ForName("last") != nil || f.Arguments.ForName("before") != nil {
		t.Errorf("%s: it must have after, and neither last nor before", path)
	}
}

func TestSchema_kindsAreEntities(t *testing.T) {
	t.Parallel()
	s := loadSchema(t)
	for _, k := range domain.Kinds() {
		d := s.Types[k.Name]
		if d == nil {
			t.Errorf("kind %s has no type", k.Name)
			continue
		}
		var keys []string
		for _, key := range d.Directives.ForNames("key") {
			keys = append(keys, key.Arguments.ForName("fields").Value.Raw)
		}
		if diff := cmp.Diff([]string{"id", "externalId"}, keys); diff != "" {
			t.Errorf("%s: keys (-want +got):\n%s", k.Name, diff)
		}
		for _, name := range []string{"Node", "Synced"} {
			if !slices.Contains(d.Interfaces, name) {
				t.Errorf("%s does not implement %s", k.Name, name)
			}
		}
		checkRoots(t, s.Query, k)
	}
}

// checkRoots looks for the kind's two ways in: one object by its id, and all of them.
func checkRoots(t *testing.T, query *ast.Definition, k *domain.Kind) {
	t.Helper()
	var one, list bool
	for _, f := range fields(query) {
		one = one || f.Type.String() == k.Name && f.Arguments.ForName("id") != nil
		list = list || f.Type.Name() == k.Name+"Connection"
	}
	if !one || !list {
		t.Errorf("Query has %s by id: %t, a list of them: %t", k.Name, one, list)
	}
}

func TestSchema_ordersAreTheKinds(t *testing.T) {
	t.Parallel()
	s := loadSchema(t)
	for _, f := range fields(s.Query) {
		order := f.Arguments.ForName("orderBy")
		if order == nil {
			continue
		}
		k, _ := domain.KindByName(strings.TrimSuffix(f.Type.Name(), "Connection"))
		var want, got []string
		for value := range k.Orders {
			want = append(want, value)
		}
		for _, v := range s.Types[s.Types[order.Type.Name()].Fields.ForName("field").Type.Name()].EnumValues {
			got = append(got, v.Name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("orders of %s (-domain +schema):\n%s", k.Name, diff)
		}
	}
}

// openEnums are the enums whose words are ServiceTitan's: a word that we do not know must have a name.
func openEnums() map[string]func() word {
	return map[string]func() word{
		"AppointmentStatus":     func() word { return new(domain.AppointmentStatus) },
		"AssignmentStatus":      func() word { return new(domain.AssignmentStatus) },
		"ContactType":           func() word { return new(domain.ContactType) },
		"CustomerType":          func() word { return new(domain.CustomerType) },
		"DiscountAmountType":    func() word { return new(domain.DiscountAmountType) },
		"DiscountType":          func() word { return new(domain.DiscountType) },
		"EstimateStatus":        func() word { return new(domain.EstimateStatus) },
		"JobStatus":             func() word { return new(domain.JobStatus) },
		"PricebookCategoryType": func() word { return new(domain.CategoryType) },
		"Priority":              func() word { return new(domain.Priority) },
		"ShiftType":             func() word { return new(domain.ShiftType) },
	}
}

type word interface {
	graphql.Marshaler
	graphql.Unmarshaler
}

func TestSchema_enums(t *testing.T) {
	t.Parallel()
	open := openEnums()
	for _, d := range ours(t, loadSchema(t)) {
		if d.Kind != ast.Enum {
			continue
		}
		newWord, isOpen := open[d.Name]
		if hasUnknown := d.EnumValues.ForName(domain.Unknown) != nil; hasUnknown != isOpen {
			t.Errorf("%s has UNKNOWN: %t, its words are ServiceTitan's: %t", d.Name, hasUnknown, isOpen)
		}
		if !isOpen {
			continue
		}
		for _, v := range d.EnumValues {
			checkWord(t, d.Name, v.Name, newWord())
		}
	}
}

// checkWord reads an enum value and writes it again: both sides must know it.
func checkWord(t *testing.T, enum, value string, w word) {
	t.Helper()
	err := w.UnmarshalGQL(value)
	if value == domain.Unknown {
		if err == nil {
			t.Errorf("%s.%s can be asked for", enum, value)
		}
		return
	}
	if err != nil {
		t.Errorf("%s.%s: %v", enum, value, err)
		return
	}
	var b bytes.Buffer
	w.MarshalGQL(&b)
	if got := strings.Trim(b.String(), `"`); got != value {
		t.Errorf("%s.%s comes back as %s", enum, value, got)
	}
}

func TestSchema_personalDataIsTagged(t *testing.T) {
	t.Parallel()
	personal := map[string][]string{
		"Customer":        {"name", "address", "phone", "email"},
		"Location":        {"name", "address"},
		"CustomerContact": {"value", "memo"},
		"LocationContact": {"value", "memo"},
		"PhoneSettings":   {"phoneNumber"},
		"Technician":      {"name", "phone", "email"},
		"Employee":        {"name", "phone", "email"},
	}
	s := loadSchema(t)
	for name, fields := range personal {
		for _, field := range fields {
			tag := s.Types[name].Fields.ForName(field).Directives.ForName("tag")
			if tag == nil || tag.Arguments.ForName("name").Value.Raw != "pii" {
				t.Errorf("%s.%s is not tagged as personal data", name, field)
			}
		}
	}
}
