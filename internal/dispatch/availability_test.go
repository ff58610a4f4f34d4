package dispatch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/dispatch"
	"lazilabs.com/lazi/internal/domain"
)

// shown is a day of a technician as a person would write it down.
type shown struct {
	Date             string
	Capacity, Booked int
	Free             []string
}

// days are those of the only technician.
func (c *company) days(t *testing.T, f dispatch.Frame) []shown {
	t.Helper()
	all := dispatch.Availabilities(&c.Rows, f)
	if len(all) != 1 {
		t.Fatalf("%d technicians", len(all))
	}
	var out []shown
	capacity, booked := 0, 0
	for _, d := range all[0].Days {
		out = append(out, shown{d.Date.Format(time.DateOnly), d.CapacityMinutes, d.BookedMinutes, c.walls(d.Free)})
		capacity, booked = capacity+d.CapacityMinutes, booked+d.BookedMinutes
	}
	if all[0].CapacityMinutes != capacity || all[0].BookedMinutes != booked {
		t.Errorf("%d and %d minutes in all, the days have %d and %d", all[0].CapacityMinutes, all[0].BookedMinutes, capacity, booked)
	}
	return out
}

func TestAvailabilities_byHand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		rows        func(t *testing.T, c *company)
		from, until string
		want        []shown
	}{
		{
			name: "business hours, minus a visit, a meeting and an hour off", from: "2026-03-11 00:00", until: "2026-03-12 00:00",
			rows: func(t *testing.T, c *company) {
				t.Helper()
				c.visit(t, "Scheduled", "2026-03-11 09:00", "2026-03-11 11:00", 1)
				c.visit(t, "Canceled", "2026-03-11 13:00", "2026-03-11 15:00", 1)
				c.visit(t, "Scheduled", "2026-03-11 13:00", "2026-03-11 15:00")
				c.meeting(t, 1, "2026-03-11 08:00", "2026-03-11 08:30")
				c.shift(t, 1, "TimeOff", "2026-03-11 16:00", "2026-03-11 17:00")
			},
			want: []shown{{"2026-03-11", 450, 120, []string{"03-11 08:30 to 03-11 09:00", "03-11 11:00 to 03-11 16:00"}}},
		},
		{
			name: "the clocks go forward in the night shift", from: "2026-03-07 00:00", until: "2026-03-09 00:00",
			rows: func(t *testing.T, c *company) {
				t.Helper()
				c.shift(t, 1, "Normal", "2026-03-07 22:00", "2026-03-08 06:00") // seven hours
				c.shift(t, 1, "Normal", "2026-03-08 22:00", "2026-03-09 06:00")
				c.visit(t, "Done", "2026-03-08 01:00", "2026-03-08 04:00", 1) // two hours
			},
			want: []shown{
				{"2026-03-07", 120, 0, []string{"03-07 22:00 to 03-08 00:00"}},
				{"2026-03-08", 420, 120, []string{"03-08 00:00 to 03-08 01:00", "03-08 04:00 to 03-08 06:00", "03-08 22:00 to 03-09 00:00"}},
			},
		},
		{
			name: "the clocks go back in the night shift", from: "2026-11-01 00:00", until: "2026-11-02 00:00",
			rows: func(t *testing.T, c *company) {
				t.Helper()
				c.shift(t, 1, "Normal", "2026-11-01 00:00", "2026-11-01 06:00") // seven hours
			},
			want: []shown{{"2026-11-01", 420, 0, []string{"11-01 00:00 to 11-01 06:00"}}},
		},
		{
			name: "a visit of 56 hours", from: "2026-03-10 00:00", until: "2026-03-13 00:00",
			rows: func(t *testing.T, c *company) {
				t.Helper()
				c.visit(t, "Scheduled", "2026-03-10 10:00", "2026-03-12 18:00", 1)
			},
			want: []shown{
				{"2026-03-10", 540, 420, []string{"03-10 08:00 to 03-10 10:00"}},
				{"2026-03-11", 540, 540, []string{}},
				{"2026-03-12", 540, 540, []string{}},
			},
		},
		{
			name: "visits without a length, without an end and running backwards take no time", from: "2026-03-11 00:00", until: "2026-03-12 00:00",
			rows: func(t *testing.T, c *company) {
				t.Helper()
				c.visit(t, "Scheduled", "2026-03-11 10:00", "2026-03-11 10:00", 1)
				c.visit(t, "Scheduled", "2026-03-11 11:00", "", 1)
				c.visit(t, "Scheduled", "2026-03-11 13:00", "2026-03-11 12:00", 1)
			},
			want: []shown{{"2026-03-11", 540, 0, []string{"03-11 08:00 to 03-11 17:00"}}},
		},
		{
			name: "a shift at another time of the day leaves no business hours", from: "2026-03-11 13:00", until: "2026-03-11 18:00",
			rows: func(t *testing.T, c *company) {
				t.Helper()
				c.shift(t, 1, "Normal", "2026-03-11 06:00", "2026-03-11 12:00")
			},
			want: []shown{{"2026-03-11", 0, 0, []string{}}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, "Sample Technician")
			tt.rows(t, c)
			diff(t, tt.want, c.days(t, c.frame(t, tt.from, tt.from, tt.until)))
		})
	}
}

