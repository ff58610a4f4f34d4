package simulator

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/stspec"
)

// maxBody bounds what is read of a write's body.
const maxBody = 1 << 20

// writing is one write under way: the caller may make it, the body is of the right shape, and the lock is held.
type writing struct {
	*Simulator
	c  *company
	op stspec.Write
	// ids are the numbers in the path behind the tenant, in order.
	ids []int64
	// body are the members that the API knows, with the values that records have.
	body map[string]any
}

// none is an empty answer.
type none struct{}

// act does what a write asks for. It returns what is answered: none, a *record, or an object. A *refusal is what the API
// would answer instead; nothing must have been done then.
type act func(*writing) (any, error)

// acts are what each write does, by entity and name.
var acts = map[string]act{
	"Customer.create": createCustomer, "Customer.update": updateCustomer, "Customer.addTag": addTag, "Customer.removeTag": removeTag,
	"Customer.bulkAddTags": tagMany(true), "Customer.bulkRemoveTags": tagMany(false),
	"CustomerContact.create": createContact, "CustomerContact.update": updateContact, "CustomerContact.delete": deleteOwn,
	"CustomerNote.create": createNote, "CustomerNote.delete": deleteOwn,
	"Location.create": createLocation, "Location.update": updateLocation, "Location.addTag": addTag, "Location.removeTag": removeTag,
	"LocationContact.create": createContact, "LocationContact.update": updateContact, "LocationContact.delete": deleteOwn,
	"LocationNote.create": createNote, "LocationNote.delete": deleteOwn,
	"Job.create": createJob, "Job.update": updateJob, "Job.cancel": cancelJob, "Job.removeCancellation": uncancelJob,
	"Job.hold": holdJob, "Job.complete": completeJob, "JobNote.create": createNote, "Job.createMessage": message,
	"Appointment.create": createAppointment, "Appointment.delete": deleteAppointment, "Appointment.reschedule": reschedule,
	"Appointment.hold": holdAppointment, "Appointment.removeHold": unholdAppointment,
	"Appointment.confirm": confirm(true), "Appointment.removeConfirmation": confirm(false),
	"Appointment.updateSpecialInstructions":   instruct,
	"AppointmentAssignment.assignTechnicians": assign, "AppointmentAssignment.unassignTechnicians": unassign,
	"TechnicianShift.create": createShifts, "TechnicianShift.update": updateShift, "TechnicianShift.delete": switchOff,
	"TechnicianShift.bulkDelete": deleteShifts,
	"NonJobAppointment.create":   createNonJob, "NonJobAppointment.replace": replaceNonJob, "NonJobAppointment.delete": switchOff,
	"ArrivalWindow.create": createWindow, "ArrivalWindow.update": updateWindow, "ArrivalWindow.setActivated": activate,
	"BusinessHour.create": setHours, "Capacity.query": capacity,
	"Estimate.sell": sell, "Estimate.unsell": unsell, "Estimate.dismiss": dismiss,
	"PricebookCategory.create": createSKU, "PricebookCategory.update": updateSKU, "PricebookCategory.delete": deleteSKU,
	"PricebookService.create": createSKU, "PricebookService.update": updateSKU, "PricebookService.delete": deleteSKU,
	"PricebookMaterial.create": createSKU, "PricebookMaterial.update": updateSKU, "PricebookMaterial.delete": deleteSKU,
	"PricebookEquipment.create": createSKU, "PricebookEquipment.update": updateSKU, "PricebookEquipment.delete": deleteSKU,
	"PricebookDiscountAndFee.create": createSKU, "PricebookDiscountAndFee.update": updateSKU, "PricebookDiscountAndFee.delete": deleteSKU,
}

// refusal is an answer that is no success.
type refusal struct {
	status int
	title  string
	errs   map[string][]string
}

// Error implements error.
func (r *refusal) Error() string { return strconv.Itoa(r.status) + " " + r.title }

// conflict is the API's word for a state in which something cannot be done.
func conflict(title string) error { return &refusal{status: http.StatusConflict, title: title} }

// invalid is a mistake in a member of the body.
func invalid(member, message string) error {
	return &refusal{status: http.StatusBadRequest, title: "One or more validation errors occurred.", errs: map[string][]string{member: {message}}}
}

// refused is a 400 that concerns no member.
func refused(title string) error { return &refusal{status: http.StatusBadRequest, title: title} }

var errNotFound = &refusal{status: http.StatusNotFound, title: "Not Found"}

