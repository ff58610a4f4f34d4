package servicetitan_test

import (
	"iter"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stspec"
)

// facts goes through the kinds with the official facts about each.
func facts(t *testing.T) iter.Seq2[*domain.Kind, stspec.Entity] {
	t.Helper()
	return func(yield func(*domain.Kind, stspec.Entity) bool) {
		for _, k := range domain.Kinds() {
			e, ok := stspec.Lookup(k.API.Entity)
			if !ok {
				t.Errorf("the API has no entity %q", k.API.Entity)
			} else if !yield(k, e) {
				return
			}
		}
	}
}

func TestFacts_everyEntityIsMirrored(t *testing.T) {
	t.Parallel()
	for _, e := range stspec.Entities() {
		if !slices.ContainsFunc(domain.Kinds(), func(k *domain.Kind) bool { return k.API.Entity == e.Name }) {
			t.Errorf("%s has no kind", e.Name)
		}
	}
}

func TestFacts_paths(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			for _, p := range []struct{ what, have, want string }{
				{"list", k.API.ListPath(), e.ListPath},
				{"get", k.API.GetPath(), e.GetPath},
				{"export", k.API.ExportPath(), e.ExportPath},
				{"module", k.API.Module(), strings.Split(e.ListPath, "/")[1]},
			} {
				if p.have != p.want {
					t.Errorf("%s %q, want %q", p.what, p.have, p.want)
				}
			}
		})
	}
}

func TestFacts_ids(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			f, has := e.Filter("ids")
			if k.API.IDs != has {
				t.Errorf("IDs %v, want %v", k.API.IDs, has)
			}
			if has && (!f.IDList() || f.MaxItems != 0 && f.MaxItems != domain.MaxIDs) {
				t.Errorf("ids is %+v, want a list of at most %d", f, domain.MaxIDs)
			}
		})
	}
}

// showsAll is the query that makes a list show inactive records, in the spelling that its documents give.
func showsAll(e stspec.Entity) string {
	for _, f := range e.Filters {
		switch {
		case f.Name == "includeInactive":
			return "includeInactive=true"
		case f.Name == "activeOnly":
			return "activeOnly=false"
		case f.Default == "":
			continue
		case slices.Contains(f.Enum, "Any"):
			return f.Name + "=Any"
		case slices.Contains(f.Enum, "All"):
			return f.Name + "=All"
		}
	}
	return ""
}

func TestFacts_inactiveRecordsAreShown(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			if want := showsAll(e); k.API.All != want {
				t.Errorf("All %q, want %q", k.API.All, want)
			}
			q, err := url.ParseQuery(k.API.All)
			if err != nil {
				t.Fatal(err)
			}
			for name := range q {
				if f, ok := e.Filter(name); !ok || f.Check(q.Get(name)) != nil {
					t.Errorf("the list does not take %s=%s", name, q.Get(name))
				}
			}
		})
	}
}

func TestFacts_contactsWantARange(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			if want := k.Domain == domain.AreaContact; k.API.Since != want {
				t.Errorf("Since %v, want %v", k.API.Since, want)
			}
			if _, ok := e.Filter("modifiedOnOrAfter"); k.API.Since && !ok {
				t.Error("the list takes no modifiedOnOrAfter")
			}
		})
	}
}

func TestFacts_sort(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			want := ""
			if f, ok := e.Filter("sort"); ok && slices.Contains(f.Sortable, "Id") {
				want = "+Id"
			}
			if k.API.Sort != want {
				t.Errorf("Sort %q, want %q", k.API.Sort, want)
			}
		})
	}
}

func TestFacts_params(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			if k.API.Tree != "" && len(k.API.Params) > 0 {
				t.Error("the list of a tree applies its parameters to roots alone: it cannot be asked by them")
			}
			for column := range k.API.Params {
				at := slices.IndexFunc(k.Columns, func(c domain.Column) bool { return c.Name == column })
				if at < 0 {
					t.Errorf("the kind has no column %s", column)
				}
				param, list, _ := k.API.Param(column)
				from, to, span := strings.Cut(param, "/")
				if span {
					checkSpan(t, e, from, to)
					continue
				}
				f, ok := e.Filter(param)
				if !ok {
					t.Errorf("%s: the list has no parameter %s", column, param)
				}
				if list != f.IDList() {
					t.Errorf("%s: %s takes a comma list: %v, want %v", column, param, list, f.IDList())
				}
				if f.Default != "" {
					t.Errorf("%s: %s is the activity filter, which All sets", column, param)
				}
			}
		})
	}
}

func checkSpan(t *testing.T, e stspec.Entity, params ...string) {
	t.Helper()
	for _, name := range params {
		if f, ok := e.Filter(name); !ok || f.Format != "date-time" {
			t.Errorf("the list has no time parameter %s", name)
		}
	}
}

// Created and modified ranges are pushed down by their usual names unless Params says otherwise.
func TestFacts_usualRanges(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			usual := map[string][]string{
				"created_on":  {"createdOnOrAfter", "createdBefore"},
				"modified_on": {"modifiedOnOrAfter", "modifiedBefore"},
			}
			for column, params := range usual {
				if _, _, own := k.API.Param(column); !own {
					checkSpan(t, e, params...)
				}
			}
		})
	}
}

func TestFacts_tombstones(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			want := slices.ContainsFunc(e.Fields, func(f stspec.Field) bool { return f.Name == "active" && f.ExportOnly })
			if k.API.Tombstones != want {
				t.Errorf("Tombstones %v, want %v", k.API.Tombstones, want)
			}
		})
	}
}

func TestFacts_trees(t *testing.T) {
	t.Parallel()
	for k, e := range facts(t) {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			want := ""
			for _, f := range e.Fields {
				if f.Recursive || f.Items != nil && f.Items.Recursive {
					want = f.Name
				}
			}
			if k.API.Tree != want {
				t.Errorf("Tree %q, want %q", k.API.Tree, want)
			}
		})
	}
}
