package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

func global(kind string, id int64) string { return domain.GlobalID{Kind: kind, ID: id}.String() }

func TestNodes_keepOrderAndHoles(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	customer, job := w.sim.IDs(tenant, "Customer")[0], w.sim.IDs(tenant, "Job")[0]
	ids := []string{global("Job", job), global("Customer", 5), global("Customer", customer), global("Job", job)}
	var got struct {
		Nodes []*struct {
			Typename string `json:"__typename"`
			ID       string
		}
		Node *struct{ ExternalID string }
	}
	w.ask(t, `query($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { __typename id } node(id: $id) { ... on Customer { externalId } } }`,
		map[string]any{"ids": ids, "id": global("Customer", customer)}).decode(t, &got)
	var have []string
	for _, n := range got.Nodes {
		if n == nil {
			have = append(have, "")
			continue
		}
		have = append(have, n.Typename+" "+n.ID)
	}
	want := []string{"Job " + ids[0], "", "Customer " + ids[2], "Job " + ids[0]}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	if got.Node == nil || got.Node.ExternalID != fmt.Sprint(customer) {
		t.Errorf("node %+v", got.Node)
	}
	many := make([]string, 101)
	for i := range many {
		many[i] = ids[0]
	}
	a := w.ask(t, `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, map[string]any{"ids": many})
	if diff := cmp.Diff([]string{"BAD_USER_INPUT"}, a.codes()); diff != "" {
		t.Errorf("101 ids (-want +got):\n%s", diff)
	}
}

// What README says of its nested query.
func TestNested_whatHangsOnFewRowsGoesAlong(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	w.ask(t, "{ customers(first: 1) { nodes { name } } }", nil)
	for first, want := range map[int]int{1: 2, 50: 7} {
		w.statements.take()
		w.ask(t, `query($first: Int) { customers(first: $first, filter: {active: null, types: [COMMERCIAL, RESIDENTIAL]}) { nodes { name
  locations(first: 1) { nodes { address { street } jobs(first: 2, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes {
    number type { name } appointments { nodes { scheduled { start } technicians { name } } } } } } } } } }`, map[string]any{"first": first})
		if sent := w.statements.take(); len(sent) != want {
			t.Errorf("%d statements for %d customers, want %d:\n%s", len(sent), first, want, strings.Join(sent, "\n"))
		}
	}
}

func TestEntities_takeEitherKeyInOneStatementEachKind(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	customers, jobs := w.sim.IDs(tenant, "Customer"), w.sim.IDs(tenant, "Job")
	var reps []map[string]any
	for i := range 10 {
		reps = append(reps, map[string]any{"__typename": "Customer", "externalId": fmt.Sprint(customers[i])})
		reps = append(reps, map[string]any{"__typename": "Job", "id": global("Job", jobs[i])})
	}
	w.ask(t, "{ customers(first: 1) { nodes { id } } }", nil)
	w.statements.take()
	var got struct {
		Entities []*struct{ ExternalID string } `json:"_entities"`
	}
	a := w.ask(t, `query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { externalId } ... on Job { externalId } } }`, map[string]any{"r": reps})
	sent := w.statements.take()
	a.decode(t, &got)
	if len(sent) != 2 {
		t.Errorf("%d statements, want one for each kind:\n%s", len(sent), strings.Join(sent, "\n"))
	}
	if len(got.Entities) != 20 {
		t.Fatalf("%d entities", len(got.Entities))
	}
	for i := range 10 {
		if got.Entities[2*i].ExternalID != fmt.Sprint(customers[i]) || got.Entities[2*i+1].ExternalID != fmt.Sprint(jobs[i]) {
			t.Errorf("entities %d and %d are %v and %v", 2*i, 2*i+1, got.Entities[2*i], got.Entities[2*i+1])
		}
	}
}

func TestEntities_absentIsNull(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	a := w.ask(t, `query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { name } } }`,
		map[string]any{"r": []any{map[string]any{"__typename": "Customer", "externalId": "5"}}})
	if len(a.Errors) > 0 || string(a.Data) != `{"_entities":[null]}` {
		t.Errorf("%s, %+v", a.Data, a.Errors)
	}
}

// TestNestedAnswer compares a nested answer with the simulator's documents, field by field.
func TestNestedAnswer_isWhatServiceTitanHas(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	var got struct {
		Jobs struct {
			Nodes []struct {
				ExternalID, Number string
				StatusText         string
				Total              *struct{ Amount, Currency string }
				Customer, Location *struct{ ExternalID, Name string }
				Appointments       struct {
					Nodes []struct {
						ExternalID string
						Scheduled  struct{ Start time.Time }
					}
				}
				Tags []struct{ ExternalID string }
			}
		}
	}
	w.ask(t, `{ jobs(first: 100, orderBy: {field: ID}) { nodes { externalId number statusText total { amount currency } customer { externalId name } location { externalId name }
		appointments { nodes { externalId scheduled { start } } } tags { externalId } } } }`, nil).decode(t, &got)
	if len(got.Jobs.Nodes) != 100 {
		t.Fatalf("%d jobs", len(got.Jobs.Nodes))
	}
	for _, j := range got.Jobs.Nodes {
		var doc struct {
			ID, CustomerID, LocationID, FirstAppointmentID json.Number
			JobNumber, JobStatus                           string
			Total                                          *json.Number
			TagTypeIDs                                     []json.Number
		}
		id, _ := json.Number(j.ExternalID).Int64()
		text, _ := w.sim.Document(tenant, "Job", id)
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		if j.Number != doc.JobNumber || j.StatusText != doc.JobStatus || j.Customer == nil || j.Customer.ExternalID != doc.CustomerID.String() ||
			j.Location == nil || j.Location.ExternalID != doc.LocationID.String() || len(j.Tags) != len(doc.TagTypeIDs) {
			t.Errorf("job %+v\nis %s", j, text)
		}
		if (j.Total == nil) != (doc.Total == nil) || j.Total != nil && j.Total.Currency != "USD" {
			t.Errorf("job %s: total %v, want %v", j.ExternalID, j.Total, doc.Total)
		}
	}
}

func TestTenants_neverMeet(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	customer := w.sim.IDs(tenant, "Customer")[0]
	body, err := json.Marshal(map[string]any{
		"query":     `query($id: ID!) { customer(id: $id) { name } node(id: $id) { id } customers { totalCount nodes { name } } searchCustomers(query: "Sample") { score } }`,
		"variables": map[string]any{"id": global("Customer", customer)},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := w.post(t, "Bearer "+w.token(t, unlinked), string(body))
	if strings.Contains(string(a.Data), "Sample") {
		t.Errorf("another tenant sees %s", a.Data)
	}
	if codes := a.codes(); len(codes) == 0 || codes[0] != "UPSTREAM_UNAUTHORIZED" {
		t.Errorf("an unlinked tenant gets %v: %s", codes, a.Data)
	}
}

func TestOutage_answersComeFromTheMirrorAndSaySo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.SmallSizes())
	const query = `{ customers(first: 3) { nodes { name freshness { source stale } } } }`
	w.ask(t, query, nil) // fills the mirror
	w.sim.Faults().Set(simulator.Settings{Next: -1, Status: 503})
	var got struct {
		Zones     struct{ Nodes []struct{ Name string } }
		Customers struct {
			Nodes []struct {
				Name      string
				Freshness struct {
					Source string
					Stale  bool
				}
			}
		}
	}
	w.ask(t, query, nil).decode(t, &got)
	if len(got.Customers.Nodes) != 3 || got.Customers.Nodes[0].Freshness.Source != "CACHE" || got.Customers.Nodes[0].Freshness.Stale {
		t.Errorf("a kind that is copied: %+v", got.Customers)
	}
	id := global("Job", w.sim.IDs(tenant, "Job")[0])
	a := w.ask(t, `query($id: ID!) { job(id: $id) { number } customers(first: 1) { nodes { name } } }`, map[string]any{"id": id})
	if diff := cmp.Diff([]string{"UNAVAILABLE"}, a.codes()); diff != "" {
		t.Errorf("a job that is not mirrored (-want +got):\n%s", diff)
	}
	if !strings.Contains(string(a.Data), `"name"`) {
		t.Errorf("one failed field blanks the rest: %s", a.Data)
	}
}

func TestErrors_tellNoInternals(t *testing.T) {
	t.Parallel()
	w := newCopiedWorld(t, simulator.SmallSizes())
	w.Close() // the database is gone
	a := w.ask(t, `{ customers { nodes { name } } }`, nil)
	if len(a.Errors) == 0 {
		t.Fatal("no error without a database")
	}
	text := fmt.Sprint(a.Errors)
	for _, secret := range []string{"SELECT", "raw.", "pgx", "pool", "host=", "password"} {
		if strings.Contains(text, secret) {
			t.Errorf("the answer tells %q: %s", secret, text)
		}
	}
}
