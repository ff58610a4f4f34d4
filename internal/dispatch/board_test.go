package dispatch_test

import (
	"fmt"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/dispatch"
	"lazilabs.com/lazi/internal/domain"
)

func ids(visits []*domain.Appointment) []int64 {
	out := []int64{}
	for _, v := range visits {
		out = append(out, v.STID)
	}
	return out
}

func TestBoardOf_byHand(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "Sample B", "Sample A", "Sample C")
	done := c.visit(t, "Done", "2026-03-11 08:00", "2026-03-11 10:00", 1)
	overdue := c.visit(t, "Dispatched", "2026-03-11 09:00", "2026-03-11 11:00", 1, 2)
	overdue.ArrivalWindowEnd = new(c.at(t, "2026-03-11 11:59"))
	inTime := c.visit(t, "Scheduled", "2026-03-11 10:00", "2026-03-11 11:00", 1)
	inTime.ArrivalWindowEnd = new(c.at(t, "2026-03-11 12:00")) // now: not past
	overnight := c.visit(t, "Working", "2026-03-10 22:00", "2026-03-11 09:00", 2)
	endless := c.visit(t, "Scheduled", "2026-03-11 11:00", "")
	held := c.visit(t, "Hold", "2026-03-11 08:00", "2026-03-11 09:00")
	c.visit(t, "Canceled", "2026-03-11 08:00", "2026-03-11 09:00", 1)
	c.visit(t, "Canceled", "2026-03-11 08:00", "2026-03-11 09:00")
	gone := c.visit(t, "Done", "2026-03-11 08:00", "2026-03-11 09:00")
	stateless := c.visit(t, "", "2026-03-11 14:00", "2026-03-11 15:00", 1)
	stateless.Status = nil
	second := c.assign(overdue, 1) // he was put on it once more
	date := domain.Date{Time: time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)}
	b := dispatch.BoardOf(&c.Rows, c.day(t, "12:00"), date)

	var lanes []string
	visits := map[string][]int64{}
	for _, l := range b.Lanes {
		lanes = append(lanes, fmt.Sprintf("%s: %d of %d", l.Technician.Name, l.BookedMinutes, l.CapacityMinutes))
		for _, v := range l.Visits {
			visits[l.Technician.Name] = append(visits[l.Technician.Name], v.Appointment.STID)
			if v.Late != (v.Appointment == overdue) {
				t.Errorf("visit %d late: %v", v.Appointment.STID, v.Late)
			}
			if v.Appointment == overdue && l.Technician.STID == 1 && v.Assignment != second {
				t.Errorf("assignment %d counts, not the newest", v.Assignment.STID)
			}
		}
	}
	diff(t, []string{"Sample A: 180 of 540", "Sample B: 240 of 540", "Sample C: 0 of 540"}, lanes)
	diff(t, map[string][]int64{
		"Sample A": {overnight.STID, overdue.STID},
		"Sample B": {done.STID, overdue.STID, inTime.STID, stateless.STID},
	}, visits)
	diff(t, []int64{held.STID, endless.STID}, ids(b.Unassigned)) // not what is done, by nobody: gone
	diff(t, []int64{endless.STID, overdue.STID}, ids(b.Late))    // by what was promised
	totals := map[string]int{}
	for _, total := range b.Totals {
		name := "none"
		if total.Status != nil {
			name = string(*total.Status)
		}
		totals[name] = total.Count
	}
	diff(t, map[string]int{"Done": 2, "Dispatched": 1, "Scheduled": 2, "Working": 1, "Hold": 1, "Canceled": 2, "none": 1}, totals)
	if gone.STID == 0 || len(b.Totals) != 7 {
		t.Errorf("totals %v", b.Totals)
	}
}

func TestOnDuty_keepsWhoeverHasAVisit(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "at work", "left with a visit", "left", "left with a visit that is called off")
	for _, gone := range c.Technicians[1:] {
		gone.Active = false
	}
	c.visit(t, "Scheduled", "2026-03-11 08:00", "2026-03-11 10:00", 2)
	c.visit(t, "Canceled", "2026-03-11 08:00", "2026-03-11 10:00", 4)
	c.OnDuty()
	var names []string
	for _, who := range c.Technicians {
		names = append(names, who.Name)
	}
	diff(t, []string{"at work", "left with a visit"}, names)
}

func TestNarrow_leavesOutWhatOnlyOthersDo(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "looked at", "another")
	c.Technicians = c.Technicians[:1]
	mine := c.visit(t, "Scheduled", "2026-03-11 08:00", "2026-03-11 10:00", 1)
	c.visit(t, "Scheduled", "2026-03-11 08:00", "2026-03-11 10:00", 2)
	both := c.visit(t, "Canceled", "2026-03-11 08:00", "2026-03-11 10:00", 2, 1)
	nobodys := c.visit(t, "Scheduled", "2026-03-11 08:00", "2026-03-11 10:00")
	c.Narrow()
	diff(t, []int64{mine.STID, both.STID, nobodys.STID}, ids(c.Visits))
}

