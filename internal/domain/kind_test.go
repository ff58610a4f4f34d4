package domain

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestKinds_areDescribedOnce(t *testing.T) {
	t.Parallel()
	names, tables, paths := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, k := range Kinds() {
		for what, seen := range map[string]map[string]bool{k.Name: names, k.Table: tables, k.API.ListPath(): paths} {
			if seen[what] {
				t.Errorf("%s is described twice", what)
			}
			seen[what] = true
		}
		if !strings.HasPrefix(k.Table, "st_") {
			t.Errorf("%s: table %q is not named as the mirror's tables are", k.Name, k.Table)
		}
		if _, ok := k.Column(k.DefaultOrder); !ok {
			t.Errorf("%s: default order %q is no column", k.Name, k.DefaultOrder)
		}
		for value, column := range k.Orders {
			if _, ok := k.Column(column); !ok {
				t.Errorf("%s: order %s names %q, which is no column", k.Name, value, column)
			}
		}
		if got, _ := KindByName(k.Name); got != k {
			t.Errorf("KindByName(%q) is another kind", k.Name)
		}
		if k.New().Base().Kind() != k {
			t.Errorf("%s: a new row does not know its kind", k.Name)
		}
	}
	if len(names) != 27 {
		t.Errorf("%d kinds, want the 24 of the requirements, projects and technicians' time", len(names))
	}
}

func TestGlobalID(t *testing.T) {
	t.Parallel()
	id := GlobalID{Kind: "Customer", ID: 9007199254740993}
	got, err := ParseGlobalID(id.String())
	if err != nil || got != id {
		t.Fatalf("ParseGlobalID(%q) = %v, %v; want %v", id.String(), got, err, id)
	}
	forge := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for _, bad := range []string{
		"", "x", "Customer:1", forge("1:Customer"), forge("2:Customer:1"), forge("1:Nothing:1"), forge("1:Customer:0"),
		forge("1:Customer:-1"), forge("1:Customer:+1"), forge("1:Customer:01"), forge("1:Customer:99999999999999999999"), id.String() + "=",
	} {
		if got, err := ParseGlobalID(bad); err == nil {
			t.Errorf("ParseGlobalID(%q) = %v, want an error", bad, got)
		}
	}
}

func TestLinkKeys(t *testing.T) {
	t.Parallel()
	job := Jobs.New().(*Job)
	job.STID, job.CustomerID, job.TagTypeIDs = 7, new(ID[Customer](3)), []ID[TagType]{5, 4}
	technician := Technicians.New().(*Technician)
	technician.TeamName = new("North")
	tests := []struct {
		name string
		link *Link
		row  Entity
		want []any
	}{
		{"a column that names a row", JobCustomer.Link, job, []any{int64(3)}},
		{"a column that is null", JobProject.Link, job, nil},
		{"a column that lists rows, in its order", JobTags.Link, job, []any{int64(5), int64(4)}},
		{"the row's own id", JobAppointments.Link, job, []any{int64(7)}},
		{"a name", TechnicianTeam.Link, technician, []any{"North"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.link.Keys(tt.row)); diff != "" {
				t.Errorf("Keys (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	got, err := Conditions(&JobFilter{
		CustomerIDs:       []GlobalID{{Kind: "Customer", ID: 1}},
		Statuses:          []JobStatus{"InProgress"},
		AppointmentWithin: &TimeWindow{Start: day, End: day.Add(time.Hour)},
		TechnicianIDs:     []GlobalID{{Kind: "Technician", ID: 2}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"customer_id in [1]", "job_status in [InProgress]", "AppointmentAssignment.job_id technician_id in [2]", "Appointment.job_id during overlaps",
	}
	var have []string
	for _, c := range got {
		have = append(have, describe(c))
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("Conditions (-want +got):\n%s", diff)
	}
}

func TestConditions_refuseWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for want, filter := range map[string]any{
		"filter.customerIds[1]: this is the id of a Job, not of a Customer": &JobFilter{
			CustomerIDs: []GlobalID{{Kind: "Customer", ID: 1}, {Kind: "Job", ID: 1}},
		},
		"filter.within: the end is before the start": &AppointmentFilter{Within: &TimeWindow{Start: day, End: day.Add(-1)}},
	} {
		if _, err := Conditions(filter); err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestScreaming(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"InProgress": "IN_PROGRESS", "Hold": "HOLD", "MobilePhone": "MOBILE_PHONE"} {
		if got := screaming(word); got != want {
			t.Errorf("screaming(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestOpenEnum_unknownWordsSurvive(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	s := JobStatus("Teleported")
	s.MarshalGQL(&b)
	if b.String() != `"UNKNOWN"` {
		t.Errorf("an unknown word is written as %s", b.String())
	}
	if err := s.UnmarshalGQL("UNKNOWN"); err == nil {
		t.Error("UNKNOWN may be asked for")
	}
	if err := s.UnmarshalGQL("IN_PROGRESS"); err != nil || s != "InProgress" {
		t.Errorf("IN_PROGRESS is read as %q, %v", s, err)
	}
}

func describe(c Condition) string {
	s := fmt.Sprintf("%s %s", c.Column, c.Op)
	if c.Via != nil {
		s = c.Via.Kind.Name + "." + c.Via.FromColumn + " " + s
	}
	if c.Op == OpIn {
		s += fmt.Sprint(" ", c.Value)
	}
	return s
}
