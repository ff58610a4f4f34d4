package simulator

import (
	"fmt"
	"time"
)

// The days around the anchor for which technicians' time is planned.
const firstPlanned, lastPlanned = -7, 21

// technicianTime makes the shifts and the non-job appointments of those who work here.
func (g *generator) technicianTime() {
	technicians := g.made["Technician"][:g.Sizes.Technicians]
	for i, technician := range technicians {
		for day := firstPlanned; day <= lastPlanned; day++ {
			g.shift(g.dice("TechnicianShift", i*(lastPlanned-firstPlanned+1)+day-firstPlanned), technician, day)
		}
	}
	for i, technician := range technicians {
		for n := range len(errands) {
			g.errand(g.dice("NonJobAppointment", i*len(errands)+n), technician, n)
		}
	}
}

// shift plans a technician's day: work from Monday to Friday, now and then a day off, and some weekends on call. On the
// anchor day, whose board is full, everybody works.
func (g *generator) shift(d dice, technician int64, day int) {
	date := g.anchor.AddDate(0, 0, day)
	given := map[string]any{
		"technicianId": technician, "shiftType": "Normal", "title": "Sample Shift", "note": optional(d, 15, fmt.Sprintf("Sample note %d", d.IntN(9))),
		"timesheetCodeId": optional(d, 30, 1+d.Int64N(4)), "active": day == 0 || !d.one(30),
	}
	begins, ends := 14, 23 // eight to five in Denver
	if d.one(8) {
		begins, ends = 13, 24
	}
	switch weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday; {
	case weekend && day != 0:
		if !d.one(6) {
			return
		}
		given["shiftType"], given["title"] = "OnCall", "Sample On call"
		ends = begins + 24
	case day != 0 && d.one(20):
		given["shiftType"], given["title"] = "TimeOff", "Sample Time off"
	}
	given["start"], given["end"] = hours(date, begins), hours(date, ends)
	g.put(d, "TechnicianShift", g.id(), given)
}

func hours(date time.Time, n int) moment { return moment(date.Add(time.Duration(n) * time.Hour)) }

// errands are what keeps technicians from jobs, by the hour at which it begins and its length as .NET writes it.
var errands = []struct {
	name, lasts string
	begins      int
	allDay      bool
}{
	{"Sample Lunch meeting", "01:00:00", 18, false},
	{"Sample Training", "1.02:00:00", 14, false},
	{"Sample Van service", "00:45:30.5000000", 15, false},
	{"Sample Conference", "1.00:00:00", 6, true}, // midnight in Denver
}

// errand gives most technicians one of each, on some day.
func (g *generator) errand(d dice, technician int64, n int) {
	if !d.percent(70) {
		return
	}
	e := errands[n]
	date := g.anchor.AddDate(0, 0, firstPlanned+d.IntN(lastPlanned-firstPlanned+1))
	g.put(d, "NonJobAppointment", g.id(), map[string]any{
		"technicianId": technician, "start": hours(date, e.begins), "name": e.name, "duration": e.lasts, "timesheetCodeId": 1 + d.Int64N(4),
		"summary": pick(d, []any{"", "Sample summary"}), "clearDispatchBoard": d.one(5), "clearTechnicianView": d.one(5),
		"removeTechnicianFromCapacityPlanning": d.percent(80), "allDay": e.allDay, "showOnTechnicianSchedule": d.percent(80), "active": !d.one(12),
	})
}
