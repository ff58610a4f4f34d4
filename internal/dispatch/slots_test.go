package dispatch_test

import (
	"fmt"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/dispatch"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
)

func TestFindSlots_byHand(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "near", "in the zone", "untrained", "away")
	for _, trained := range []int{0, 1, 3} {
		c.Technicians[trained].Skills = []domain.Skill{{ExternalID: 5, Name: new("gas")}, {ExternalID: 6}}
	}
	c.Technicians[1].MainZoneID = new(domain.ID[domain.Zone](9))
	c.shift(t, 4, "TimeOff", "2026-03-11 00:00", "2026-03-12 00:00")
	before := c.visit(t, "Scheduled", "2026-03-11 08:00", "2026-03-11 10:00", 1)
	c.visit(t, "Scheduled", "2026-03-11 13:00", "", 2) // takes no time, and is a job of the day
	f := c.day(t, "06:00")
	here := scheduling.Point{Latitude: 39.7, Longitude: -105}
	got, err := dispatch.FindSlots(t.Context(), &c.Rows, f, scheduling.SlotRequest{
		Within: scheduling.Interval(f.Within), Duration: 2 * time.Hour, Step: time.Hour, Zone: c.zone, Skills: []string{"gas"}, ZoneID: 9,
		ArrivalWindows: []scheduling.Hours{{From: 9 * time.Hour, Until: 11 * time.Hour}}, Place: &here, Travel: scheduling.GreatCircle{KMPerHour: 40},
	}, dispatch.Places{before.STID: here})
	if err != nil {
		t.Fatal(err)
	}
	var slots, rejected []string
	for _, s := range got.Slots {
		line := fmt.Sprint(s.Technician.Name, " ", c.walls([]domain.TimeWindow{s.Scheduled}), " ", s.Score)
		for _, p := range s.Parts {
			line += fmt.Sprintf("; %s %v: %s", p.Name, p.Points, p.Reason)
		}
		diff(t, []string{"03-11 09:00 to 03-11 11:00"}, c.walls([]domain.TimeWindow{*s.ArrivalWindow}))
		slots = append(slots, line)
	}
	for _, r := range got.Rejected {
		rejected = append(rejected, r.Technician.Name+" "+r.Reason)
	}
	diff(t, []string{
		"near [03-11 10:00 to 03-11 12:00] 140; zone 0: does not serve zone 9; travel 100: 0 minutes from the job before; workload 40: 1 job that day",
		"in the zone [03-11 09:00 to 03-11 11:00] 60; zone 20: serves zone 9; travel 0: no job before it that day; workload 40: 1 job that day",
		"in the zone [03-11 10:00 to 03-11 12:00] 60; zone 20: serves zone 9; travel 0: no job before it that day; workload 40: 1 job that day",
	}, slots)
	diff(t, []string{"untrained lacks the skill gas", "away does not work in that time"}, rejected)
}

func TestFindSlots_hourThatIsSkipped(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "Sample Technician")
	c.shift(t, 1, "Normal", "2026-03-08 00:00", "2026-03-08 05:00") // four hours
	f := c.frame(t, "2026-03-08 00:00", "2026-03-08 00:00", "2026-03-09 00:00")
	got, err := dispatch.FindSlots(t.Context(), &c.Rows, f, scheduling.SlotRequest{
		Within: scheduling.Interval(f.Within), Duration: time.Hour, Step: time.Hour, Zone: c.zone,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var starts []string
	for _, s := range got.Slots {
		starts = append(starts, s.Scheduled.Start.In(c.zone).Format("15:04 MST"))
	}
	diff(t, []string{"00:00 MST", "01:00 MST", "03:00 MDT", "04:00 MDT"}, starts)
}
