package scheduling_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lazilabs.com/lazi/internal/scheduling"
)

// TestAvailability_matchesMinutes asks of each minute, one after the other, whether the technician works, is off or booked.
func TestAvailability_matchesMinutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"}).Draw(t, "zone")
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		// These dates are the eves of clock changes in the zones above, forward and back.
		eve := rapid.SampledFrom([]string{"2018-11-03", "2018-02-16", "2026-03-07", "2026-10-31", "2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03"}).Draw(t, "eve")
		from, err := time.ParseInLocation(time.DateOnly, eve, zone)
		if err != nil {
			t.Fatal(err)
		}
		tech := scheduling.Technician{Shifts: draw(t, "shifts", from, 2), Booked: draw(t, "booked", from, 6), Off: draw(t, "off", from, 3)}
		open := time.Duration(rapid.IntRange(0, 1440).Draw(t, "open")) * time.Minute
		until := time.Duration(rapid.IntRange(0, 1440).Draw(t, "until")) * time.Minute
		business := map[time.Weekday][]scheduling.Hours{}
		for day := range 7 {
			business[time.Weekday(day)] = []scheduling.Hours{{From: open, Until: until}}
		}
		within := scheduling.Interval{Start: from.Add(90 * time.Minute), End: from.Add(60 * time.Hour)}
		got := map[string][2]time.Duration{}
		for _, day := range scheduling.Availability(tech, business, within, zone) {
			if day.Capacity > 0 {
				got[day.Date.Format(time.DateOnly)] = [2]time.Duration{day.Capacity, day.Booked}
			}
			for _, free := range day.Free {
				if len(scheduling.Conflicts(append(tech.Booked, tech.Off...), func(i scheduling.Interval) scheduling.Interval { return i }, free)) > 0 {
					t.Fatalf("free time %v is taken", free)
				}
			}
		}
		if diff := cmp.Diff(minutes(tech, open, until, within, zone), got); diff != "" {
			t.Fatalf("capacity and booked by date (-want +got):\n%s", diff)
		}
	})
}

// draw makes intervals of up to 56 hours, some of them empty.
func draw(t *rapid.T, label string, from time.Time, most int) []scheduling.Interval {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) scheduling.Interval {
		start := from.Add(time.Duration(rapid.IntRange(-1440, 4320).Draw(t, "start")) * time.Minute)
		return scheduling.Interval{Start: start, End: start.Add(time.Duration(rapid.IntRange(-10, 56*60).Draw(t, "length")) * time.Minute)}
	}), 0, most).Draw(t, label)
}

// minutes is the reference. It walks from the eve before the range, so that it meets each date's first minute.
func minutes(tech scheduling.Technician, open, until time.Duration, within scheduling.Interval, zone *time.Location) map[string][2]time.Duration {
	starts, want := map[string]bool{}, map[string][2]time.Duration{}
	for _, s := range tech.Shifts {
		if s.Start.Before(s.End) {
			starts[s.Start.In(zone).Format(time.DateOnly)] = true
		}
	}
	var date string
	var opened, closed bool
	for m := within.Start.Add(-24 * time.Hour); m.Before(within.End); m = m.Add(time.Minute) {
		local := m.In(zone)
		if today := local.Format(time.DateOnly); today != date {
			date, opened, closed = today, false, false
		}
		shown := time.Duration(local.Hour()*60+local.Minute()) * time.Minute
		opened, closed = opened || shown >= open, closed || shown >= until
		works := covered(tech.Shifts, m) || (!starts[date] && opened && !closed)
		if m.Before(within.Start) || !works || covered(tech.Off, m) {
			continue
		}
		sums := want[date]
		sums[0] += time.Minute
		if covered(tech.Booked, m) {
			sums[1] += time.Minute
		}
		want[date] = sums
	}
	return want
}

func covered(intervals []scheduling.Interval, at time.Time) bool {
	for _, i := range intervals {
		if !at.Before(i.Start) && at.Before(i.End) {
			return true
		}
	}
	return false
}
