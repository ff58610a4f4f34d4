package scheduling_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/scheduling"
)

// A degree north is 111.195 km, hence 111 minutes.
var (
	travel = scheduling.GreatCircle{KMPerHour: 60}
	origin = scheduling.Point{}
	north  = scheduling.Point{Latitude: 0.3} // 33 minutes away
)

// weekdays are business hours of 8 to 17, seven days a week.
func weekdays() map[time.Weekday][]scheduling.Hours {
	business := map[time.Weekday][]scheduling.Hours{}
	for day := range 7 {
		business[time.Weekday(day)] = []scheduling.Hours{{From: 8 * time.Hour, Until: 17 * time.Hour}}
	}
	return business
}

// setupSlots is a request for two hours on June 1st, 2026, in UTC, and someone who can do it; noon is of that day.
func setupSlots() (scheduling.SlotRequest, scheduling.Candidate) {
	day := scheduling.Interval{Start: noon.Add(-12 * time.Hour), End: noon.Add(12 * time.Hour)}
	req := scheduling.SlotRequest{
		Within: day, Duration: 2 * time.Hour, Step: time.Hour, Zone: time.UTC, ZoneID: 7, Place: &origin, Travel: travel, MaxResults: 1,
	}
	return req, scheduling.Candidate{ID: 1, Active: true, ZoneIDs: []int64{3, 7}, Business: weekdays()}
}

