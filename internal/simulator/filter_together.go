package simulator

import (
	"net/url"
	"slices"
	"strings"
)

// Parameters that mean something only together.

// modifiedFilter reads the range of modification. Customers can leave changes by bookkeeping out of it.
func modifiedFilter(t *table, q url.Values) test {
	var tests []func(any) bool
	if from := q.Get("modifiedOnOrAfter"); from != "" {
		tests = append(tests, matcher(">=", []string{from}))
	}
	if before := q.Get("modifiedBefore"); before != "" {
		tests = append(tests, matcher("<", []string{before}))
	}
	if len(tests) == 0 || !t.has("modifiedOn") {
		return nil
	}
	_, offers := t.entity.Filter("excludeAccountingChangesFromModifiedDateRange")
	core := offers && strings.EqualFold(q.Get("excludeAccountingChangesFromModifiedDateRange"), "true")
	modified, _ := t.column("modifiedOn")
	return func(r *record) bool {
		at := modified.of(r)
		if core {
			at = r.core
		}
		for _, holds := range tests {
			if !holds(at) {
				return false
			}
		}
		return true
	}
}

// externalFilter reads externalDataApplicationGuid, Key and Values, which narrow only together.
func externalFilter(t *table, q url.Values) test {
	key := q.Get("externalDataKey")
	if _, offers := t.entity.Filter("externalDataKey"); !offers || key == "" {
		return nil
	}
	var among []string
	if values := q.Get("externalDataValues"); values != "" {
		among = strings.Split(values, ",")
	}
	application := strings.ToLower(q.Get("externalDataApplicationGuid"))
	return by(t, "externalData", func(v any) bool {
		all, _ := v.(externals)
		return slices.ContainsFunc(all[application], func(item any) bool {
			o, _ := item.(object)
			return plain(o.get("key")) == key && (among == nil || slices.Contains(among, plain(o.get("value"))))
		})
	})
}

// balanceFilter reads balanceFilter.Balance and .Comparer; it looks for equality when no comparer is given.
func balanceFilter(t *table, q url.Values) test {
	value := q.Get("balanceFilter.Balance")
	if _, offers := t.entity.Filter("balanceFilter.Balance"); !offers || value == "" {
		return nil
	}
	comparer, order := q.Get("balanceFilter.Comparer"), orderTo(value)
	return by(t, "balance", func(v any) bool {
		n, ok := order(v)
		switch comparer {
		case "NotEquals":
			return n != 0
		case "Greater":
			return ok && n > 0
		case "Less":
			return ok && n < 0
		}
		return ok && n == 0
	})
}

// customFieldFilter reads customField.Fields[name]=value, any number of them, and customField.Operator, And by default.
func customFieldFilter(t *table, q url.Values) test {
	const prefix = "customField.Fields["
	wanted := map[string]string{}
	for name, values := range q {
		if field, ok := strings.CutPrefix(name, prefix); ok {
			wanted[strings.TrimSuffix(field, "]")] = values[0]
		}
	}
	if _, offers := t.entity.Filter("customField.Fields"); !offers || len(wanted) == 0 {
		return nil
	}
	needed := len(wanted)
	if q.Get("customField.Operator") == "Or" {
		needed = 1
	}
	return by(t, "customFields", func(v any) bool {
		items, _ := v.([]any)
		found := 0
		for _, item := range items {
			o, _ := item.(object)
			if value, ok := wanted[plain(o.get("name"))]; ok && value == plain(o.get("value")) {
				found++
			}
		}
		return found >= needed
	})
}
