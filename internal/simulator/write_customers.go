package simulator

import (
	"slices"
	"strings"
)

// createCustomer makes a customer with at least one place, and the contacts of both.
func createCustomer(w *writing) (any, error) {
	places, _ := w.body["locations"].([]any)
	if len(places) == 0 {
		return nil, invalid("locations", "At least one location is required.")
	}
	if err := w.references(map[string]string{"tagTypeIds": "TagType"}); err != nil {
		return nil, err
	}
	t := w.c.tables["Customer"]
	r := w.make("Customer", map[string]any{"active": true})
	answer := t.members(r)
	made := []any{}
	for _, place := range places {
		o, _ := place.(object)
		made = append(made, w.place(r.id, o))
	}
	contacts := w.contactRows("CustomerContact", "customerId", r.id, w.body["contacts"])
	return append(answer, member{"locations", made}, member{"contacts", contacts}), nil
}

// place makes a location of a customer. What it brings of contacts is the customer's, too.
func (w *writing) place(customer int64, o object) object {
	inner := &writing{Simulator: w.Simulator, c: w.c, op: w.op, body: map[string]any{}}
	for _, m := range o {
		inner.body[m.name] = m.value
	}
	r := inner.make("Location", map[string]any{"customerId": customer, "active": true})
	contacts := w.contactRows("LocationContact", "locationId", r.id, o.get("contacts"))
	w.contactRows("CustomerContact", "customerId", customer, o.get("contacts"))
	return append(w.c.tables["Location"].members(r), member{"contacts", contacts})
}

// contactRows makes contacts of a list in a body.
func (w *writing) contactRows(entity, owner string, id int64, list any) []any {
	given, _ := list.([]any)
	out := []any{}
	for _, item := range given {
		o, _ := item.(object)
		r := w.contact(entity, owner, id, o)
		out = append(out, w.c.tables[entity].members(r))
	}
	return out
}

func (w *writing) contact(entity, owner string, id int64, o object) *record {
	return w.create(w.c, w.c.tables[entity], map[string]any{
		owner: id, "type": o.get("type"), "value": o.get("value"), "memo": o.get("memo"), "phoneSettings": phoneSettings(o.get("type"), o.get("value"), false),
		"preferences": object{{"jobRemindersEnabled", true}, {"marketingUpdatesEnabled", true}, {"invoiceStatementNotification", true}},
	})
}

// phoneSettings are a contact's number in digits; mail addresses have none.
func phoneSettings(kind, value, silent any) any {
	if kind == "Email" {
		return nil
	}
	return object{{"phoneNumber", digits(plain(value))}, {"doNotText", silent == true}}
}

func updateCustomer(w *writing) (any, error) {
	t, r, err := w.target("Customer")
	if err != nil {
		return nil, err
	}
	if err := w.references(map[string]string{"tagTypeIds": "TagType"}); err != nil {
		return nil, err
	}
	w.edit(t, r)
	return r, nil
}

func addTag(w *writing) (any, error) {
	t, r, err := w.target(w.op.Entity)
	if err != nil {
		return nil, err
	}
	if err := w.must("TagType", "tagTypeId", w.ids[1]); err != nil {
		return nil, errNotFound
	}
	tags, _ := t.value(r, "tagTypeIds").([]any)
	if slices.Contains(tags, any(w.ids[1])) {
		return nil, conflict("The tag is already added.")
	}
	tags = append(slices.Clone(tags), w.ids[1])
	w.put(t, r, map[string]any{"tagTypeIds": tags})
	return object{{strings.ToLower(w.op.Entity) + "Id", r.id}, {"tagTypeIds", tags}}, nil
}

func removeTag(w *writing) (any, error) {
	t, r, err := w.target(w.op.Entity)
	if err != nil {
		return nil, err
	}
	tags, _ := t.value(r, "tagTypeIds").([]any)
	at := slices.Index(tags, any(w.ids[1]))
	if at < 0 {
		return nil, errNotFound
	}
	w.put(t, r, map[string]any{"tagTypeIds": slices.Delete(slices.Clone(tags), at, at+1)})
	return none{}, nil
}

// tagMany adds tags to customers, or takes them off. What is so already is no mistake here.
func tagMany(add bool) act {
	return func(w *writing) (any, error) {
		if err := w.references(map[string]string{"customerIds": "Customer", "tagTypeIds": "TagType"}); err != nil {
			return nil, err
		}
		t := w.c.tables["Customer"]
		given, _ := w.body["tagTypeIds"].([]any)
		customers, _ := w.body["customerIds"].([]any)
		for _, id := range customers {
			r := t.byID[id.(int64)]
			before, _ := t.value(r, "tagTypeIds").([]any)
			tags := slices.DeleteFunc(slices.Clone(before), func(tag any) bool { return slices.Contains(given, tag) })
			if add {
				tags = append(tags, given...)
			}
			w.put(t, r, map[string]any{"tagTypeIds": tags})
		}
		return none{}, nil
	}
}

func createLocation(w *writing) (any, error) {
	customer, _ := w.body["customerId"].(int64)
	if err := w.must("Customer", "customerId", customer); err != nil {
		return nil, conflict("Customer does not exist.")
	}
	if err := w.references(map[string]string{"tagTypeIds": "TagType"}); err != nil {
		return nil, err
	}
	r := w.make("Location", map[string]any{"active": true})
	contacts := w.contactRows("LocationContact", "locationId", r.id, w.body["contacts"])
	w.contactRows("CustomerContact", "customerId", customer, w.body["contacts"])
	return append(w.c.tables["Location"].members(r), member{"contacts", contacts}), nil
}

func updateLocation(w *writing) (any, error) {
	t, r, err := w.target("Location")
	if err != nil {
		return nil, err
	}
	if w.must("Customer", "customerId", w.body["customerId"]) != nil {
		return nil, conflict("Customer does not exist.")
	}
	zone, given := w.body["taxZoneId"]
	if given && !slices.ContainsFunc(t.rows, func(r *record) bool { return t.value(r, "taxZoneId") == zone }) {
		return nil, conflict("Tax zone does not exist.") // the zones are those that places are in
	}
	if err := w.references(map[string]string{"tagTypeIds": "TagType"}); err != nil {
		return nil, err
	}
	w.edit(t, r)
	return r, nil
}
