package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
)

const (
	// placeCount is how many starting points the requests go round: enough that no cache holds all answers.
	placeCount = 500
	// tail is how many customers at the end are no starting point, so that every page is full.
	tail = 200
)

// place is a customer where a request starts.
type place struct {
	id               int64
	globalID, cursor string
}

const placesDocument = `query($after: String) {
  customers(first: 500, after: $after) { edges { cursor node { id externalId } } pageInfo { hasNextPage endCursor } }
}`

// placesPage is LAZI's answer to placesDocument.
type placesPage struct {
	Data struct {
		Customers struct {
			Edges []struct {
				Cursor string
				Node   struct{ ID, ExternalID string }
			}
			PageInfo struct {
				HasNextPage bool
				EndCursor   *string
			}
		}
	}
}

// collectPlaces pages through all customers and picks starting points at even distances.
func collectPlaces(ctx context.Context, lazi *server) ([]place, error) {
	c, err := dial(ctx, lazi.Addr)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var all []place
	for after := (*string)(nil); ; {
		text, err := json.Marshal(map[string]any{"query": placesDocument, "variables": map[string]any{"after": after}})
		if err != nil {
			return nil, fmt.Errorf("places: %w", err)
		}
		body, err := c.exchange(lazi.request(text))
		if err != nil {
			return nil, fmt.Errorf("places: %w", err)
		}
		var page placesPage
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("places: %w", err)
		}
		for _, e := range page.Data.Customers.Edges {
			id, err := strconv.ParseInt(e.Node.ExternalID, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("places: %w", err)
			}
			all = append(all, place{id: id, globalID: e.Node.ID, cursor: e.Cursor})
		}
		if after = page.Data.Customers.PageInfo.EndCursor; !page.Data.Customers.PageInfo.HasNextPage {
			break
		}
	}
	if len(all) < placeCount+tail {
		return nil, fmt.Errorf("places: there are only %d customers", len(all))
	}
	return spread(all[:len(all)-tail], placeCount), nil
}

// spread picks n elements at even distances. There must be at least n.
func spread[T any](all []T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = all[i*len(all)/n]
	}
	return out
}
