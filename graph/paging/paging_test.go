package paging_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
)

func customers(n int) []domain.Entity {
	rows := make([]domain.Entity, n)
	for i := range rows {
		c := domain.Customers.New().(*domain.Customer)
		c.STID, c.Name = int64(i+1), strings.Repeat("x", i+1)
		c.CreatedAt = new(time.Date(2026, 1, i+1, 2, 3, 4, 5000, time.UTC))
		rows[i] = c
	}
	return rows
}

func connect(t *testing.T, a paging.Args, rows []domain.Entity) (*paging.Plan, *paging.Connection[domain.Customer]) {
	t.Helper()
	plan, err := paging.NewPlan(domain.Customers.Kind, "Customer", a)
	if err != nil {
		t.Fatal(err)
	}
	return plan, paging.NewConnection[domain.Customer](plan,
		func() ([]domain.Entity, error) { return rows, nil }, func() (int64, error) { return 99, nil })
}

func TestNewPlan_refusesBadArguments(t *testing.T) {
	t.Parallel()
	cursor := base64.RawURLEncoding.EncodeToString([]byte(`{"v":1,"l":"zz","k":"1","i":1}`))
	tests := map[string]paging.Args{
		"first: 0 is not between 1 and 500":                                 {First: new(0)},
		"first: -1 is not between 1 and 500":                                {First: new(-1)},
		"first: 501 is not between 1 and 500":                               {First: new(501)},
		"last: 501 is not between 1 and 500":                                {Last: new(501)},
		"last: give first or last, not both":                                {First: new(1), Last: new(1)},
		"before: give after or before, not both":                            {After: new("a"), Before: new("b")},
		"first: first goes with after, last goes with before":               {First: new(1), Before: new("b")},
		"after: this is not a cursor of this API":                           {After: new("!")},
		"after: this cursor belongs to a list with another filter or order": {After: new(cursor)},
		"orderBy.field: Customer cannot be ordered by \"SHOE_SIZE\"":        {Order: &domain.Order{Field: "SHOE_SIZE"}},
	}
	for want, args := range tests {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, err := paging.NewPlan(domain.Customers.Kind, "Customer", args)
			if !errors.Is(err, domain.ErrInvalid) || err.Error() != want {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestCursor_leadsBackToItsPlace(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"ID", "NAME", "CREATED_AT", "MODIFIED_AT"} {
		args := paging.Args{First: new(2), Order: &domain.Order{Field: order, Direction: domain.Descending}}
		plan, c := connect(t, args, customers(3))
		info, err := c.PageInfo(t.Context())
		if err != nil || !info.HasNextPage || info.HasPreviousPage {
			t.Fatalf("%s: page info %+v, %v", order, info, err)
		}
		args.After = info.EndCursor
		next, err := paging.NewPlan(domain.Customers.Kind, "Customer", args)
		if err != nil {
			t.Fatalf("%s: %v", order, err)
		}
		want := domain.Customers.Position(customers(2)[1], plan.Query.Order)
		if diff := cmp.Diff(&want, next.Query.After); diff != "" {
			t.Errorf("%s: position (-want +got):\n%s", order, diff)
		}
	}
}

func TestCursor_forgedTimesAreRefused(t *testing.T) {
	t.Parallel()
	args := paging.Args{First: new(1), Order: &domain.Order{Field: "CREATED_AT"}}
	_, c := connect(t, args, customers(2))
	info, err := c.PageInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	genuine, err := base64.RawURLEncoding.DecodeString(*info.EndCursor)
	if err != nil {
		t.Fatal(err)
	}
	for _, forged := range []string{"0000-01-01T00:00:00Z", "2026-01-01T02:03:04+23:00", "yesterday"} {
		text := strings.Replace(string(genuine), "2026-01-01T02:03:04.000005Z", forged, 1)
		args.After = new(base64.RawURLEncoding.EncodeToString([]byte(text)))
		if _, err := paging.NewPlan(domain.Customers.Kind, "Customer", args); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("a cursor at %s gives %v", forged, err)
		}
	}
}

func TestCursor_isRefusedByAnotherList(t *testing.T) {
	t.Parallel()
	_, c := connect(t, paging.Args{First: new(1)}, customers(2))
	info, err := c.PageInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string]paging.Args{
		"filter":    {Filter: &domain.CustomerFilter{Search: new("a")}},
		"order":     {Order: &domain.Order{Field: "NAME"}},
		"direction": {Order: &domain.Order{Direction: domain.Descending}},
	} {
		args.After = info.EndCursor
		if _, err := paging.NewPlan(domain.Customers.Kind, "Customer", args); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("a cursor of a list with another %s gives %v", name, err)
		}
	}
	if _, err := paging.NewPlan(domain.Customers.Kind, "another list", paging.Args{After: info.EndCursor}); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a cursor of another list gives %v", err)
	}
}

func TestConnection_backward(t *testing.T) {
	t.Parallel()
	_, c := connect(t, paging.Args{Last: new(2)}, customers(3))
	nodes, err := c.Nodes(t.Context())
	if err != nil || len(nodes) != 2 || nodes[0].STID != 2 || nodes[1].STID != 3 {
		t.Errorf("nodes %v, %v: want the last two in the list's order", nodes, err)
	}
	info, err := c.PageInfo(t.Context())
	if err != nil || info.HasNextPage || !info.HasPreviousPage {
		t.Errorf("page info %+v, %v", info, err)
	}
}

func TestConnection_isReadWhenAskedFor(t *testing.T) {
	t.Parallel()
	plan, err := paging.NewPlan(domain.Customers.Kind, "Customer", paging.Args{})
	if err != nil {
		t.Fatal(err)
	}
	reads, counts := 0, 0
	c := paging.NewConnection[domain.Customer](plan,
		func() ([]domain.Entity, error) { reads++; return customers(1), nil }, func() (int64, error) { counts++; return 1, nil })
	for range 2 {
		if _, err := c.TotalCount(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if reads != 0 || counts != 1 {
		t.Errorf("%d reads and %d counts for totalCount twice", reads, counts)
	}
	for range 2 {
		if _, err := c.Edges(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if reads != 1 {
		t.Errorf("%d reads for edges twice", reads)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("eyJ2IjoxfQ")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := paging.NewPlan(domain.Customers.Kind, "Customer", paging.Args{After: &text})
		if !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("cursor %q gives %v", text, err)
		}
	})
}
