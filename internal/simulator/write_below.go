package simulator

import "slices"

// owner is the record below whose path a write goes on. The contacts of an inactive one are closed.
func (w *writing) owner() (*record, error) {
	_, r, err := w.target(owners[w.op.Entity].owner)
	if err != nil {
		return nil, err
	}
	if no := w.c.open(w.op.Entity, r); no != nil {
		return nil, no
	}
	return r, nil
}

// own is the record that the path names below its owner.
func (w *writing) own() (*table, *record, error) {
	owner, err := w.owner()
	if err != nil {
		return nil, nil, err
	}
	t := w.c.tables[w.op.Entity]
	r, ok := t.byID[w.ids[1]]
	if !ok || r.deleted || t.value(r, owners[w.op.Entity].member) != owner.id {
		return nil, nil, errNotFound
	}
	return t, r, nil
}

func createContact(w *writing) (any, error) {
	r, err := w.owner()
	if err != nil {
		return nil, err
	}
	return w.contact(w.op.Entity, owners[w.op.Entity].member, r.id, object{{"type", w.body["type"]}, {"value", w.body["value"]}, {"memo", w.body["memo"]}}), nil
}

func updateContact(w *writing) (any, error) {
	t, r, err := w.own()
	if err != nil {
		return nil, err
	}
	w.edit(t, r)
	t.set(r, "phoneSettings", phoneSettings(t.value(r, "type"), t.value(r, "value"), t.value(r, "phoneSettings.doNotText")))
	return r, nil
}

// deleteOwn deletes a contact or a note.
func deleteOwn(w *writing) (any, error) {
	t, r, err := w.own()
	if err != nil {
		return nil, err
	}
	w.touch(t, r, func() { r.deleted = true })
	return none{}, nil
}

// createNote puts a note on a record and, when asked to, on a customer's locations or on a location's customer.
func createNote(w *writing) (any, error) {
	owner, err := w.owner()
	if err != nil {
		return nil, err
	}
	note := func(entity string, id any) *record {
		return w.create(w.c, w.c.tables[entity], map[string]any{
			owners[entity].member: id, "text": w.body["text"], "isPinned": w.body["pinToTop"] == true, "createdById": int64(1),
		})
	}
	places := w.c.tables["Location"]
	if w.body["addToLocations"] == true {
		for _, r := range places.rows {
			if !r.deleted && places.value(r, "customerId") == owner.id {
				note("LocationNote", r.id)
			}
		}
	}
	if w.body["addToCustomer"] == true {
		note("CustomerNote", places.value(owner, "customerId"))
	}
	return note(w.op.Entity, owner.id), nil
}

// message sends a message about a job, which nobody can read here.
func message(w *writing) (any, error) {
	if _, _, err := w.target("Job"); err != nil {
		return nil, err
	}
	if err := w.references(map[string]string{"createdByEmployeeId": "Employee|Technician"}); err != nil {
		return nil, err
	}
	return object{{"id", w.c.id()}}, nil
}

// logCancel notes why a job was called off; what was noted before counts no more.
func (w *writing) logCancel(job *record, again bool) {
	t := w.c.tables["JobCanceledLog"]
	for _, r := range slices.Clone(t.rows) {
		if t.value(r, "jobId") == job.id && t.value(r, "active") == true {
			w.put(t, r, map[string]any{"active": false})
		}
	}
	if again {
		w.create(w.c, t, map[string]any{"jobId": job.id, "reasonId": w.body["reasonId"], "memo": w.body["memo"], "createdById": int64(1)})
	}
}
