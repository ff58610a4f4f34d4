package dispatch

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
)

const (
	// unassignedSoon is how long before its start a visit without a technician is alarming, and dispatchedBy how long before it
	// somebody should be on the way.
	unassignedSoon = 2 * time.Hour
	dispatchedBy   = 30 * time.Minute
)

// AlertCode says what an alert is about.
type AlertCode string

// The alerts, the most urgent first.
const (
	AlertLate          AlertCode = "LATE"
	AlertUnassigned    AlertCode = "UNASSIGNED"
	AlertDoubleBooked  AlertCode = "DOUBLE_BOOKED"
	AlertOffDuty       AlertCode = "OFF_DUTY"
	AlertNotDispatched AlertCode = "NOT_DISPATCHED"
	AlertOverloaded    AlertCode = "OVERLOADED"
)

// alertCodes are in the order in which alerts are shown.
var alertCodes = []AlertCode{AlertLate, AlertUnassigned, AlertDoubleBooked, AlertOffDuty, AlertNotDispatched, AlertOverloaded}

// MarshalGQL writes the enum value.
func (c AlertCode) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(c))) }

// UnmarshalGQL reads the enum value.
func (c *AlertCode) UnmarshalGQL(v any) error {
	s, _ := v.(string)
	if *c = AlertCode(s); !slices.Contains(alertCodes, *c) {
		return domain.Invalid("value", "%.40q is no alert", s)
	}
	return nil
}

// Alert is something that a dispatcher should look at.
type Alert struct {
	Code        AlertCode
	Message     string
	Appointment *domain.Appointment
	Technician  *domain.Technician
}

// Alerts are what a dispatcher should look at, the most urgent first, those of a sort by start.
func Alerts(r *Rows, f Frame) []*Alert {
	out := []*Alert{}
	add := func(code AlertCode, v *domain.Appointment, t *domain.Technician, format string, args ...any) {
		out = append(out, &Alert{Code: code, Message: fmt.Sprintf(format, args...), Appointment: v, Technician: t})
	}
	for _, v := range r.unassigned() {
		if !waits(v) {
			continue // what is on hold needs nobody yet
		}
		if v.Start.Sub(f.Now) <= unassignedSoon {
			add(AlertUnassigned, v, nil, "has no technician and is planned for %s", f.clock(*v.Start))
		}
		if late(v, f.Now) {
			add(AlertLate, v, nil, "nobody has begun, and it was promised for %s", f.clock(promised(v)))
		}
	}
	seen := map[*domain.Appointment]bool{}
	for _, a := range r.agendas(f) {
		for i, v := range a.visits {
			if !seen[v.Appointment] {
				seen[v.Appointment] = true
				a.watch(v, f, add)
			}
			a.clashes(i, add)
		}
		a.overload(f, add)
	}
	slices.SortStableFunc(out, func(x, y *Alert) int {
		if d := slices.Index(alertCodes, x.Code) - slices.Index(alertCodes, y.Code); d != 0 {
			return d
		}
		if x.Appointment == nil || y.Appointment == nil {
			return 0
		}
		return byStart(x.Appointment, y.Appointment)
	})
	return out
}

type adder func(code AlertCode, v *domain.Appointment, t *domain.Technician, format string, args ...any)

// watch tells of a visit that is late, or that nobody is on the way to.
func (a *agenda) watch(v *Visit, f Frame, add adder) {
	switch {
	case v.Late:
		add(AlertLate, v.Appointment, a.technician, "nobody has begun, and it was promised for %s", f.clock(promised(v.Appointment)))
	case statusOf(v.Appointment) == scheduled && v.Appointment.Start.After(f.Now) && v.Appointment.Start.Sub(f.Now) <= dispatchedBy:
		add(AlertNotDispatched, v.Appointment, a.technician, "begins at %s and nobody is on the way", f.clock(*v.Appointment.Start))
	}
}

// clashes tells what else the technician does during one of his visits: later visits, time off, and what is no job.
func (a *agenda) clashes(i int, add adder) {
	v := a.visits[i]
	if statusOf(v.Appointment) == done {
		return
	}
	at := spanOf(v.Appointment)
	if !a.technician.Active {
		add(AlertOffDuty, v.Appointment, a.technician, "the technician no longer works here")
	}
	for _, other := range a.visits[i+1:] {
		if statusOf(other.Appointment) != done && Clash(spanOf(other.Appointment), at) {
			add(AlertDoubleBooked, other.Appointment, a.technician, "overlaps another visit of the technician")
		}
	}
	for _, s := range a.shifts {
		if s.Type != nil && *s.Type == timeOff && Clash(*s.Scheduled(), at) {
			add(AlertOffDuty, v.Appointment, a.technician, "the technician is off then")
		}
	}
	for _, n := range a.nonJobs {
		if Clash(*n.Scheduled(), at) {
			add(AlertOffDuty, v.Appointment, a.technician, "the technician does something else then")
		}
	}
}

// overload tells that visits take more time than the technician works.
func (a *agenda) overload(f Frame, add adder) {
	t := a.time()
	var capacity time.Duration
	for _, d := range scheduling.Availability(t, f.Hours, f.interval(), f.Zone) {
		capacity += d.Capacity
	}
	var work time.Duration
	for _, b := range t.Booked {
		work += b.Intersect(f.interval()).Length()
	}
	if work > capacity {
		add(AlertOverloaded, nil, a.technician, "visits take %d minutes, he works %d", minutes(work), minutes(capacity))
	}
}

// clock is a time as the company's clocks show it, with the date where it is not the day that is looked at.
func (f Frame) clock(t time.Time) string {
	layout := "15:04"
	if !holds(f.Within, t) {
		layout = "2006-01-02 15:04"
	}
	return t.In(f.Zone).Format(layout)
}
