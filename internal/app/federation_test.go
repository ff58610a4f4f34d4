package app_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"lazilabs.com/lazi/internal/nodetest"
	"lazilabs.com/lazi/internal/simulator"
)

// LAZI is a subgraph: Apollo composes it with another that adds fields to its types, without a word, and Apollo's gateway
// answers operations across both, in both directions.
func TestFederation(t *testing.T) {
	t.Parallel()
	const dir = "testdata/federation"
	nodetest.Install(t, dir)
	w := newCopiedWorld(t, simulator.SmallSizes())
	ids := w.sim.IDs(tenant, "Customer")
	first, second := strconv.FormatInt(ids[0], 10), strconv.FormatInt(ids[1], 10)
	operations, err := json.Marshal([]map[string]any{
		{"query": `{ customers(first: 5) { nodes { externalId name points jobs(first: 1) { nodes { id stars } } } } }`},
		{
			"query":     `query($ids: [BigInt!]!) { best(externalIds: $ids) { points name locations { totalCount } } }`,
			"variables": map[string]any{"ids": []string{first, second}},
		},
		{"query": `query($id: ID!) { node(id: $id) { id ... on Customer { name points } } }`, "variables": map[string]any{"id": global("Customer", ids[0])}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.statements.take()
	said := nodetest.Run[json.RawMessage](t, dir, "gateway.mjs", "URL="+w.server.URL+"/graphql",
		"AUTHORIZATION=Bearer "+w.token(t, tenant), "OPERATIONS="+string(operations))
	if len(said) != 4 {
		t.Fatalf("the gateway says %s", said)
	}
	if got := string(said[0]); got != `{"errors":[],"hints":[]}` {
		t.Errorf("composition says %s", got)
	}
	name := func(id int64) string {
		doc, _ := w.sim.Document(tenant, "Customer", id)
		var c struct{ Name string }
		if err := json.Unmarshal(doc, &c); err != nil {
			t.Fatal(err)
		}
		return c.Name
	}
	for i, want := range []string{
		`"points":` + strconv.FormatInt(ids[0]%1000, 10), `"name":"` + name(ids[1]) + `"`, `"points":` + strconv.FormatInt(ids[0]%1000, 10),
	} {
		if got := string(said[i+1]); !strings.Contains(got, want) || strings.Contains(got, `"errors"`) {
			t.Errorf("no %s in the answer to operation %d: %s", want, i, got)
		}
	}
	if got := string(said[1]); strings.Count(got, `"points":`) != 5 || !strings.Contains(got, `"stars":`) {
		t.Errorf("customers and their jobs have %s", got)
	}
}