// writeOperation finds the write that a request asks for. A silent one is done to a copy that is thrown away.
func (s *Simulator) writeOperation(r *http.Request, silent bool) (operation, bool) {
	op, ok := stspec.WriteOf(r.Method, r.URL.Path)
	do, served := acts[op.Entity+"."+op.Name]
	ids := idsIn(r.URL.Path)
	if !ok || !served || len(ids) != strings.Count(op.Path, "{")-1 { // an id is too large for one
		return operation{}, false
	}
	return operation{op.Entity, func(w http.ResponseWriter, r *http.Request, c *company, _ *table) {
		body, refusal := readBody(r, op)
		if refusal != nil {
			problem(w, refusal.status, refusal.title, refusal.errs)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		wr := &writing{Simulator: s, c: c, op: op, ids: ids, body: body}
		if silent {
			wr.c = c.clone()
			defer func() { c.next = wr.c.next }() // ids that were told are not given again
		}
		wr.serve(w, do)
	}}, true
}

func (w *writing) serve(to http.ResponseWriter, do act) {
	v, err := do(w)
	var no *refusal
	switch {
	case errors.As(err, &no):
		problem(to, no.status, no.title, no.errs)
	case errors.Is(err, ErrNoRecord):
		problem(to, errNotFound.status, errNotFound.title, nil)
	case err != nil:
		problem(to, http.StatusInternalServerError, "Internal Server Error", nil)
	default:
		w.answer(to, v)
	}
}

// answer sends what a write answers, in the shape that the documents give it.
func (w *writing) answer(to http.ResponseWriter, v any) {
	var b []byte
	switch r := v.(type) {
	case *record:
		t := w.tableOf(r)
		if w.op.AnswersRecord {
			b = t.append(nil, r, view{op: stspec.Get, drift: w.faults.Get().Drift})
		} else if len(w.op.Answer) > 0 {
			b = appendJSON(nil, shaped(stspec.Field{Type: "object", Fields: w.op.Answer}, t.members(r)))
		}
	case object:
		if len(w.op.Answer) > 0 {
			b = appendJSON(nil, shaped(stspec.Field{Type: "object", Fields: w.op.Answer}, r))
		} else if w.op.AnswersRecord {
			b = appendJSON(nil, r)
		}
	}
	to.Header().Set("Content-Type", "application/json; charset=utf-8")
	to.WriteHeader(w.op.Success)
	_, _ = to.Write(b)
}

// tableOf finds the table of a record: the answer to an assignment is an appointment.
func (w *writing) tableOf(r *record) *table {
	for _, t := range w.c.tables {
		if t.byID[r.id] == r {
			return t
		}
	}
	return w.c.tables[w.op.Entity]
}

// members are a record's values as one object.
func (t *table) members(r *record) object {
	o := make(object, 0, len(r.values))
	for i, f := range t.entity.Fields {
		v := r.values[i]
		if f.Name == "externalData" {
			v = nil
		}
		o = append(o, member{f.Name, v})
	}
	return o
}

// readBody reads the members that the API knows; the others are dropped without a word, as it does.
func readBody(r *http.Request, op stspec.Write) (map[string]any, *refusal) {
	if len(op.Body) == 0 {
		return nil, nil
	}
	var body map[string]any
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.UseNumber() // ids are larger than what a float holds
	err := d.Decode(&body)
	if _, more := d.Token(); err != nil || body == nil || !errors.Is(more, io.EOF) {
		return nil, &refusal{http.StatusBadRequest, "One or more validation errors occurred.", map[string][]string{"": {"A non-empty request body is required."}}}
	}
	if errs := op.Refuse(body); len(errs) > 0 {
		errs["request"] = []string{"The request field is required."}
		return nil, &refusal{http.StatusBadRequest, "One or more validation errors occurred.", errs}
	}
	return known(op.Body, body), nil
}

// known keeps the members that fields name, in values of records.
func known(fields []stspec.Field, body map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		if v, given := body[f.Name]; given {
			out[f.Name] = valued(f, v)
		}
	}
	return out
}

// valued turns what JSON brings for a field, which is of the right type, into a value of records.
func valued(f stspec.Field, v any) any {
	switch v := v.(type) {
	case json.Number:
		if f.Type == "integer" {
			n, _ := v.Int64()
			return n
		}
		n, _ := v.Float64()
		return number(strconv.FormatFloat(n, 'f', -1, 64))
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil && f.Format == "date-time" {
			return moment(at)
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = valued(*f.Items, v[i])
		}
		return out
	case map[string]any:
		o, inner := object{}, known(f.Fields, v)
		for _, name := range slices.Sorted(maps.Keys(inner)) {
			o = append(o, member{name, inner[name]})
		}
		return o
	}
	return v
}

