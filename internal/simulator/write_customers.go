package simulator

import (
	"net/http"
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
	given := map[string]any{
		owner: id, "type": o.get("type"), "value": o.get("value"), "memo": o.get("memo"),
		"preferences": object{{"jobRemindersEnabled", true}, {"marketingUpdatesEnabled", true}, {"invoiceStatementNotification", true}},
	}
	if strings.Contains(plain(o.get("type")), "Phone") {
		given["phoneSettings"] = object{{"phoneNumber", digits(plain(o.get("value")))}, {"doNotText", false}}
	}
	return w.create(w.c, w.c.tables[entity], given)
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
	w.put(t, r, map[string]any{"tagTypeIds": append(slices.Clone(tags), w.ids[1])})
	return object{{strings.ToLower(w.op.Entity) + "Id", r.id}, {"tagTypeId", w.ids[1]}}, nil
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
	return nil, nil
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
	if err := w.references(map[string]string{"tagTypeIds": "TagType"}); err != nil {
		return nil, err
	}
	w.edit(t, r)
	return r, nil
}

// owner is the customer or location whose contacts a write is about. Those of an inactive one are closed.
func (w *writing) owner() (entity, member string, id int64, err error) {
	entity, member = "Customer", "customerId"
	if w.op.Entity == "LocationContact" {
		entity, member = "Location", "locationId"
	}
	t, r, err := w.target(entity)
	if err == nil && !t.activity()(r) {
		err = conflict(entity + " is not active.")
	}
	return entity, member, w.ids[0], err
}

func createContact(w *writing) (any, error) {
	_, member, id, err := w.owner()
	if err != nil {
		return nil, err
	}
	return w.contact(w.op.Entity, member, id, object{{"type", w.body["type"]}, {"value", w.body["value"]}, {"memo", w.body["memo"]}}), nil
}

// ownContact is the contact that the path names below its owner.
func (w *writing) ownContact() (*table, *record, error) {
	_, member, id, err := w.owner()
	if err != nil {
		return nil, nil, err
	}
	t := w.c.tables[w.op.Entity]
	r, ok := t.byID[w.ids[1]]
	if !ok || r.deleted || t.value(r, member) != id {
		return nil, nil, errNotFound
	}
	return t, r, nil
}

func updateContact(w *writing) (any, error) {
	t, r, err := w.ownContact()
	if err != nil {
		return nil, err
	}
	w.edit(t, r)
	return r, nil
}

func deleteContact(w *writing) (any, error) {
	t, r, err := w.ownContact()
	if err != nil {
		return nil, err
	}
	w.touch(t, r, func() { r.deleted = true })
	return nil, nil
}

// note is a note on a customer, a location or a job.
type note struct {
	id      int64
	text    any
	pinned  any
	by      int64
	created moment
}

func (n note) object() object {
	return object{
		{"id", n.id}, {"text", n.text}, {"isPinned", n.pinned}, {"createdById", n.by}, {"createdOn", n.created}, {"modifiedOn", n.created},
	}
}

// noted names whose notes they are.
type noted struct {
	entity string
	id     int64
}

// subject is what a note is on.
func (w *writing) subject() (noted, error) {
	entity := strings.TrimSuffix(w.op.Entity, "Note")
	_, r, err := w.target(entity)
	if err != nil {
		return noted{}, err
	}
	return noted{entity, r.id}, nil
}

func createNote(w *writing) (any, error) {
	on, err := w.subject()
	if err != nil {
		return nil, err
	}
	n := note{id: w.c.id(), text: w.body["text"], pinned: w.body["pinToTop"] == true, by: 1, created: moment(w.clock.Now())}
	w.c.notes[on] = append(w.c.notes[on], n)
	if w.body["addToLocations"] == true {
		t := w.c.tables["Location"]
		for _, r := range t.rows {
			if t.value(r, "customerId") == on.id {
				w.c.notes[noted{"Location", r.id}] = append(w.c.notes[noted{"Location", r.id}], n)
			}
		}
	}
	if on.entity == "Job" {
		return n.object()[1:], nil
	}
	return n.object(), nil
}

func deleteNote(w *writing) (any, error) {
	on, err := w.subject()
	if err != nil {
		return nil, err
	}
	before := len(w.c.notes[on])
	w.c.notes[on] = slices.DeleteFunc(w.c.notes[on], func(n note) bool { return n.id == w.ids[1] })
	if len(w.c.notes[on]) == before {
		return nil, errNotFound
	}
	return nil, nil
}

// notesOf serves the notes on a record. Those of jobs have no id in the list.
func (s *Simulator) notesOf(entity string) func(http.ResponseWriter, *http.Request, *company, *table) {
	return func(w http.ResponseWriter, r *http.Request, c *company, t *table) {
		s.mu.RLock()
		defer s.mu.RUnlock()
		id := idIn(r.URL.Path)
		if rec, ok := t.byID[id]; !ok || rec.deleted {
			problem(w, http.StatusNotFound, "Not Found", nil)
			return
		}
		rows := []any{}
		for _, n := range c.notes[noted{entity, id}] {
			o := n.object()
			if entity == "Job" {
				o = o[1:]
			}
			rows = append(rows, o)
		}
		page, size := number64(r.URL.Query().Get("page"), 1), number64(r.URL.Query().Get("pageSize"), defaultPageSize)
		from := min((page-1)*size, int64(len(rows)))
		to := min(from+size, int64(len(rows)))
		write(w, appendJSON(nil, object{
			{"page", page}, {"pageSize", size}, {"hasMore", to < int64(len(rows))}, {"totalCount", nil}, {"data", rows[from:to]},
		}))
	}
}