func TestSlots_scoreIsExplained(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*scheduling.SlotRequest, *scheduling.Candidate)
		total  float64
		want   [3]scheduling.ScorePart
	}{
		{"after a job", func(_ *scheduling.SlotRequest, c *scheduling.Candidate) {
			c.Jobs = []scheduling.Booking{{Interval: span(-240, 0), JobID: 5, Place: &north}}
		}, 20 + 83.5 + 40, [3]scheduling.ScorePart{
			{Name: "zone", Points: 20, Reason: "serves zone 7"},
			{Name: "travel", Points: 83.5, Reason: "33 minutes from the job before"},
			{Name: "workload", Points: 40, Reason: "1 job that day"},
		}},
		{"first job of the day", func(*scheduling.SlotRequest, *scheduling.Candidate) {}, 70, [3]scheduling.ScorePart{
			{Name: "zone", Points: 20, Reason: "serves zone 7"},
			{Name: "travel", Reason: "no job before it that day"},
			{Name: "workload", Points: 50, Reason: "0 jobs that day"},
		}},
		{"another zone, far away, two jobs in three visits, one of them empty", func(_ *scheduling.SlotRequest, c *scheduling.Candidate) {
			c.ZoneIDs = nil
			c.Jobs = []scheduling.Booking{
				{Interval: span(-240, 0), JobID: 5, Place: &north},
				{Interval: span(240, 300), JobID: 5, Place: &north},
				{Interval: span(0, 0), JobID: 6, Place: &scheduling.Point{Latitude: 10}},
			}
		}, 30, [3]scheduling.ScorePart{
			{Name: "zone", Reason: "does not serve zone 7"},
			{Name: "travel", Reason: "1112 minutes from the job before"},
			{Name: "workload", Points: 30, Reason: "2 jobs that day"},
		}},
		{"the job before is nowhere", func(r *scheduling.SlotRequest, c *scheduling.Candidate) {
			r.ZoneID = 0
			c.Jobs = []scheduling.Booking{{Interval: span(-240, 0), JobID: 5}}
		}, 40, [3]scheduling.ScorePart{
			{Name: "zone", Reason: "no zone was asked for"},
			{Name: "travel", Reason: "the place of the job before is not known"},
			{Name: "workload", Points: 40, Reason: "1 job that day"},
		}},
		{"the visit is nowhere", func(r *scheduling.SlotRequest, c *scheduling.Candidate) {
			r.Place = nil
			c.Jobs = []scheduling.Booking{{Interval: span(-240, 0), JobID: 5, Place: &north}}
		}, 60, [3]scheduling.ScorePart{
			{Name: "zone", Points: 20, Reason: "serves zone 7"},
			{Name: "travel", Reason: "the place of the visit is not known"},
			{Name: "workload", Points: 40, Reason: "1 job that day"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, who := setupSlots()
			tt.change(&req, &who)
			slots, rejected, err := scheduling.Slots(t.Context(), req, []scheduling.Candidate{who})
			if err != nil || len(slots) != 1 || rejected != nil {
				t.Fatalf("got %v, %v, %v", slots, rejected, err)
			}
			want := scheduling.Score{Total: tt.total, Parts: tt.want[:]}
			if diff := cmp.Diff(want, slots[0].Score); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSlots_rejectionIsExplained(t *testing.T) {
	t.Parallel()
	lastOfMay := time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		change func(*scheduling.SlotRequest, *scheduling.Candidate)
		want   string
	}{
		{"inactive", func(_ *scheduling.SlotRequest, c *scheduling.Candidate) { c.Active = false }, "is not active"},
		{"zone", func(r *scheduling.SlotRequest, c *scheduling.Candidate) { r.ZoneRequired, c.ZoneIDs = true, nil }, "does not serve zone 7"},
		{"skill", func(r *scheduling.SlotRequest, c *scheduling.Candidate) {
			r.Skills, c.Skills = []string{"water", "gas"}, []scheduling.Skill{{ID: "water"}}
		}, "lacks the skill gas"},
		{"expired skill", func(r *scheduling.SlotRequest, c *scheduling.Candidate) {
			r.Skills, c.Skills = []string{"gas"}, []scheduling.Skill{{ID: "gas", Expires: lastOfMay}}
		}, "held the skill gas until 2026-05-31"},
		{"off", func(_ *scheduling.SlotRequest, c *scheduling.Candidate) { c.Off = spans([2]int{-300, 300}) }, "does not work in that time"},
		{"booked", func(_ *scheduling.SlotRequest, c *scheduling.Candidate) { c.Booked = spans([2]int{-300, 300}) }, "is fully booked in that time"},
		{"booked by jobs", func(_ *scheduling.SlotRequest, c *scheduling.Candidate) {
			c.Jobs = []scheduling.Booking{{Interval: span(-300, 300)}}
		}, "is fully booked in that time"},
		{"torn", func(_ *scheduling.SlotRequest, c *scheduling.Candidate) {
			c.Booked = spans([2]int{-220, 0}, [2]int{119, 300})
		}, "is not free for 120 minutes in one piece"},
		{"between starts", func(_ *scheduling.SlotRequest, c *scheduling.Candidate) {
			c.Booked = spans([2]int{-240, 10}, [2]int{130, 300})
		}, "is free, but at none of the starts that are offered"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, who := setupSlots()
			tt.change(&req, &who)
			slots, rejected, err := scheduling.Slots(t.Context(), req, []scheduling.Candidate{who})
			if err != nil || len(slots) != 0 {
				t.Fatalf("got %v, %v", slots, err)
			}
			if diff := cmp.Diff([]scheduling.Rejection{{TechnicianID: 1, Reason: tt.want}}, rejected); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSlots_times(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*scheduling.SlotRequest, *scheduling.Candidate)
		want   []string // start, and window if there is one
	}{
		{"the hours are kept", func(*scheduling.SlotRequest, *scheduling.Candidate) {}, []string{"08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00"}},
		{"at most two of one technician", func(r *scheduling.SlotRequest, _ *scheduling.Candidate) { r.PerTechnician = 2 }, []string{"08:00", "09:00"}},
		{"at most three in all", func(r *scheduling.SlotRequest, _ *scheduling.Candidate) { r.MaxResults = 3 }, []string{"08:00", "09:00", "10:00"}},
		{"the first window that holds the start", func(r *scheduling.SlotRequest, _ *scheduling.Candidate) {
			r.ArrivalWindows = []scheduling.Hours{{From: 13 * time.Hour, Until: 14 * time.Hour}, {From: 12 * time.Hour, Until: 15 * time.Hour}}
		}, []string{"12:00 12:00-15:00", "13:00 13:00-14:00", "14:00 12:00-15:00"}},
		{"the whole visit is within", func(r *scheduling.SlotRequest, _ *scheduling.Candidate) { r.Within = span(0, 180) }, []string{"12:00", "13:00"}},
		{"a shift runs past midnight", func(r *scheduling.SlotRequest, c *scheduling.Candidate) {
			r.Within.End, c.Shifts, c.Business = r.Within.End.AddDate(0, 0, 1), spans([2]int{600, 840}), nil
		}, []string{"22:00", "23:00", "00:00"}},
		{"a skill lasts through its date", func(r *scheduling.SlotRequest, c *scheduling.Candidate) {
			r.Within.End, c.Shifts, c.Business = r.Within.End.AddDate(0, 0, 1), spans([2]int{540, 840}), nil
			r.Skills, c.Skills = []string{"gas"}, []scheduling.Skill{{ID: "gas", Expires: noon}, {ID: "gas", Expires: noon.AddDate(0, -1, 0)}}
		}, []string{"21:00", "22:00"}},
		{"a step that does not divide the day begins anew at midnight", func(r *scheduling.SlotRequest, c *scheduling.Candidate) {
			r.Step, r.Within.End = 7*time.Hour, r.Within.End.AddDate(0, 0, 1)
			c.Business, c.Shifts = nil, spans([2]int{-720, 2160})
		}, []string{"00:00", "07:00", "14:00", "21:00", "00:00", "07:00", "14:00", "21:00"}},
		{"a quarter of an hour unless told", func(r *scheduling.SlotRequest, _ *scheduling.Candidate) { r.Step, r.Within = 0, span(10, 160) }, []string{"12:15", "12:30"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, who := setupSlots()
			req.MaxResults = 0
			tt.change(&req, &who)
			slots, _, err := scheduling.Slots(t.Context(), req, []scheduling.Candidate{who})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range slots {
				text := s.Start.Format("15:04")
				if !s.Window.Empty() {
					text += s.Window.Start.Format(" 15:04-") + s.Window.End.Format("15:04")
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSlots_jobBefore asks for a visit at noon. A tenth of a degree is 11 minutes away.
func TestSlots_jobBefore(t *testing.T) {
	t.Parallel()
	job := func(id int64, at scheduling.Interval, tenths float64) scheduling.Booking {
		return scheduling.Booking{Interval: at, JobID: id, Place: &scheduling.Point{Latitude: tenths / 10}}
	}
	tests := []struct {
		name string
		jobs []scheduling.Booking
		want [2]string
	}{
		{"ended at midnight", []scheduling.Booking{job(1, span(-780, -720), 1)}, [2]string{"no job before it that day", "0 jobs that day"}},
		{"ended after midnight", []scheduling.Booking{job(1, span(-780, -719), 1)}, [2]string{"11 minutes from the job before", "1 job that day"}},
		{"later that day", []scheduling.Booking{job(1, span(120, 180), 1)}, [2]string{"no job before it that day", "1 job that day"}},
		{"at the next midnight", []scheduling.Booking{job(1, span(720, 720), 1)}, [2]string{"no job before it that day", "0 jobs that day"}},
		{"two that end together: the later start", []scheduling.Booking{job(1, span(-60, 0), 1), job(2, span(-90, 0), 2)}, [2]string{"11 minutes from the job before", "2 jobs that day"}},
		{"same times: the higher id", []scheduling.Booking{job(2, span(-60, 0), 1), job(1, span(-60, 0), 2)}, [2]string{"11 minutes from the job before", "2 jobs that day"}},
		{"backwards is empty, at its start", []scheduling.Booking{job(1, span(0, -300), 1), job(2, span(-60, -30), 2)}, [2]string{"11 minutes from the job before", "2 jobs that day"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, who := setupSlots()
			req.Within, who.Jobs = span(0, 120), tt.jobs
			slots, _, err := scheduling.Slots(t.Context(), req, []scheduling.Candidate{who})
			if err != nil || len(slots) != 1 {
				t.Fatalf("got %v, %v", slots, err)
			}
			parts := slots[0].Score.Parts
			if diff := cmp.Diff(tt.want, [2]string{parts[1].Reason, parts[2].Reason}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSlots_changeOfClocks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, zone, date string
		step             time.Duration
		want             []string // up to 04:00
	}{
		{"an hour is skipped", "America/New_York", "2026-03-08", 50 * time.Minute, []string{"00:00", "00:50", "01:40", "03:20"}},
		{"an hour comes twice", "Europe/Berlin", "2026-10-25", 50 * time.Minute, []string{"00:00", "00:50", "01:40", "02:30", "02:30", "03:20"}},
		{"half an hour comes twice", "Australia/Lord_Howe", "2026-04-05", 30 * time.Minute, []string{"00:00", "00:30", "01:00", "01:30", "01:30", "02:00", "02:30", "03:00", "03:30"}},
		{"midnight is skipped", "America/Sao_Paulo", "2018-11-04", 50 * time.Minute, []string{"01:40", "02:30", "03:20"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req, who := setupSlots()
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			date, err := time.Parse(time.DateOnly, tt.date)
			if err != nil {
				t.Fatal(err)
			}
			req.Within = scheduling.Interval{Start: scheduling.WallTime(date, 0, zone), End: scheduling.WallTime(date, 4*time.Hour, zone)}
			req.Zone, req.Step, req.Duration, req.MaxResults = zone, tt.step, time.Minute, 0
			who.Shifts = []scheduling.Interval{req.Within}
			slots, _, err := scheduling.Slots(t.Context(), req, []scheduling.Candidate{who})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range slots {
				got = append(got, s.Start.Format("15:04"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSlots_rank(t *testing.T) {
	t.Parallel()
	req, one := setupSlots()
	req.MaxResults, req.PerTechnician = 5, 2
	two, three := one, one
	two.ID, three.ID, one.ZoneIDs = 2, 3, nil
	slots, _, err := scheduling.Slots(t.Context(), req, []scheduling.Candidate{one, three, two})
	if err != nil {
		t.Fatal(err)
	}
	type rank struct {
		Technician int64
		Hour       int
	}
	var got []rank
	for _, s := range slots {
		got = append(got, rank{s.TechnicianID, s.Start.Hour()})
	}
	if diff := cmp.Diff([]rank{{2, 8}, {3, 8}, {2, 9}, {3, 9}, {1, 8}}, got); diff != "" {
		t.Errorf("score, then start, then technician (-want +got):\n%s", diff)
	}
}

type closedRoads struct{}

var errClosed = errors.New("closed")

func (closedRoads) Between(context.Context, scheduling.Point, scheduling.Point) (time.Duration, error) {
	return 0, errClosed
}

func TestSlots_errorOfTravel(t *testing.T) {
	t.Parallel()
	req, who := setupSlots()
	req.Travel = closedRoads{}
	who.Jobs = []scheduling.Booking{{Interval: span(0, 60), JobID: 5, Place: &north}}
	if _, _, err := scheduling.Slots(t.Context(), req, []scheduling.Candidate{who}); !errors.Is(err, errClosed) {
		t.Errorf("got %v, want %v", err, errClosed)
	}
}

// BenchmarkSlots asks for the best 100 slots of 50 technicians with six jobs a day, at 15-minute steps, in 14 days that hold a
// change of the clocks.
func BenchmarkSlots(b *testing.B) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		b.Fatal(err)
	}
	from := time.Date(2026, 10, 26, 0, 0, 0, 0, zone)
	candidates := make([]scheduling.Candidate, 50)
	for i := range candidates {
		c := scheduling.Candidate{ID: int64(i), Active: true, Skills: []scheduling.Skill{{ID: "gas"}}, ZoneIDs: []int64{int64(i % 5)}, Business: weekdays()}
		for job := range 14 * 6 {
			day, visit := job/6, job%6
			start := from.AddDate(0, 0, day).Add(time.Duration(8*60+90*visit+i) * time.Minute)
			place := scheduling.Point{Latitude: 40 + float64(visit)/10, Longitude: -75 + float64(i)/100}
			c.Jobs = append(c.Jobs, scheduling.Booking{Interval: scheduling.Interval{Start: start, End: start.Add(time.Hour)}, JobID: int64(job), Place: &place})
		}
		candidates[i] = c
	}
	req := scheduling.SlotRequest{
		Within: scheduling.Interval{Start: from, End: from.AddDate(0, 0, 14)}, Duration: 30 * time.Minute, Zone: zone, Skills: []string{"gas"},
		ZoneID: 3, Place: &scheduling.Point{Latitude: 40, Longitude: -75}, Travel: travel, MaxResults: 100,
	}
	for name, jobs := range map[string]int{"busy": 14 * 6, "idle": 0} {
		b.Run(name, func(b *testing.B) {
			these := make([]scheduling.Candidate, len(candidates))
			for i, c := range candidates {
				c.Jobs = c.Jobs[:jobs]
				these[i] = c
			}
			b.ReportAllocs()
			for b.Loop() {
				if slots, _, err := scheduling.Slots(b.Context(), req, these); err != nil || len(slots) != 100 {
					b.Fatal(len(slots), err)
				}
			}
		})
	}
}
