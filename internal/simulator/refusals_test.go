package simulator_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"lazilabs.com/lazi/internal/stspec"
)

func TestLists_refuseBadValuesOfEveryFilter(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, e := range stspec.Entities() {
		for _, filter := range e.Filters {
			const bad = "not,a-value"
			if filter.Check(bad) == nil {
				continue // a text: everything goes
			}
			if status, body := f.get(t, all(e, filter.Name, bad)); status != http.StatusBadRequest || !strings.Contains(body, `"`+filter.Name+`"`) {
				t.Errorf("%s.%s=%s: status %d, %.200s", e.Name, filter.Name, bad, status, body)
			}
		}
	}
}

// TestOperations_thatTheAPIDoesNotHave are answered by the gateway, even to those who name no token.
func TestOperations_thatTheAPIDoesNotHave(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, e := range stspec.Entities() {
		if e.GetPath != "" {
			continue
		}
		path := e.ListPath + "/" + itoa(f.IDs(tenant, e.Name)[0])
		status, body := f.get(t, path, func(r *http.Request) { r.Header.Del("Authorization") })
		if status != http.StatusNotFound || !strings.Contains(body, "Unable to match incoming request to an operation.") || strings.Contains(body, "traceId") {
			t.Errorf("%s: status %d, %s", path, status, body)
		}
	}
	for method, want := range map[string]int{http.MethodDelete: http.StatusNotFound, http.MethodPut: http.StatusNotFound, http.MethodPost: http.StatusBadRequest} {
		if status, body := f.get(t, customers, func(r *http.Request) { r.Method = method }); status != want {
			t.Errorf("%s customers without a body: status %d, want %d, %s", method, status, want, body)
		}
	}
}

func TestServices_calculatePricesWhenAsked(t *testing.T) {
	t.Parallel()
	f := setup(t)
	e := entity(t, "PricebookService")
	for asked, want := range map[string]bool{"true": true, "false": false} {
		got := slices.ContainsFunc(f.page(t, all(e, "calculatePrices", asked)).Data, func(doc json.RawMessage) bool {
			return strings.Contains(string(doc), `"calculatedPrice":`) && !strings.Contains(string(doc), `"calculatedPrice":null`)
		})
		if got != want {
			t.Errorf("calculatePrices=%s shows prices: %v", asked, got)
		}
	}
}
