package scheduling_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lazilabs.com/lazi/internal/scheduling"
)

// TestAvailability_matchesMinutes asks of each minute, one after the other, whether the technician works, is off or booked.
func TestAvailability_matchesMinutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, from := drawEve(t)
		tech := scheduling.Technician{Shifts: draw(t, "shifts", from, 2), Booked: draw(t, "booked", from, 6), Off: draw(t, "off", from, 3)}
		open, until, business := drawBusiness(t)
		within := scheduling.Interval{Start: from.Add(90 * time.Minute), End: from.Add(60 * time.Hour)}
		got := map[string][2]time.Duration{}
		days := scheduling.Availability(tech, business, within, zone)
		for _, day := range days {
			if day.Capacity > 0 {
				got[day.Date.Format(time.DateOnly)] = [2]time.Duration{day.Capacity, day.Booked}
			}
			if day.Capacity != day.Booked+scheduling.Total(day.Free) {
				t.Fatalf("capacity is not booked and free: %+v", day)
			}
			if diff := cmp.Diff(scheduling.Union(day.Free...), day.Free, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("free time is not a union (-want +got):\n%s", diff)
			}
			for _, free := range day.Free {
				if len(scheduling.Conflicts(append(tech.Booked, tech.Off...), itself, free)) > 0 {
					t.Fatalf("free time %v is taken", free)
				}
			}
		}
		want, dates := map[string][2]time.Duration{}, map[string]bool{}
		for _, m := range walk(tech, open, until, within, zone) {
			dates[m.date] = true
			if !m.works {
				continue
			}
			sums := want[m.date]
			sums[0] += time.Minute
			if m.booked {
				sums[1] += time.Minute
			}
			want[m.date] = sums
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("capacity and booked by date (-want +got):\n%s", diff)
		}
		if len(days) != len(dates) {
			t.Fatalf("got %d dates, want %d", len(days), len(dates))
		}
	})
}

func TestAvailability_emptyRange(t *testing.T) {
	t.Parallel()
	tech := scheduling.Technician{Shifts: spans([2]int{-60, 60})}
	for _, within := range spans([2]int{0, 0}, [2]int{10, 0}) {
		if days := scheduling.Availability(tech, nil, within, time.UTC); len(days) != 0 {
			t.Errorf("got %v in %v", days, within)
		}
	}
}

func itself(i scheduling.Interval) scheduling.Interval { return i }

// drawEve is midnight before a day on which the clocks of one of the zones change, forward or back.
func drawEve(t *rapid.T) (*time.Location, time.Time) {
	name := rapid.SampledFrom([]string{"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"}).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	eve := rapid.SampledFrom([]string{"2018-11-03", "2018-02-16", "2026-03-07", "2026-10-31", "2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03"}).Draw(t, "eve")
	from, err := time.ParseInLocation(time.DateOnly, eve, zone)
	if err != nil {
		t.Fatal(err)
	}
	return zone, from
}

// drawBusiness is the same hours on every day of the week.
func drawBusiness(t *rapid.T) (open, until time.Duration, business map[time.Weekday][]scheduling.Hours) {
	open = time.Duration(rapid.IntRange(0, 1440).Draw(t, "open")) * time.Minute
	until = time.Duration(rapid.IntRange(0, 1440).Draw(t, "until")) * time.Minute
	business = map[time.Weekday][]scheduling.Hours{}
	for day := range 7 {
		business[time.Weekday(day)] = []scheduling.Hours{{From: open, Until: until}}
	}
	return open, until, business
}

// draw makes intervals of up to 56 hours, some of them empty.
func draw(t *rapid.T, label string, from time.Time, most int) []scheduling.Interval {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) scheduling.Interval {
		start := from.Add(time.Duration(rapid.IntRange(-1440, 4320).Draw(t, "start")) * time.Minute)
		return scheduling.Interval{Start: start, End: start.Add(time.Duration(rapid.IntRange(-10, 56*60).Draw(t, "length")) * time.Minute)}
	}), 0, most).Draw(t, label)
}

// minute is what the reference knows of one minute.
type minute struct {
	date          string
	works, booked bool
}

// walk is the reference: each minute of the range, in order. It walks from the eve, so that it meets each date's first minute.
func walk(tech scheduling.Technician, open, until time.Duration, within scheduling.Interval, zone *time.Location) []minute {
	starts := map[string]bool{}
	for _, s := range tech.Shifts {
		if s.Start.Before(s.End) {
			starts[walkedDate(s.Start, zone)] = true
		}
	}
	var minutes []minute
	business := latch{from: open, until: until, zone: zone}
	for m := within.Start.Add(-24 * time.Hour); m.Before(within.End); m = m.Add(time.Minute) {
		date := walkedDate(m, zone)
		works := business.holds(m) && !starts[date] || covered(tech.Shifts, m)
		if !m.Before(within.Start) {
			minutes = append(minutes, minute{date, works && !covered(tech.Off, m), covered(tech.Booked, m)})
		}
	}
	return minutes
}

// latch tells of one minute after the other whether it is in hours of the wall clock. They begin and end once a date, when the
// clocks first show their time or a later one.
type latch struct {
	from, until    time.Duration
	zone           *time.Location
	date           string
	opened, closed bool
}

func (l *latch) holds(m time.Time) bool {
	local := m.In(l.zone)
	if date := walkedDate(m, l.zone); date != l.date {
		l.date, l.opened, l.closed = date, false, false
	}
	shown := time.Duration(local.Hour()*60+local.Minute()) * time.Minute
	l.opened, l.closed = l.opened || shown >= l.from, l.closed || shown >= l.until
	return l.opened && !l.closed
}

func walkedDate(m time.Time, zone *time.Location) string { return m.In(zone).Format(time.DateOnly) }

func covered(intervals []scheduling.Interval, at time.Time) bool {
	for _, i := range intervals {
		if !at.Before(i.Start) && at.Before(i.End) {
			return true
		}
	}
	return false
}
