package scheduling

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Member is one technician with the groups he counts in: business units, teams or zones, of one kind at a time.
type Member[K cmp.Ordered] struct {
	// Days are what Availability answered.
	Days []Day
	// Groups may be empty. A group that is listed twice counts once.
	Groups []K
}

// Load is working time of several technicians, summed.
type Load struct {
	// Technicians is how many of them have any capacity.
	Technicians int
	// Capacity is working time without time off, and Booked the part of it that appointments take.
	Capacity, Booked time.Duration
}

// Free is the capacity that is not booked.
func (l Load) Free() time.Duration { return l.Capacity - l.Booked }

// BookedPercent is from 0 to 100, and 0 where there is no capacity.
func (l Load) BookedPercent() float64 { return percent(l.Booked, l.Capacity) }

// FreePercent is from 0 to 100, and 0 where there is no capacity.
func (l Load) FreePercent() float64 { return percent(l.Free(), l.Capacity) }

func percent(part, whole time.Duration) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

func (l Load) plus(day Day) Load {
	if day.Capacity > 0 {
		l.Technicians++
	}
	return Load{l.Technicians, l.Capacity + day.Capacity, l.Booked + day.Booked}
}

// DateCapacity is what all members, and those of each group, can do on a date.
type DateCapacity[K cmp.Ordered] struct {
	// Date is midnight UTC of the date.
	Date time.Time
	// Total counts each member once, however many groups he is in, and also who is in none.
	Total Load
	// Groups are in order of their keys: all groups of the members whose days have the date, at work or not.
	Groups []GroupLoad[K]
}

// GroupLoad is the load of one group.
type GroupLoad[K cmp.Ordered] struct {
	Key K
	Load
}

// Capacity sums up the members' days by date and by group, in order of the dates. A member in several groups counts in each, so the
// groups can add up to more than the total.
func Capacity[K cmp.Ordered](members []Member[K]) []DateCapacity[K] {
	totals, groups := map[time.Time]Load{}, map[time.Time]map[K]Load{}
	for _, m := range members {
		keys := slices.Compact(slices.Sorted(slices.Values(m.Groups)))
		for _, day := range m.Days {
			if groups[day.Date] == nil {
				groups[day.Date] = map[K]Load{}
			}
			totals[day.Date] = totals[day.Date].plus(day)
			for _, key := range keys {
				groups[day.Date][key] = groups[day.Date][key].plus(day)
			}
		}
	}
	dates := make([]DateCapacity[K], 0, len(totals))
	for _, date := range slices.SortedFunc(maps.Keys(totals), time.Time.Compare) {
		on := DateCapacity[K]{Date: date, Total: totals[date]}
		for _, key := range slices.Sorted(maps.Keys(groups[date])) {
			on.Groups = append(on.Groups, GroupLoad[K]{key, groups[date][key]})
		}
		dates = append(dates, on)
	}
	return dates
}
