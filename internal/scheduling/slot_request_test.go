package scheduling_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/scheduling"
)

func TestSlotRequest_Check(t *testing.T) {
	t.Parallel()
	type request = scheduling.SlotRequest
	tests := []struct {
		name   string
		change func(*request)
		field  string // empty if nothing is wrong
	}{
		{"as it is", func(*request) {}, ""},
		{"no time zone", func(r *request) { r.Zone = nil }, "Zone"},
		{"empty range", func(r *request) { r.Within.End = r.Within.Start }, "Within"},
		{"31 days", func(r *request) { r.Within.End = r.Within.Start.AddDate(0, 0, 31) }, ""},
		{"a minute more", func(r *request) { r.Within.End = r.Within.Start.AddDate(0, 0, 31).Add(time.Minute) }, "Within"},
		{"no duration", func(r *request) { r.Duration = 0 }, "Duration"},
		{"a day", func(r *request) { r.Duration = 24 * time.Hour }, ""},
		{"more than a day", func(r *request) { r.Duration = 24*time.Hour + 1 }, "Duration"},
		{"step of its own", func(r *request) { r.Step = 0 }, ""},
		{"shortest step", func(r *request) { r.Step = 5 * time.Minute }, ""},
		{"step too short", func(r *request) { r.Step = 5*time.Minute - 1 }, "Step"},
		{"step backwards", func(r *request) { r.Step = -time.Hour }, "Step"},
		{"step too long", func(r *request) { r.Step = 25 * time.Hour }, "Step"},
		{"any zone is required", func(r *request) { r.ZoneID, r.ZoneRequired = 0, true }, "ZoneID"},
		{"off the earth", func(r *request) { r.Place = &scheduling.Point{Latitude: 91} }, "Place"},
		{"nowhere", func(r *request) { r.Place = &scheduling.Point{Longitude: math.NaN()} }, "Place"},
		{"no travel", func(r *request) { r.Travel = nil }, "Travel"},
		{"neither place nor travel", func(r *request) { r.Place, r.Travel = nil, nil }, ""},
		{"less than nothing", func(r *request) { r.MaxResults = -1 }, "MaxResults"},
		{"less than nothing of each", func(r *request) { r.PerTechnician = -1 }, "PerTechnician"},
		{"the day as a window", func(r *request) { r.ArrivalWindows = []scheduling.Hours{{Until: 24 * time.Hour}} }, ""},
		{"window over midnight", func(r *request) {
			r.ArrivalWindows = []scheduling.Hours{{Until: time.Hour}, {From: 22 * time.Hour, Until: 2 * time.Hour}}
		}, "ArrivalWindows[1]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, _ := setupSlots()
			tt.change(&req)
			var wrong *scheduling.FieldError
			field := ""
			if err := req.Check(); errors.As(err, &wrong) {
				field = wrong.Field
			} else if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.field, field); diff != "" {
				t.Errorf("field (-want +got):\n%s", diff)
			}
			if _, _, err := scheduling.Slots(t.Context(), req, nil); (err != nil) != (tt.field != "") {
				t.Errorf("Slots returned %v", err)
			}
		})
	}
}

func TestFieldError(t *testing.T) {
	t.Parallel()
	req, _ := setupSlots()
	req.Duration = 25 * time.Hour
	if diff := cmp.Diff("Duration must not be longer than 24 hours", req.Check().Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSlotRequest_Check_daysAreOfTheZone has 31 days on the calendar that last an hour longer, and end at a midnight that is skipped.
func TestSlotRequest_Check_daysAreOfTheZone(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, zone, start, end string }{
		{"an hour more", "America/New_York", "2026-10-15T04:00:00Z", "2026-11-15T05:00:00Z"},
		{"no midnight", "America/Sao_Paulo", "2018-10-04T03:00:00Z", "2018-11-04T03:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, _ := setupSlots()
			var errs [3]error
			req.Zone, errs[0] = time.LoadLocation(tt.zone)
			req.Within.Start, errs[1] = time.Parse(time.RFC3339, tt.start)
			req.Within.End, errs[2] = time.Parse(time.RFC3339, tt.end)
			if err := errors.Join(errs[:]...); err != nil {
				t.Fatal(err)
			}
			if err := req.Check(); err != nil {
				t.Error(err)
			}
			req.Within.End = req.Within.End.Add(time.Minute)
			if err := req.Check(); err == nil {
				t.Error("a minute more is allowed")
			}
		})
	}
}
