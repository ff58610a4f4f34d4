package simulator

import (
	"path"
	"slices"
)

// The states of estimates, as the API writes them.
var (
	estimateOpen      = object{{"value", int64(0)}, {"name", "Open"}}
	estimateSold      = object{{"value", int64(1)}, {"name", "Sold"}}
	estimateDismissed = object{{"value", int64(2)}, {"name", "Dismissed"}}
)

// moveEstimate puts an estimate that is in one state into another.
func (w *writing) moveEstimate(from, to object, beside map[string]any) (any, error) {
	t, r, err := w.target("Estimate")
	if err != nil {
		return nil, err
	}
	if now := plain(t.value(r, "status.name")); now != from.get("name") {
		return nil, refused("The estimate is " + now + ".")
	}
	beside["status"] = to
	w.put(t, r, beside)
	return r, nil
}

func sell(w *writing) (any, error) {
	if err := w.references(map[string]string{"soldBy": "Technician|Employee"}); err != nil {
		return nil, err
	}
	return w.moveEstimate(estimateOpen, estimateSold, map[string]any{"soldBy": w.body["soldBy"], "soldOn": moment(w.clock.Now())})
}

func unsell(w *writing) (any, error) {
	return w.moveEstimate(estimateSold, estimateOpen, map[string]any{"soldBy": nil, "soldOn": nil})
}

func dismiss(w *writing) (any, error) {
	return w.moveEstimate(estimateOpen, estimateDismissed, map[string]any{})
}

// filing turns what bodies of the price book give in other words than records have it.
func (w *writing) filing() error {
	categories := w.c.tables["PricebookCategory"]
	if err := w.references(map[string]string{"categories": "PricebookCategory", "parentId": "PricebookCategory", "businessUnitIds": "BusinessUnit"}); err != nil {
		return err
	}
	if ids, ok := w.body["categories"].([]any); ok && w.op.Entity == "PricebookService" {
		out := make([]any, len(ids))
		for i, id := range ids {
			r := categories.byID[id.(int64)]
			out[i] = object{{"id", id}, {"name", categories.value(r, "name")}, {"active", categories.value(r, "active")}}
		}
		w.body["categories"] = out
	}
	if assets, ok := w.body["assets"].([]any); ok {
		for i, a := range assets {
			o, _ := a.(object)
			assets[i] = append(slices.Clone(o), member{"fileName", path.Base(plain(o.get("url")))})
		}
	}
	return nil
}

// unique refuses a code that another item of the entity has.
func (w *writing) unique(t *table, self int64) error {
	code, given := w.body["code"]
	if !given || !t.has("code") {
		return nil
	}
	for _, r := range t.rows {
		if r.id != self && !r.deleted && t.value(r, "code") == code {
			return invalid("code", "The code is already in use.")
		}
	}
	return nil
}

// hangsBelow tells whether a category is another one, or somewhere below it.
func (w *writing) hangsBelow(category any, of int64) bool {
	t := w.c.tables["PricebookCategory"]
	for id, ok := category.(int64); ok; id, ok = t.value(t.byID[id], "parentId").(int64) {
		if id == of {
			return true
		}
	}
	return false
}

func createSKU(w *writing) (any, error) {
	t := w.c.tables[w.op.Entity]
	if err := w.filing(); err != nil {
		return nil, err
	}
	if err := w.unique(t, 0); err != nil {
		return nil, err
	}
	return w.make(w.op.Entity, nil), nil
}

func updateSKU(w *writing) (any, error) {
	t, r, err := w.target(w.op.Entity)
	if err != nil {
		return nil, err
	}
	if err := w.filing(); err != nil {
		return nil, err
	}
	if err := w.unique(t, r.id); err != nil {
		return nil, err
	}
	if w.hangsBelow(w.body["parentId"], r.id) {
		return nil, invalid("parentId", "A category cannot be below itself.")
	}
	w.edit(t, r)
	return r, nil
}

func deleteSKU(w *writing) (any, error) {
	t, r, err := w.target(w.op.Entity)
	if err != nil {
		return nil, err
	}
	w.put(t, r, map[string]any{"active": false})
	return none{}, nil
}
