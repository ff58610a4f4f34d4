package dispatch

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
)

// Availability is a technician's time, day by day.
type Availability struct {
	Technician                     *domain.Technician
	Days                           []Day
	CapacityMinutes, BookedMinutes int
}

// Day is a technician's time on a day.
type Day struct {
	Date                           domain.Date
	Free                           []domain.TimeWindow
	CapacityMinutes, BookedMinutes int
}

// Availabilities are the technicians' time, in their order.
func Availabilities(r *Rows, f Frame) []*Availability {
	var out []*Availability
	for _, a := range r.agendas(f) {
		out = append(out, availability(a.technician, scheduling.Availability(a.time(), f.Hours, f.interval(), f.Zone)))
	}
	return out
}

func availability(t *domain.Technician, days []scheduling.Day) *Availability {
	a := &Availability{Technician: t, Days: make([]Day, 0, len(days))}
	for _, d := range days {
		day := Day{Date: domain.Date{Time: d.Date}, Free: []domain.TimeWindow{}, CapacityMinutes: minutes(d.Capacity), BookedMinutes: minutes(d.Booked)}
		for _, i := range d.Free {
			day.Free = append(day.Free, domain.TimeWindow(i))
		}
		a.Days = append(a.Days, day)
		a.CapacityMinutes += day.CapacityMinutes
		a.BookedMinutes += day.BookedMinutes
	}
	return a
}

// Load is working time of several technicians.
type Load struct {
	Technicians                                 int
	CapacityMinutes, BookedMinutes, FreeMinutes int
	BookedPercent                               float64
}

func loadOf(l scheduling.Load) Load {
	return Load{l.Technicians, minutes(l.Capacity), minutes(l.Booked), minutes(l.Free()), l.BookedPercent()}
}

// CapacityDay is what can be done on a day.
type CapacityDay struct {
	Date          domain.Date
	Total         Load
	BusinessUnits []*UnitLoad
	Teams         []*TeamLoad
	Zones         []*ZoneLoad
}

// UnitLoad is what a business unit can do on a day.
type UnitLoad struct {
	ID           int64
	BusinessUnit *domain.BusinessUnit
	Load         Load
	// Ask asks the source of truth for its own figures, once for all days and units. An error is for the caller to read.
	Ask  func(ctx context.Context) (map[domain.UnitDay]domain.UpstreamCapacity, error)
	date time.Time
}

// TeamLoad is what a team can do on a day.
type TeamLoad struct {
	Team string
	Load Load
}

// ZoneLoad is what the technicians of a zone can do on a day.
type ZoneLoad struct {
	ID   int64
	Zone *domain.Zone
	Load Load
}

// errSilent is why figures lack where ServiceTitan answers without them.
var errSilent = errors.New("ServiceTitan tells nothing of this business unit's day")

// said is what ServiceTitan itself says of the unit's day, or why it says nothing.
func (l *UnitLoad) said(ctx context.Context) (*domain.UpstreamCapacity, error) {
	said, err := l.Ask(ctx)
	if err != nil {
		return nil, err
	}
	if c, ok := said[domain.UnitDay{BusinessUnit: l.ID, Date: l.date}]; ok {
		return &c, nil
	}
	return nil, errSilent
}

// ServiceTitan is what ServiceTitan itself says of the unit's day; nil where it cannot be asked, or does not tell.
func (l *UnitLoad) ServiceTitan(ctx context.Context) *domain.UpstreamCapacity {
	c, _ := l.said(ctx) // ServiceTitanMissing tells of it
	return c
}

// ServiceTitanMissing says why ServiceTitan is nil; nil where it is not.
func (l *UnitLoad) ServiceTitanMissing(ctx context.Context) *string {
	if _, err := l.said(ctx); err != nil {
		return new(err.Error())
	}
	return nil
}

// Capacity sums the technicians' time by day, and by business unit, team and zone.
func Capacity(r *Rows, f Frame) []*CapacityDay {
	var units, zones []scheduling.Member[int64]
	var teams []scheduling.Member[string]
	for _, a := range r.agendas(f) {
		days, t := scheduling.Availability(a.time(), f.Hours, f.interval(), f.Zone), a.technician
		unit, team := scheduling.Member[int64]{Days: days}, scheduling.Member[string]{Days: days}
		if t.BusinessUnitID != nil {
			unit.Groups = []int64{int64(*t.BusinessUnitID)}
		}
		if name := cmp.Or(t.TeamName, new("")); *name != "" {
			team.Groups = []string{*name}
		}
		units, teams = append(units, unit), append(teams, team)
		zones = append(zones, scheduling.Member[int64]{Days: days, Groups: zonesOf(t)})
	}
	byUnit, byTeam, byZone := scheduling.Capacity(units), scheduling.Capacity(teams), scheduling.Capacity(zones)
	out := make([]*CapacityDay, len(byUnit))
	for i, d := range byUnit {
		day := &CapacityDay{Date: domain.Date{Time: d.Date}, Total: loadOf(d.Total), BusinessUnits: []*UnitLoad{}, Teams: []*TeamLoad{}, Zones: []*ZoneLoad{}}
		for _, g := range d.Groups {
			day.BusinessUnits = append(day.BusinessUnits, &UnitLoad{ID: g.Key, Load: loadOf(g.Load), date: d.Date})
		}
		for _, g := range byTeam[i].Groups {
			day.Teams = append(day.Teams, &TeamLoad{g.Key, loadOf(g.Load)})
		}
		for _, g := range byZone[i].Groups {
			day.Zones = append(day.Zones, &ZoneLoad{ID: g.Key, Load: loadOf(g.Load)})
		}
		out[i] = day
	}
	return out
}

// zonesOf are the zones that a technician serves, his main one and the others alike.
func zonesOf(t *domain.Technician) (ids []int64) {
	for _, id := range t.ZoneIDs {
		ids = append(ids, int64(id))
	}
	if t.MainZoneID != nil && !slices.Contains(ids, int64(*t.MainZoneID)) {
		ids = append(ids, int64(*t.MainZoneID))
	}
	return ids
}

// WholeDays is a span with the rest of its first and last day of the calendar. A plan needs the rows of whole days: whether
// business hours count depends on there being a shift at any time of the day.
func WholeDays(w domain.TimeWindow, zone *time.Location) domain.TimeWindow {
	end := w.End.In(zone)
	last := scheduling.WallTime(end, 0, zone)
	if last.Before(end) {
		last = scheduling.WallTime(time.Date(end.Year(), end.Month(), end.Day()+1, 0, 0, 0, 0, time.UTC), 0, zone)
	}
	return domain.TimeWindow{Start: scheduling.WallTime(w.Start.In(zone), 0, zone), End: last}
}

// DayOf is the day of a calendar as a span of time.
func DayOf(date domain.Date, zone *time.Location) domain.TimeWindow {
	return domain.TimeWindow{Start: scheduling.WallTime(date.Time, 0, zone), End: scheduling.WallTime(date.AddDate(0, 0, 1), 0, zone)}
}
