package scheduling_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lazilabs.com/lazi/internal/scheduling"
)

func TestCapacity(t *testing.T) {
	t.Parallel()
	june := func(day int) time.Time { return time.Date(2026, 6, day, 0, 0, 0, 0, time.UTC) }
	members := []scheduling.Member[string]{
		{Groups: []string{"south", "north", "south"}, Days: []scheduling.Day{
			{Date: june(2), Capacity: 8 * time.Hour, Booked: 2 * time.Hour}, {Date: june(3)},
		}},
		{Groups: []string{"north"}, Days: []scheduling.Day{{Date: june(1), Capacity: 4 * time.Hour}, {Date: june(2), Capacity: 8 * time.Hour, Booked: 6 * time.Hour}}},
		{Days: []scheduling.Day{{Date: june(2), Capacity: time.Hour}}},
	}
	type group = scheduling.GroupLoad[string]
	type load = scheduling.Load
	want := []scheduling.DateCapacity[string]{
		{Date: june(1), Total: load{1, 4 * time.Hour, 0}, Groups: []group{{"north", load{1, 4 * time.Hour, 0}}}},
		{Date: june(2), Total: load{3, 17 * time.Hour, 8 * time.Hour}, Groups: []group{
			{"north", load{2, 16 * time.Hour, 8 * time.Hour}}, {"south", load{1, 8 * time.Hour, 2 * time.Hour}},
		}},
		{Date: june(3), Groups: []group{{Key: "north"}, {Key: "south"}}},
	}
	if diff := cmp.Diff(want, scheduling.Capacity(members)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoad_percent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		load         scheduling.Load
		booked, free float64
	}{
		{"nobody works", scheduling.Load{}, 0, 0},
		{"a quarter", scheduling.Load{Technicians: 1, Capacity: 8 * time.Hour, Booked: 2 * time.Hour}, 25, 75},
		{"full", scheduling.Load{Technicians: 2, Capacity: time.Hour, Booked: time.Hour}, 100, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.load.BookedPercent() != tt.booked || tt.load.FreePercent() != tt.free {
				t.Errorf("got %v and %v, want %v and %v", tt.load.BookedPercent(), tt.load.FreePercent(), tt.booked, tt.free)
			}
		})
	}
}

// TestCapacity_matchesMinutes asks of each minute of each technician on which date and for which zones it counts.
func TestCapacity_matchesMinutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, eve := drawEve(t)
		within := scheduling.Interval{Start: eve.Add(90 * time.Minute), End: eve.Add(60 * time.Hour)}
		var members []scheduling.Member[int]
		want := map[string]map[int]scheduling.Load{} // under -1 the total
		for range rapid.IntRange(0, 4).Draw(t, "technicians") {
			tech := scheduling.Technician{Shifts: draw(t, "shifts", eve, 2), Booked: draw(t, "booked", eve, 4), Off: draw(t, "off", eve, 2)}
			open, until, business := drawBusiness(t)
			zones := rapid.SliceOfN(rapid.IntRange(0, 2), 0, 3).Draw(t, "zones")
			members = append(members, scheduling.Member[int]{Days: scheduling.Availability(tech, business, within, zone), Groups: zones})
			seen := map[string]bool{}
			for _, m := range walk(tech, open, until, within, zone) {
				if want[m.date] == nil {
					want[m.date] = map[int]scheduling.Load{}
				}
				for group := -1; group <= 2; group++ {
					if group >= 0 && !slices.Contains(zones, group) {
						continue
					}
					load := want[m.date][group]
					if m.works {
						load.Capacity += time.Minute
					}
					if m.works && m.booked {
						load.Booked += time.Minute
					}
					if m.works && !seen[m.date] {
						load.Technicians++
					}
					want[m.date][group] = load
				}
				seen[m.date] = seen[m.date] || m.works
			}
		}
		got, last := map[string]map[int]scheduling.Load{}, time.Time{}
		for _, on := range scheduling.Capacity(members) {
			if !on.Date.After(last) {
				t.Fatalf("%v comes after %v", on.Date, last)
			}
			loads := map[int]scheduling.Load{-1: on.Total}
			for _, group := range on.Groups {
				loads[group.Key] = group.Load
			}
			got[on.Date.Format(time.DateOnly)], last = loads, on.Date
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("loads by date and zone (-want +got):\n%s", diff)
		}
	})
}