// idsIn are the numbers in a path behind the tenant.
func idsIn(path string) (ids []int64) {
	for _, part := range strings.Split(path, "/")[5:] {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// shaped gives a value the members that a field's documents name: those that are missing are their plainest, unknown ones
// are dropped.
func shaped(f stspec.Field, v any) any {
	switch v := v.(type) {
	case object:
		if f.Type != "object" || f.Recursive {
			return v
		}
		o := make(object, 0, len(f.Fields))
		for _, inner := range f.Fields {
			value, given := plainest(inner), false
			for _, m := range v {
				if m.name == inner.Name {
					value, given = m.value, true
				}
			}
			if given {
				value = shaped(inner, value)
			}
			o = append(o, member{inner.Name, value})
		}
		return o
	case []any:
		if f.Items == nil {
			return v
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = shaped(*f.Items, v[i])
		}
		return out
	case int64:
		if f.Type == "number" {
			return number(strconv.FormatInt(v, 10))
		}
	}
	return v
}

// fitting are those members of the body that the entity's records have, in their shape. Null for what records always have is
// as good as nothing.
func (w *writing) fitting(t *table) map[string]any {
	out := map[string]any{}
	for name, v := range w.body {
		i, ok := t.index[name]
		if !ok || name == "externalData" || name == "id" || v == nil && !t.entity.Fields[i].Nullable {
			continue
		}
		out[name] = shaped(t.entity.Fields[i], v)
	}
	return out
}

// filed is a record's external data after the body's have been filed: they replace those of the application, or are merged.
func (w *writing) filed(before any) any {
	given, ok := w.body["externalData"].(object)
	if !ok {
		return before
	}
	all, _ := before.(externals)
	all = maps.Clone(all)
	if all == nil {
		all = externals{}
	}
	application := strings.ToLower(plain(given.get("applicationGuid")))
	entries, _ := given.get("externalData").([]any)
	if given.get("patchMode") == "Merge" {
		key := func(v any) any { o, _ := v.(object); return o.get("key") }
		kept := slices.DeleteFunc(slices.Clone(all[application]), func(old any) bool {
			return slices.ContainsFunc(entries, func(e any) bool { return key(e) == key(old) })
		})
		entries = append(kept, entries...)
	}
	all[application] = entries
	return all
}

// make makes a record of the body and of what is given beside it.
func (w *writing) make(entity string, given map[string]any) *record {
	t := w.c.tables[entity]
	members := w.fitting(t)
	maps.Copy(members, given)
	if t.has("createdById") && members["createdById"] == nil {
		members["createdById"] = int64(1)
	}
	r := w.create(w.c, t, members)
	if t.has("externalData") {
		t.set(r, "externalData", w.filed(nil))
	}
	return r
}

// edit changes a record by the body.
func (w *writing) edit(t *table, r *record) {
	external := any(nil)
	if t.has("externalData") {
		external = w.filed(t.value(r, "externalData"))
	}
	members := w.fitting(t)
	before := t.value(r, "parentId")
	w.touch(t, r, func() {
		for name, v := range members {
			t.set(r, name, v)
		}
		if external != nil {
			t.set(r, "externalData", external)
		}
	})
	if _, moved := members["parentId"]; moved {
		t.regrow(r, before)
	}
}

// put sets members of a record.
func (w *writing) put(t *table, r *record, members map[string]any) {
	w.touch(t, r, func() {
		for name, v := range members {
			t.set(r, name, v)
		}
	})
}

// target is the record that the path names.
func (w *writing) target(entity string) (*table, *record, error) {
	t := w.c.tables[entity]
	r, ok := t.byID[w.ids[0]]
	if !ok || r.deleted {
		return nil, nil, errNotFound
	}
	return t, r, nil
}

// must refuses ids in the body that name nothing. Entities with a bar between them will do either way.
func (w *writing) must(entities, memberName string, v any) error {
	ids, list := v.([]any)
	if !list && v != nil {
		ids = []any{v}
	}
	for _, v := range ids {
		id, _ := v.(int64)
		if !slices.ContainsFunc(strings.Split(entities, "|"), func(entity string) bool {
			r, ok := w.c.tables[entity].byID[id]
			return ok && !r.deleted
		}) {
			return invalid(memberName, entities+" with Id = "+strconv.FormatInt(id, 10)+" was not found.")
		}
	}
	return nil
}

// references refuses a body that names records which are not there.
func (w *writing) references(to map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(to)) {
		if v, given := w.body[name]; given {
			if err := w.must(to[name], name, v); err != nil {
				return err
			}
		}
	}
	return nil
}
