package simulator

import (
	"net/url"
	"strings"

	"lazilabs.com/lazi/internal/stspec"
)

// ExternalApplication is the application whose external data some records have. The API shows them only to those who
// name the application.
const ExternalApplication = "00000000-0000-4000-8000-00000000005a"

// externals are what applications have filed with a record, by their ids.
type externals map[string][]any

// view is how an operation sends records.
type view struct {
	op stspec.Operation
	// drift adds what no document names.
	drift bool
	// application is the one whose external data are asked for, prices whether calculated prices are.
	application string
	prices      bool
	// inactive says that trees show their inactive branches.
	inactive bool
}

func viewOf(op stspec.Operation, q url.Values, set Settings) view {
	return view{
		op: op, drift: set.Drift, application: q.Get("externalDataApplicationGuid"),
		prices: strings.EqualFold(q.Get("calculatePrices"), "true"), inactive: q.Get("active") == "Any" || q.Get("active") == "False",
	}
}

// append writes a record.
func (t *table) append(b []byte, r *record, how view) []byte {
	b = append(b, '{')
	first := true
	for i, f := range t.entity.Fields {
		if !f.Has(how.op) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(append(b, '"'), f.Name...), '"', ':')
		if f.Recursive || f.Items != nil && f.Items.Recursive {
			b = t.appendBelow(b, r, how)
			continue
		}
		b = appendJSON(b, how.shown(t.entity, f, r, r.values[i]))
	}
	if how.drift {
		b = append(b, `,"unheardOf":{"since":"tomorrow"}`...)
	}
	return append(b, '}')
}

// shown is what an operation sends in place of a value.
func (how view) shown(e stspec.Entity, f stspec.Field, r *record, v any) any {
	switch {
	case f.Name == "active" && r.deleted:
		return false
	case f.Name == "externalData":
		return how.external(e, v)
	case f.Name == "calculatedPrice" && !how.prices:
		return nil
	case how.drift && len(f.Enum) > 0 && r.id%7 == 0:
		return "Unheard"
	}
	return v
}

// external hides external data from those who do not name their application: null, but an empty list in the pricebook.
func (how view) external(e stspec.Entity, v any) any {
	all, _ := v.(externals)
	switch own := all[strings.ToLower(how.application)]; {
	case own != nil:
		return own
	case how.application != "" || e.Module == "pricebook":
		return []any{}
	}
	return nil
}

// appendBelow writes what is below a record of a tree. Lists show whole branches; feeds and single reads leave them out.
func (t *table) appendBelow(b []byte, r *record, how view) []byte {
	b = append(b, '[')
	active, n := t.activity(), 0
	if how.op == stspec.List {
		for _, child := range t.below[r.id] {
			if child.deleted || !how.inactive && !active(child) {
				continue
			}
			if n++; n > 1 {
				b = append(b, ',')
			}
			b = t.append(b, child, how)
		}
	}
	return append(b, ']')
}
