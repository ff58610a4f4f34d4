package simulator_test

import (
	"testing"
	"time"

	"lazilabs.com/lazi/internal/simulator"
)

func TestTechnicianTime_everybodyWorksOnTheAnchorDay(t *testing.T) {
	t.Parallel()
	s, _ := company(t)
	working, types := map[string]bool{}, map[string]int{}
	for _, doc := range s.Each(tenant, "TechnicianShift") {
		r := parseRow(t, doc)
		types[r.text("shiftType")]++
		start, err1 := time.Parse(time.RFC3339, r.text("start"))
		end, err2 := time.Parse(time.RFC3339, r.text("end"))
		if err1 != nil || err2 != nil || !end.After(start) {
			t.Fatalf("shift %s is from %q to %q", r.text("id"), r.text("start"), r.text("end"))
		}
		if start.Truncate(24*time.Hour).Equal(anchor) && r["active"] == true && r.text("shiftType") == "Normal" {
			working[r.text("technicianId")] = true
		}
	}
	if n := simulator.DefaultSizes().Technicians; len(working) != n || types["Normal"] < 15*n || types["OnCall"] == 0 || types["TimeOff"] == 0 {
		t.Errorf("%d of %d technicians work on the anchor day; shifts %v", len(working), n, types)
	}
	lengths := map[string]bool{}
	for _, doc := range s.Each(tenant, "NonJobAppointment") {
		lengths[parseRow(t, doc).text("duration")] = true
	}
	if len(lengths) < 4 {
		t.Errorf("non-job appointments have the lengths %v alone", lengths)
	}
}
