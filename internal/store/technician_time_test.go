package store_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// scheduled stores non-job appointments of these lengths and tells when each is, and why it was not stored.
func scheduled(t *testing.T, lengths ...any) (windows map[any]*domain.TimeWindow, refused map[any]string) {
	t.Helper()
	s := open(t)
	k := domain.NonJobAppointments.Kind
	var docs []domain.Document
	for i, length := range lengths {
		docs = append(docs, doc(t, int64(i+1), map[string]any{"start": "2026-03-07T15:00:00Z", "duration": length}))
	}
	windows, refused = map[any]*domain.TimeWindow{}, map[any]string{}
	for _, r := range put(t, s, tenant, k, docs...).Rejected {
		refused[lengths[r.ID-1]] = r.Reason
	}
	rows, err := s.List(t.Context(), tenant, k, domain.Query{Order: "st_id"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		windows[lengths[row.Base().STID-1]] = row.(*domain.NonJobAppointment).Scheduled()
	}
	return windows, refused
}

func TestNonJobAppointments_endWhenTheirLengthSays(t *testing.T) {
	t.Parallel()
	tests := map[any]time.Duration{
		"01:30:00":          90 * time.Minute,
		"1.02:00:00":        26 * time.Hour, // over the night on which Denver's clocks are put forward
		"10.00:00:00":       240 * time.Hour,
		"00:00:00":          0,
		"00:45:30.5000000":  45*time.Minute + 30500*time.Millisecond,
		"00:00:00.0000004":  0, // Postgres counts microseconds
		"-00:30:00":         -30 * time.Minute,
		"-1.00:00:00":       -24 * time.Hour,
		"24:00:00":          24 * time.Hour,
		"PT1H30M":           90 * time.Minute,
		"P1DT2H":            26 * time.Hour,
		"100.23:59:59.9999": 101*24*time.Hour - 100*time.Microsecond,
	}
	windows, refused := scheduled(t, slices.Collect(maps.Keys(tests))...)
	start := time.Date(2026, 3, 7, 15, 0, 0, 0, time.UTC)
	for length, want := range tests {
		if got := windows[length]; got == nil || !got.Start.Equal(start) || !got.End.Equal(start.Add(want)) {
			t.Errorf("%s: scheduled %v (refused: %s), want %s from %s on", length, got, refused[length], want, start)
		}
	}
}

func TestNonJobAppointments_withoutALength(t *testing.T) {
	t.Parallel()
	windows, refused := scheduled(t, nil, "", "90", "1:30", "01:30:00 ", "an hour", "PX", "1.5")
	check(t, "those without a length", map[any]*domain.TimeWindow{nil: nil, "": nil}, windows)
	const reason = "end_time is no timestamp with time zone, during is no tstzrange"
	check(t, "those that say something else", map[any]string{
		"90": reason, "1:30": reason, "01:30:00 ": reason, "an hour": reason, "PX": reason, "1.5": reason,
	}, refused)
}

func TestTechnicianTime_within(t *testing.T) {
	t.Parallel()
	s := open(t)
	put(t, s, tenant, domain.NonJobAppointments.Kind,
		doc(t, 1, map[string]any{"technicianId": 7, "start": "2026-03-09T15:00:00Z", "duration": "1.02:00:00"}), // two days
		doc(t, 2, map[string]any{"technicianId": 7, "start": "2026-03-10T00:00:00Z", "duration": "00:00:00"}),   // a moment
		doc(t, 3, map[string]any{"technicianId": 7, "start": "2026-03-09T23:00:00Z", "duration": "01:00:00"}),   // ends as the day begins
		doc(t, 4, map[string]any{"technicianId": 8, "start": "2026-03-10T15:00:00Z", "duration": nil}),
		doc(t, 5, map[string]any{"technicianId": 8, "start": "2026-03-10T15:00:00Z", "duration": "01:00:00", "active": false}),
	)
	put(t, s, tenant, domain.TechnicianShifts.Kind,
		doc(t, 11, map[string]any{"technicianId": 7, "shiftType": "Normal", "start": "2026-03-10T14:00:00Z", "end": "2026-03-10T23:00:00Z"}),
		doc(t, 12, map[string]any{"technicianId": 8, "shiftType": "OnCall", "start": "2026-03-09T14:00:00Z", "end": "2026-03-10T14:00:00Z"}),
		doc(t, 13, map[string]any{"technicianId": 8, "shiftType": "TimeOff", "start": "2026-03-11T14:00:00Z", "end": "2026-03-11T23:00:00Z"}),
	)
	day := &domain.TimeWindow{Start: time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)}
	technician := []domain.GlobalID{{Kind: "Technician", ID: 8}}
	for _, tt := range []struct {
		name   string
		kind   *domain.Kind
		filter any
		want   []int64
	}{
		{"what takes a part of the day", domain.NonJobAppointments.Kind, &domain.NonJobAppointmentFilter{Within: day}, []int64{1, 2, 4, 5}},
		{"of a technician, switched on", domain.NonJobAppointments.Kind, &domain.NonJobAppointmentFilter{TechnicianIDs: technician, Active: new(true)}, []int64{4}},
		{"shifts of the day", domain.TechnicianShifts.Kind, &domain.TechnicianShiftFilter{Within: day}, []int64{11, 12}},
		{"shifts of types", domain.TechnicianShifts.Kind, &domain.TechnicianShiftFilter{Types: []domain.ShiftType{"OnCall", "TimeOff"}}, []int64{12, 13}},
		{"all must hold", domain.TechnicianShifts.Kind, &domain.TechnicianShiftFilter{TechnicianIDs: technician, Within: day}, []int64{12}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			where, err := domain.Conditions(tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "rows", tt.want, list(t, s, tt.kind, domain.Query{Where: where, Order: "st_id"}))
		})
	}
}
