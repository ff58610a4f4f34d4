package dispatch_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/dispatch"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
)

// company is a made-up company in Denver, whose rows a test adds one by one. Technicians have the ids 1, 2, …
type company struct {
	dispatch.Rows
	zone   *time.Location
	lastID int64
}

func newCompany(t *testing.T, technicians ...string) *company {
	t.Helper()
	zone, err := time.LoadLocation("America/Denver")
	if err != nil {
		t.Fatal(err)
	}
	c := &company{zone: zone, lastID: 100}
	for i, name := range technicians {
		c.Technicians = append(c.Technicians, &domain.Technician{Record: record(int64(i + 1)), Name: name})
	}
	return c
}

func record(id int64) domain.Record { return domain.Record{STID: id, Active: true} }

// at is a time by the company's clocks: "2026-03-08 09:00".
func (c *company) at(t *testing.T, wall string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, c.zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (c *company) window(t *testing.T, from, until string) domain.TimeWindow {
	t.Helper()
	return domain.TimeWindow{Start: c.at(t, from), End: c.at(t, until)}
}

func (c *company) next() domain.Record {
	c.lastID++
	return record(c.lastID)
}

// shift adds a shift of a type.
func (c *company) shift(t *testing.T, technician int64, kind domain.ShiftType, from, until string) *domain.TechnicianShift {
	t.Helper()
	s := &domain.TechnicianShift{
		Record: c.next(), TechnicianID: new(domain.ID[domain.Technician](technician)), Type: &kind,
		Start: new(c.at(t, from)), End: new(c.at(t, until)),
	}
	c.Shifts = append(c.Shifts, s)
	return s
}

func (c *company) meeting(t *testing.T, technician int64, from, until string) {
	t.Helper()
	c.NonJobs = append(c.NonJobs, &domain.NonJobAppointment{
		Record: c.next(), TechnicianID: new(domain.ID[domain.Technician](technician)), Start: new(c.at(t, from)), End: new(c.at(t, until)),
	})
}

// visit adds an appointment of technicians; until may be "".
func (c *company) visit(t *testing.T, status domain.AppointmentStatus, from, until string, technicians ...int64) *domain.Appointment {
	t.Helper()
	v := &domain.Appointment{Record: c.next(), Status: &status, Start: new(c.at(t, from))}
	v.JobID = new(domain.ID[domain.Job](v.STID))
	if until != "" {
		v.End = new(c.at(t, until))
	}
	c.Visits = append(c.Visits, v)
	for _, technician := range technicians {
		c.assign(v, technician)
	}
	return v
}

func (c *company) assign(v *domain.Appointment, technician int64) *domain.AppointmentAssignment {
	a := &domain.AppointmentAssignment{
		Record: c.next(), AppointmentID: new(domain.ID[domain.Appointment](v.STID)), TechnicianID: new(domain.ID[domain.Technician](technician)),
	}
	c.Assignments = append(c.Assignments, a)
	return a
}

// frame looks at a span at a moment. The company is open from eight to five on every day.
func (c *company) frame(t *testing.T, now, from, until string) dispatch.Frame {
	t.Helper()
	f := dispatch.Frame{Within: c.window(t, from, until), Zone: c.zone, Now: c.at(t, now), Hours: map[time.Weekday][]scheduling.Hours{}}
	for day := time.Sunday; day <= time.Saturday; day++ {
		f.Hours[day] = []scheduling.Hours{{From: 8 * time.Hour, Until: 17 * time.Hour}}
	}
	return f
}

// day looks at 11 March 2026, a Wednesday, at a time of it.
func (c *company) day(t *testing.T, clock string) dispatch.Frame {
	t.Helper()
	return c.frame(t, "2026-03-11 "+clock, "2026-03-11 00:00", "2026-03-12 00:00")
}

// walls are spans by the company's clocks.
func (c *company) walls(spans []domain.TimeWindow) []string {
	out := []string{}
	for _, s := range spans {
		out = append(out, s.Start.In(c.zone).Format("01-02 15:04")+" to "+s.End.In(c.zone).Format("01-02 15:04"))
	}
	return out
}

func diff(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestClash(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	long := c.window(t, "2026-03-11 08:00", "2026-03-11 10:00")
	moment := func(wall string) domain.TimeWindow { return c.window(t, "2026-03-11 "+wall, "2026-03-11 "+wall) }
	for _, tt := range []struct {
		name  string
		other domain.TimeWindow
		want  bool
	}{
		{"the same", long, true},
		{"overlaps", c.window(t, "2026-03-11 09:59", "2026-03-11 11:00"), true},
		{"is inside", c.window(t, "2026-03-11 08:30", "2026-03-11 09:00"), true},
		{"touches the end", c.window(t, "2026-03-11 10:00", "2026-03-11 11:00"), false},
		{"touches the start", c.window(t, "2026-03-11 07:00", "2026-03-11 08:00"), false},
		{"moment inside", moment("09:00"), true},
		{"moment at the start", moment("08:00"), true},
		{"moment at the end", moment("10:00"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := dispatch.Clash(long, tt.other); got != tt.want {
				t.Errorf("clash: %v", got)
			}
			if got := dispatch.Clash(tt.other, long); got != tt.want {
				t.Errorf("the other way round: %v", got)
			}
		})
	}
	if !dispatch.Clash(moment("09:00"), moment("09:00")) || dispatch.Clash(moment("09:00"), moment("09:01")) {
		t.Error("moments clash when they are the same")
	}
}

func TestWholeDays(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for _, tt := range []struct{ name, from, until, wantFrom, wantUntil string }{
		{"part of a day", "2026-03-11 13:00", "2026-03-11 14:00", "2026-03-11 00:00", "2026-03-12 00:00"},
		{"whole days stay", "2026-03-11 00:00", "2026-03-13 00:00", "2026-03-11 00:00", "2026-03-13 00:00"},
		{"over the change of the clocks", "2026-03-07 23:00", "2026-03-08 03:30", "2026-03-07 00:00", "2026-03-09 00:00"},
		{"at the end of a month", "2026-10-31 22:00", "2026-10-31 23:00", "2026-10-31 00:00", "2026-11-01 00:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			diff(t, c.walls([]domain.TimeWindow{c.window(t, tt.wantFrom, tt.wantUntil)}),
				c.walls([]domain.TimeWindow{dispatch.WholeDays(c.window(t, tt.from, tt.until), c.zone)}))
		})
	}
}

func TestDayOf_changesOfTheClocks(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for date, want := range map[string]float64{"2026-03-07": 24, "2026-03-08": 23, "2026-11-01": 25} {
		at, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		day := dispatch.DayOf(domain.Date{Time: at}, c.zone)
		if got := day.End.Sub(day.Start).Hours(); got != want {
			t.Errorf("%s has %v hours, want %v", date, got, want)
		}
	}
}
