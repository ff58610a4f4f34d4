package main

import (
	"encoding/json"
	"fmt"

	"lazilabs.com/lazi/docs/queries"
	"lazilabs.com/lazi/internal/domain"
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

// screen is a document of docs/queries that only LAZI answers, with what it asks for in words.
type screen struct {
	name, about string
	variables   map[string]any
}

// screens are measured at one connection.
func screens() []screen {
	fortnight := map[string]any{"start": "2027-06-14T06:00:00Z", "end": "2027-06-28T06:00:00Z"}
	return []screen{
		{"board", "a day of 312 appointments", map[string]any{"from": "2025-06-15T00:00:00Z", "to": "2025-06-16T00:00:00Z"}},
		{"dispatch-board", "40 lanes of 6 visits, with their conflicts", map[string]any{"date": "2027-06-14", "filter": map[string]any{"ids": technicians(40)}}},
		{"slots", "50 technicians, 14 days, a start every 15 minutes, with travel", map[string]any{"input": map[string]any{
			"within": fortnight, "duration": "PT1H30M", "locationId": globalID("Location", 300001), "technicianIds": technicians(50),
		}}},
		{"technician-week", "a week of 42 visits", map[string]any{
			"technician": globalID("Technician", 7), "from": "2027-06-21T06:00:00Z", "to": "2027-06-28T06:00:00Z",
		}},
	}
}

func globalID(kind string, id int64) string { return domain.GlobalID{Kind: kind, ID: id}.String() }

// technicians are the ids of the first n.
func technicians(n int64) (ids []string) {
	for id := range n {
		ids = append(ids, globalID("Technician", id+1))
	}
	return ids
}

// request asks a server for the screen.
func (c screen) request(s *server) ([]byte, error) {
	document, err := queries.FS.ReadFile(c.name + ".graphql")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	text, err := json.Marshal(map[string]any{"query": string(document), "variables": c.variables})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	return s.request(text), nil
}