func TestAlerts_byHand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		rows func(t *testing.T, c *company)
		want []string
	}{
		{"nothing is wrong", func(t *testing.T, c *company) {
			t.Helper()
			c.visit(t, "Done", "2026-03-11 08:00", "2026-03-11 10:00", 1)
			c.visit(t, "Dispatched", "2026-03-11 12:10", "2026-03-11 13:00", 1)
			c.visit(t, "Scheduled", "2026-03-11 13:00", "2026-03-11 14:00", 1) // it touches, and begins after more than half an hour
			c.visit(t, "Scheduled", "2026-03-11 14:01", "2026-03-11 15:00")    // more than two hours away
			c.visit(t, "Hold", "2026-03-11 09:00", "2026-03-11 10:00")
			c.visit(t, "Canceled", "2026-03-11 09:00", "2026-03-11 10:00", 1)
		}, nil},
		{"late, once for two technicians", func(t *testing.T, c *company) {
			t.Helper()
			c.visit(t, "Scheduled", "2026-03-11 09:00", "2026-03-11 10:00", 1, 2)
		}, []string{"LATE 101 1 nobody has begun, and it was promised for 09:00"}},
		{"late since yesterday", func(t *testing.T, c *company) {
			t.Helper()
			c.visit(t, "Dispatched", "2026-03-10 23:00", "2026-03-11 07:00", 1)
		}, []string{"LATE 101 1 nobody has begun, and it was promised for 2026-03-10 23:00"}},
		{"nobody's, soon and late", func(t *testing.T, c *company) {
			t.Helper()
			c.visit(t, "Scheduled", "2026-03-11 14:00", "2026-03-11 15:00")
			c.visit(t, "Scheduled", "2026-03-11 11:00", "2026-03-11 12:00")
		}, []string{
			"LATE 102 - nobody has begun, and it was promised for 11:00",
			"UNASSIGNED 102 - has no technician and is planned for 11:00",
			"UNASSIGNED 101 - has no technician and is planned for 14:00",
		}},
		{"of other technicians than those who are looked at", func(t *testing.T, c *company) {
			t.Helper()
			c.visit(t, "Scheduled", "2026-03-11 09:00", "2026-03-11 10:00", 99)
		}, nil},
		{"two visits at once, one of them without a length", func(t *testing.T, c *company) {
			t.Helper()
			c.visit(t, "Working", "2026-03-11 11:00", "2026-03-11 13:00", 1)
			c.visit(t, "Dispatched", "2026-03-11 12:30", "2026-03-11 12:30", 1)
			c.visit(t, "Done", "2026-03-11 11:00", "2026-03-11 13:00", 1)
		}, []string{"DOUBLE_BOOKED 103 1 overlaps another visit of the technician"}},
		{"off, in a meeting, gone", func(t *testing.T, c *company) {
			t.Helper()
			c.visit(t, "Dispatched", "2026-03-11 13:00", "2026-03-11 15:00", 1)
			c.shift(t, 1, "TimeOff", "2026-03-11 14:30", "2026-03-11 16:00")
			c.shift(t, 1, "TimeOff", "2026-03-11 15:00", "2026-03-11 17:00")
			c.meeting(t, 1, "2026-03-11 13:30", "2026-03-11 14:00")
			c.Technicians[1].Active = false
			c.visit(t, "Dispatched", "2026-03-11 13:00", "2026-03-11 15:00", 2)
		}, []string{
			"OFF_DUTY 101 1 the technician is off then",
			"OFF_DUTY 101 1 the technician does something else then",
			"OFF_DUTY 106 2 the technician no longer works here",
		}},
		{"nobody on the way, too much to do", func(t *testing.T, c *company) {
			t.Helper()
			c.shift(t, 1, "Normal", "2026-03-11 12:00", "2026-03-11 14:00")
			c.visit(t, "Scheduled", "2026-03-11 12:30", "2026-03-11 15:00", 1)
		}, []string{"NOT_DISPATCHED 102 1 begins at 12:30 and nobody is on the way", "OVERLOADED - 1 visits take 150 minutes, he works 120"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t, "Sample A", "Sample B")
			tt.rows(t, c)
			var got []string
			for _, a := range dispatch.Alerts(&c.Rows, c.day(t, "12:00")) {
				visit, who := "-", "-"
				if a.Appointment != nil {
					visit = fmt.Sprint(a.Appointment.STID)
				}
				if a.Technician != nil {
					who = fmt.Sprint(a.Technician.STID)
				}
				got = append(got, fmt.Sprintf("%s %s %s %s", a.Code, visit, who, a.Message))
			}
			diff(t, tt.want, got)
		})
	}
}

func TestSchedules_holdAllInOrder(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "Sample A", "Sample B")
	shift := c.shift(t, 1, "Normal", "2026-03-11 08:00", "2026-03-11 17:00")
	v := c.visit(t, "Scheduled", "2026-03-11 07:00", "", 1)
	c.visit(t, "Canceled", "2026-03-11 09:00", "2026-03-11 10:00", 1)
	c.meeting(t, 1, "2026-03-11 16:00", "2026-03-11 17:00")
	got := dispatch.Schedules(&c.Rows, c.day(t, "06:00"))
	diff(t, 0, len(got[2]))
	if e := got[1]; len(e) != 3 || e[0].Appointment != v || e[1].Shift != shift || e[2].NonJobAppointment == nil {
		t.Fatalf("schedule %+v", e)
	}
	diff(t, c.walls([]domain.TimeWindow{c.window(t, "2026-03-11 07:00", "2026-03-11 07:00")}), c.walls([]domain.TimeWindow{got[1][0].During}))
}