func TestCapacity_byUnitTeamAndZone(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "Sample A", "Sample B", "Sample C")
	unit, zone := domain.ID[domain.BusinessUnit](7), domain.ID[domain.Zone](9)
	a, b := c.Technicians[0], c.Technicians[1]
	a.BusinessUnitID, b.BusinessUnitID = &unit, &unit
	a.TeamName, b.TeamName = new("North"), new("")
	a.MainZoneID, a.ZoneIDs = &zone, []domain.ID[domain.Zone]{zone, 8}
	c.visit(t, "Scheduled", "2026-03-11 08:00", "2026-03-11 17:00", 1)
	c.shift(t, 2, "TimeOff", "2026-03-11 00:00", "2026-03-12 00:00")
	days := dispatch.Capacity(&c.Rows, c.day(t, "06:00"))
	if len(days) != 1 || len(days[0].BusinessUnits) != 1 || len(days[0].Teams) != 1 || len(days[0].Zones) != 2 {
		t.Fatalf("%+v", days)
	}
	full := dispatch.Load{Technicians: 1, CapacityMinutes: 540, BookedMinutes: 540, BookedPercent: 100}
	diff(t, dispatch.Load{Technicians: 2, CapacityMinutes: 1080, BookedMinutes: 540, FreeMinutes: 540, BookedPercent: 50}, days[0].Total)
	diff(t, full, days[0].BusinessUnits[0].Load) // B is off
	diff(t, dispatch.TeamLoad{Team: "North", Load: full}, *days[0].Teams[0])
	diff(t, dispatch.ZoneLoad{ID: 8, Load: full}, *days[0].Zones[0])
	diff(t, dispatch.ZoneLoad{ID: 9, Load: full}, *days[0].Zones[1])

	said := domain.UpstreamCapacity{TotalHours: 9, OpenHours: 1}
	own, asked := days[0].BusinessUnits[0], 0
	answers := func(figures map[domain.UnitDay]domain.UpstreamCapacity, err error) {
		own.Ask = func(context.Context) (map[domain.UnitDay]domain.UpstreamCapacity, error) {
			asked++
			return figures, err
		}
	}
	answers(map[domain.UnitDay]domain.UpstreamCapacity{{BusinessUnit: 7, Date: days[0].Date.Time}: said}, nil)
	diff(t, &said, own.ServiceTitan(t.Context()))
	diff(t, (*string)(nil), own.ServiceTitanMissing(t.Context()))
	answers(nil, nil)
	diff(t, (*domain.UpstreamCapacity)(nil), own.ServiceTitan(t.Context()))
	diff(t, new("ServiceTitan tells nothing of this business unit's day"), own.ServiceTitanMissing(t.Context()))
	answers(nil, errors.New("it is away"))
	diff(t, (*domain.UpstreamCapacity)(nil), own.ServiceTitan(t.Context()))
	diff(t, new("it is away"), own.ServiceTitanMissing(t.Context()))
	if asked != 6 {
		t.Errorf("asked %d times", asked)
	}
}
