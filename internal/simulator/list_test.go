package simulator_test

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stspec"
)

// compareValues orders values as what they are: numbers and times, or words.
func compareValues(a, b string) int {
	if n := compareTexts(a, b); n != 0 {
		return n
	}
	return cmp.Compare(a, b)
}

// TestSort asks for every order that the documents offer.
func TestSort(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, e := range stspec.Entities() {
		p, _ := e.Filter("sort")
		for _, field := range p.Sortable {
			up, down := f.rows(t, e, "sort", "+"+field), f.rows(t, e, "sort", "-"+field)
			member := strings.ToLower(field[:1]) + field[1:]
			inOrder := slices.IsSortedFunc(up, func(a, b row) int { return compareMembers(a, b, member) })
			reversed := slices.IsSortedFunc(down, func(a, b row) int { return compareMembers(b, a, member) })
			if len(up) == 0 || len(up) != len(down) || !inOrder || !reversed {
				t.Errorf("%s by %s: %d rows up, in order %v; %d down, in order %v", e.Name, field, len(up), inOrder, len(down), reversed)
			}
		}
		if ids := f.ids(t, e); !slices.IsSortedFunc(ids, compareTexts) {
			t.Errorf("%s: without an order rows do not come by id", e.Name)
		}
	}
}

// compareMembers finds objects equal, as nothing says how the API orders them.
func compareMembers(a, b row, member string) int {
	if _, object := a[member].(map[string]any); object {
		return 0
	}
	if _, object := b[member].(map[string]any); object {
		return 0
	}
	return compareValues(a.text(member), b.text(member))
}

func TestSort_byTheOtherSpelling(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, name := range []string{"JobType", "Estimate", "Invoice"} {
		up := f.ids(t, entity(t, name), "orderBy", "Id", "orderByDirection", "asc")
		down := f.ids(t, entity(t, name), "orderBy", "Id", "orderByDirection", "desc")
		slices.Reverse(down)
		if diff := gocmp.Diff(up, down); diff != "" || len(up) < 2 {
			t.Errorf("%s: descending is not ascending backwards (-up +down):\n%s", name, diff)
		}
	}
}

func TestLists_bearOddValues(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for path, want := range map[string]int{
		"/settings/v2/tenant/{tenant}/tag-types?sort=x":                                    400,
		"/settings/v2/tenant/{tenant}/tag-types?sort=%2B":                                  400,
		"/accounting/v2/tenant/{tenant}/payments?sort=%2BNothing":                          400,
		"/jpm/v2/tenant/{tenant}/job-types?orderBy=Nothing":                                400,
		"/crm/v2/tenant/{tenant}/customers?page=9223372036854775807&pageSize=5000":         200,
		"/crm/v2/tenant/{tenant}/customers?page=4000000000000000000&pageSize=3&active=Any": 200,
		"/crm/v2/tenant/{tenant}/customers?page=0":                                         200,
		"/crm/v2/tenant/{tenant}/customers?name=":                                          200,
	} {
		if status, body := f.get(t, path); status != want {
			t.Errorf("%s: status %d, %.100s; want %d", path, status, body, want)
		}
	}
}

func TestLists_boundsOfRanges(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, e := range stspec.Entities() {
		for _, member := range []string{"created", "modified"} {
			whole := f.rows(t, e)
			r := whole[len(whole)/2]
			at := r.text(member + "On")
			since, before := f.ids(t, e, member+"OnOrAfter", at), f.ids(t, e, member+"Before", at)
			if !slices.Contains(since, r.text("id")) || slices.Contains(before, r.text("id")) || len(since)+len(before) != len(whole) {
				t.Errorf("%s: %d rows since %s, %d before it, of %d", e.Name, len(since), at, len(before), len(whole))
			}
		}
	}
}

func TestCategories_moveWithTheirBranch(t *testing.T) {
	t.Parallel()
	f := setup(t)
	e := entity(t, "PricebookCategory")
	roots := f.rows(t, e)
	child, to := roots[0].texts("subcategories.id")[0], roots[1].text("id")
	parent, _ := strconv.ParseInt(to, 10, 64)
	id, _ := strconv.ParseInt(child, 10, 64)
	if err := f.Change(tenant, e.Name, id, map[string]any{"parentId": parent}); err != nil {
		t.Fatal(err)
	}
	after := f.rows(t, e)
	if slices.Contains(after[0].texts("subcategories.id"), child) || !slices.Contains(after[1].texts("subcategories.id"), child) {
		t.Errorf("category %s does not hang below %s alone", child, to)
	}
	if err := f.Change(tenant, e.Name, id, map[string]any{"parentId": nil}); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(f.ids(t, e), child) || slices.Contains(f.rows(t, e)[1].texts("subcategories.id"), child) {
		t.Errorf("category %s is not a root", child)
	}
}
