package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// object is a JSON object of an answer that is brought into LAZI's shape, in place.
type object map[string]any

// projectPostGraphile turns PostGraphile's answer into LAZI's. It is the only place where shapes and formats differ:
// money is an object, an address has the members that were asked for, enum words are the graph's, moments are in UTC
// with no zeros behind the second, and technicians stand below the appointment, by name.
func projectPostGraphile(operation string, answer []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var document struct{ Data object }
	if err := d.Decode(&document); err != nil {
		return nil, fmt.Errorf("the answer is no JSON: %w", err)
	}
	data := document.Data
	switch operation {
	case nestedOp:
		data.each("customers", projectNested)
	case wideOp:
		data.each("customers", projectWide)
	case smallOp:
		data["customer"] = projectSmall(data.member("customer"))
	}
	return json.Marshal(map[string]any{"data": data})
}

func projectNested(customer object) {
	customer.money("balance")
	customer.address("street", "city", "state", "postalCode")
	customer.each("locations", func(location object) {
		location.address("street", "city")
		location.each("jobs", func(job object) {
			job.word("status")
			job.each("appointments", projectAppointment)
		})
	})
}

func projectAppointment(appointment object) {
	appointment.word("status")
	appointment.moments("start", "end")
	appointment.gather("scheduled", "start", "end")
	technicians := []any{}
	appointment.each("assignments", func(assignment object) {
		if t := assignment.member("technician"); t.live() {
			technicians = append(technicians, t)
		}
	})
	delete(appointment, "assignments")
	slices.SortFunc(technicians, func(a, b any) int {
		x, y := asObject(a), asObject(b)
		return cmp.Or(cmp.Compare(fmt.Sprint(x["name"]), fmt.Sprint(y["name"])), cmp.Compare(fmt.Sprint(x["externalId"]), fmt.Sprint(y["externalId"])))
	})
	appointment["technicians"] = technicians
}

func projectWide(customer object) {
	customer.money("balance")
	customer.word("type")
	customer.moments("createdAt", "modifiedAt", "syncedAt")
	customer.gather("freshness", "syncedAt")
}

func projectSmall(customer object) any {
	if !customer.live() {
		return nil
	}
	customer.money("balance")
	customer.word("type")
	return customer
}

// live takes deletedAt away and says whether there is an object that is not deleted.
func (o object) live() bool {
	deleted := o["deletedAt"]
	delete(o, "deletedAt")
	return o != nil && deleted == nil
}

// each visits the nodes of a connection.
func (o object) each(name string, visit func(object)) {
	nodes, _ := o.member(name)["nodes"].([]any)
	for _, node := range nodes {
		visit(asObject(node))
	}
}

// member returns an object's member that is an object, and nil when it is none.
func (o object) member(name string) object { return asObject(o[name]) }

func asObject(v any) object {
	switch v := v.(type) {
	case object:
		return v
	case map[string]any:
		return v
	}
	return nil
}

// gather moves members into one of their own.
func (o object) gather(into string, names ...string) {
	inner := object{}
	for _, name := range names {
		inner[name] = o[name]
		delete(o, name)
	}
	o[into] = inner
}

// money wraps an amount.
func (o object) money(name string) {
	if amount := o[name]; amount != nil {
		o[name] = object{"amount": amount}
	}
}

// address keeps the members of ServiceTitan's address that were asked for.
func (o object) address(names ...string) {
	whole := o.member("address")
	if whole == nil {
		return
	}
	whole["postalCode"] = whole["zip"]
	asked := object{}
	for _, name := range names {
		asked[name] = whole[name]
	}
	o["address"] = asked
}

// word turns ServiceTitan's word into the graph's.
func (o object) word(name string) {
	if word, ok := o[name].(string); ok {
		o[name] = json.RawMessage(appendEnum(nil, &word))
	}
}

// moments writes moments as LAZI does. What is none stays, and differs.
func (o object) moments(names ...string) {
	for _, name := range names {
		text, _ := o[name].(string)
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			o[name] = t.UTC().Format(time.RFC3339Nano)
		}
	}
}
