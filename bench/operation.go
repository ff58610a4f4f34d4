package main

import (
	"encoding/json"
	"fmt"

	"lazilabs.com/lazi/docs/queries"
)

// tenant is the company of data.sql.
const tenant = 1

// The operations' names.
const (
	nestedOp = "nested"
	wideOp   = "wide"
	smallOp  = "small"
)

// operation is a question that all servers answer with the same JSON.
type operation struct {
	name, document string
	// variables are those of the document.
	variables func(place) map[string]any
}

// operations are what is measured.
func operations() []operation {
	after := func(p place) map[string]any { return map[string]any{"after": p.cursor} }
	return []operation{
		{name: nestedOp, variables: after, document: `query Nested($after: String!) {
  customers(first: 20, after: $after) {
    nodes {
      externalId name balance { amount } address { street city state postalCode }
      locations {
        nodes {
          externalId name address { street city }
          jobs(first: 5) {
            nodes {
              externalId number status summary
              appointments {
                nodes { externalId scheduled { start end } status technicians { externalId name } }
              }
            }
          }
        }
      }
    }
  }
}`},
		{name: wideOp, variables: after, document: `query Wide($after: String!) {
  customers(first: 200, after: $after) {
    nodes { externalId name type phone email balance { amount } active createdAt modifiedAt freshness { syncedAt } }
  }
}`},
		{
			name: smallOp, document: `query Small($id: ID!) { customer(id: $id) { externalId name type email balance { amount } } }`,
			variables: func(p place) map[string]any { return map[string]any{"id": p.globalID} },
		},
	}
}

func askLAZI(o operation, p place) any {
	return map[string]any{"query": o.document, "variables": o.variables(p)}
}

func askHandwritten(o operation, p place) any {
	return question{Operation: o.name, Customer: p.id}
}

// requests returns the bytes of the requests that ask a server for an operation, one for each place.
func (o operation) requests(s *server, places []place) ([][]byte, error) {
	all := make([][]byte, len(places))
	for i, p := range places {
		text, err := json.Marshal(s.question(o, p))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.name, err)
		}
		all[i] = s.request(text)
	}
	return all, nil
}

// boardRequest asks for the dispatch board of a day on which data.sql has appointments.
func boardRequest(s *server) ([]byte, error) {
	document, err := queries.FS.ReadFile("board.graphql")
	if err != nil {
		return nil, fmt.Errorf("board: %w", err)
	}
	text, err := json.Marshal(map[string]any{
		"query": string(document), "variables": map[string]any{"from": "2025-06-15T00:00:00Z", "to": "2025-06-16T00:00:00Z"},
	})
	if err != nil {
		return nil, fmt.Errorf("board: %w", err)
	}
	return s.request(text), nil
}
