package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// TestKeyset_walksEveryListWhole pages through lists with equal and missing values, both ways and in both directions.
func TestKeyset_walksEveryListWhole(t *testing.T) {
	t.Parallel()
	s := open(t)
	k := domain.Jobs.Kind
	var docs []domain.Document
	for i := range int64(23) {
		members := map[string]any{"jobNumber": fmt.Sprint(i % 5), "completedOn": nil}
		if i%3 > 0 {
			members["completedOn"] = fmt.Sprintf("2026-01-%02dT00:00:00.1234567Z", 1+i%4)
		}
		docs = append(docs, doc(t, i+1, members))
	}
	put(t, s, tenant, k, docs...)
	for _, order := range []string{"st_id", "job_number", "completed_on"} {
		for _, desc := range []bool{false, true} {
			whole := list(t, s, k, domain.Query{Order: order, Desc: desc})
			if len(whole) != len(docs) {
				t.Fatalf("%s: %d rows, want %d", order, len(whole), len(docs))
			}
			for _, backward := range []bool{false, true} {
				name := fmt.Sprintf("%s desc=%v backward=%v", order, desc, backward)
				if diff := cmp.Diff(whole, walk(t, s, k, domain.Query{Order: order, Desc: desc, Backward: backward, Limit: 4})); diff != "" {
					t.Errorf("%s (-whole +pages):\n%s", name, diff)
				}
			}
		}
	}
}

// walk follows a list page by page from its beginning, or from its end to the front.
func walk(t *testing.T, s *store.Store, k *domain.Kind, q domain.Query) []int64 {
	t.Helper()
	var all []int64
	for range 100 {
		list(t, s, k, q)
		rows, err := s.List(t.Context(), tenant, k, q)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			return all
		}
		edge := rows[len(rows)-1]
		if q.Backward {
			edge = rows[0]
			all = append(ids(rows), all...)
		} else {
			all = append(all, ids(rows)...)
		}
		at := k.Position(edge, q.Order)
		q.After = &at
	}
	t.Fatal("the list does not end")
	return nil
}

func TestWhere(t *testing.T) {
	t.Parallel()
	s := open(t)
	day := func(d, h int) time.Time { return time.Date(2026, 2, d, h, 0, 0, 0, time.UTC) }
	stamp := func(d, h int) string { return day(d, h).Format(time.RFC3339) }
	put(t, s, tenant, domain.Appointments.Kind,
		doc(t, 1, map[string]any{"jobId": 11, "start": stamp(1, 8), "end": stamp(1, 10), "status": "Done"}),
		doc(t, 2, map[string]any{"jobId": 12, "start": stamp(1, 22), "end": stamp(3, 6), "status": "Working"}),  // over midnight twice
		doc(t, 3, map[string]any{"jobId": 12, "start": stamp(2, 9), "end": stamp(2, 9), "status": "Scheduled"}), // empty
		doc(t, 4, map[string]any{"jobId": 13, "start": stamp(4, 9), "end": stamp(4, 8), "status": "Hold", "active": false}),
	)
	put(t, s, tenant, domain.AppointmentAssignments.Kind,
		doc(t, 21, map[string]any{"appointmentId": 1, "jobId": 11, "technicianId": 7, "active": true}),
		doc(t, 22, map[string]any{"appointmentId": 2, "jobId": 12, "technicianId": 7, "active": false}), // taken off again
		doc(t, 23, map[string]any{"appointmentId": 3, "jobId": 12, "technicianId": 8, "active": true}),
	)
	put(t, s, tenant, domain.Jobs.Kind,
		doc(t, 11, map[string]any{"jobNumber": "11", "tagTypeIds": []int{1, 2}}), doc(t, 12, map[string]any{"jobNumber": "12", "tagTypeIds": []int{2, 3}}),
		doc(t, 13, map[string]any{"jobNumber": "13", "tagTypeIds": nil}),
	)
	put(t, s, tenant, domain.Customers.Kind,
		doc(t, 31, map[string]any{"name": "100% Sample_One", "balance": 12.5}), doc(t, 32, map[string]any{"name": "Sample Two", "balance": 0}),
		doc(t, 33, map[string]any{"name": nil, "balance": nil}),
	)
	tag := func(id int64) []domain.GlobalID { return []domain.GlobalID{{Kind: "TagType", ID: id}} }
	technician := []domain.GlobalID{{Kind: "Technician", ID: 7}}
	tests := []struct {
		name   string
		kind   *domain.Kind
		filter any
		want   []int64
	}{
		{"within a day, by overlap", domain.Appointments.Kind, &domain.AppointmentFilter{Within: &domain.TimeWindow{Start: day(2, 0), End: day(3, 0)}}, []int64{2, 3}},
		{"starting in a range", domain.Appointments.Kind, &domain.AppointmentFilter{StartsAt: &domain.TimeRange{GTE: new(day(1, 22)), LT: new(day(4, 9))}}, []int64{2, 3}},
		{"open range", domain.Appointments.Kind, &domain.AppointmentFilter{StartsAt: &domain.TimeRange{}}, []int64{1, 2, 3, 4}},
		{"states", domain.Appointments.Kind, &domain.AppointmentFilter{Statuses: []domain.AppointmentStatus{"Done", "Hold"}}, []int64{1, 4}},
		{"no states are none", domain.Appointments.Kind, &domain.AppointmentFilter{Statuses: []domain.AppointmentStatus{}}, []int64{}},
		{"active", domain.Appointments.Kind, &domain.AppointmentFilter{Active: new(false)}, []int64{4}},
		{"of a technician, now", domain.Appointments.Kind, &domain.AppointmentFilter{TechnicianIDs: technician}, []int64{1}},
		{"unassigned", domain.Appointments.Kind, &domain.AppointmentFilter{Unassigned: new(true)}, []int64{2, 4}},
		{"assigned", domain.Appointments.Kind, &domain.AppointmentFilter{Unassigned: new(false)}, []int64{1, 3}},
		{"jobs of a technician", domain.Jobs.Kind, &domain.JobFilter{TechnicianIDs: technician}, []int64{11}},
		{"jobs with a visit in a span", domain.Jobs.Kind, &domain.JobFilter{AppointmentWithin: &domain.TimeWindow{Start: day(2, 0), End: day(3, 0)}}, []int64{12}},
		{"jobs with a tag", domain.Jobs.Kind, &domain.JobFilter{TagIDs: tag(2)}, []int64{11, 12}},
		{"all must hold", domain.Jobs.Kind, &domain.JobFilter{TagIDs: tag(2), TechnicianIDs: technician}, []int64{11}},
		{"text is taken literally", domain.Customers.Kind, &domain.CustomerFilter{Search: new("100% sample_")}, []int64{31}},
		{"text has no wildcards", domain.Customers.Kind, &domain.CustomerFilter{Search: new("1%One")}, []int64{}},
		{"owing", domain.Customers.Kind, &domain.CustomerFilter{Owing: new(true)}, []int64{31}},
		{"not owing", domain.Customers.Kind, &domain.CustomerFilter{Owing: new(false)}, []int64{32, 33}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			where, err := domain.Conditions(tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			q := domain.Query{Where: where, Order: "st_id"}
			if diff := cmp.Diff(tt.want, list(t, s, tt.kind, q)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if n, err := s.Count(t.Context(), tenant, tt.kind, q); err != nil || int(n) != len(tt.want) {
				t.Errorf("Count = %d, %v; want %d", n, err, len(tt.want))
			}
		})
	}
}
