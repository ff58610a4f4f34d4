package scheduling_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lazilabs.com/lazi/internal/scheduling"
)

// TestSlots_matchMinutes compares slots, scores, order and rejections with a search that asks of each minute of each visit.
func TestSlots_matchMinutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone, eve := drawEve(t)
		req := drawRequest(t, zone, eve)
		ref := reference{req: req}
		for id := range int64(rapid.IntRange(1, 4).Draw(t, "technicians")) {
			// The ids are out of order on purpose.
			ref.try(drawCandidate(t, 9-id, eve))
		}
		wantSlots, wantRejected := ref.ranked(), ref.rejected
		slots, rejected, err := scheduling.Slots(t.Context(), req, ref.candidates)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(wantSlots, slots, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("slots (-want +got):\n%s", diff)
		}
		if diff := gocmp.Diff(wantRejected, rejected, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("rejected (-want +got):\n%s", diff)
		}
	})
}

func drawRequest(t *rapid.T, zone *time.Location, eve time.Time) scheduling.SlotRequest {
	start := eve.Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "from")) * time.Minute)
	req := scheduling.SlotRequest{
		Within:        scheduling.Interval{Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 48*60).Draw(t, "range")) * time.Minute)},
		Duration:      time.Duration(rapid.IntRange(1, 300).Draw(t, "duration")) * time.Minute,
		Step:          time.Duration(rapid.SampledFrom([]int{5, 15, 30, 50, 60, 420}).Draw(t, "step")) * time.Minute,
		Zone:          zone,
		Skills:        rapid.SampledFrom([][]string{nil, nil, {"gas"}, {"water", "gas"}}).Draw(t, "skills"),
		ZoneID:        rapid.Int64Range(0, 2).Draw(t, "zoneID"),
		MaxResults:    rapid.IntRange(0, 40).Draw(t, "max"),
		PerTechnician: rapid.IntRange(0, 20).Draw(t, "each"),
	}
	req.ZoneRequired = req.ZoneID != 0 && rapid.Bool().Draw(t, "zoneRequired")
	if req.Place = drawPlace(t); req.Place != nil {
		req.Travel = travel
	}
	for range rapid.IntRange(0, 2).Draw(t, "windows") {
		from := rapid.IntRange(0, 23*60).Draw(t, "opens")
		until := rapid.IntRange(from+1, 24*60).Draw(t, "closes")
		req.ArrivalWindows = append(req.ArrivalWindows, scheduling.Hours{From: time.Duration(from) * time.Minute, Until: time.Duration(until) * time.Minute})
	}
	return req
}

// hired is a candidate with the hours that he works on dates without shifts.
type hired struct {
	scheduling.Candidate
	open, until time.Duration
}

func drawCandidate(t *rapid.T, id int64, eve time.Time) hired {
	h := hired{Candidate: scheduling.Candidate{ID: id, Active: rapid.IntRange(0, 9).Draw(t, "active") > 0}}
	h.Shifts, h.Booked, h.Off = draw(t, "shifts", eve, 2), draw(t, "booked", eve, 1), draw(t, "off", eve, 1)
	h.open, h.until, h.Business = drawBusiness(t)
	h.ZoneIDs = rapid.SampledFrom([][]int64{nil, {1}, {2, 1}}).Draw(t, "zones")
	for _, skill := range []string{"gas", "gas", "water"} {
		switch days := rapid.IntRange(-2, 5).Draw(t, skill); {
		case days > 3:
			h.Skills = append(h.Skills, scheduling.Skill{ID: skill})
		case days > -2:
			expires := time.Date(eve.Year(), eve.Month(), eve.Day()+days, 0, 0, 0, 0, time.UTC)
			h.Skills = append(h.Skills, scheduling.Skill{ID: skill, Expires: expires})
		}
	}
	// By the half hour, so that jobs touch each other and midnight.
	halves := func(from, to int) *rapid.Generator[int] {
		return rapid.Map(rapid.IntRange(from, to), func(n int) int { return 30 * n })
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "jobs") {
		start := eve.Add(time.Duration(rapid.OneOf(halves(-48, 144), rapid.IntRange(-1440, 4320)).Draw(t, "start")) * time.Minute)
		// Most visits are short, some are empty, and some take days.
		length := rapid.OneOf(halves(-2, 4), rapid.IntRange(-10, 120), rapid.IntRange(0, 56*60)).Draw(t, "length")
		h.Jobs = append(h.Jobs, scheduling.Booking{
			Interval: scheduling.Interval{Start: start, End: start.Add(time.Duration(length) * time.Minute)},
			JobID:    int64(100*rapid.IntRange(0, 2).Draw(t, "job") + i/2), Place: drawPlace(t),
		})
	}
	return h
}

func drawPlace(t *rapid.T) *scheduling.Point {
	if rapid.IntRange(0, 3).Draw(t, "known") == 0 {
		return nil
	}
	// Few places, so that scores are often equal.
	return &scheduling.Point{Latitude: float64(rapid.IntRange(0, 3).Draw(t, "tenths")) / 10}
}

// reference finds slots one candidate after the other, minute by minute.
type reference struct {
	req        scheduling.SlotRequest
	candidates []scheduling.Candidate
	slots      []scheduling.Slot
	rejected   []scheduling.Rejection
}

func (r *reference) try(h hired) {
	r.candidates = append(r.candidates, h.Candidate)
	if reason := r.unfit(h); reason != "" {
		r.rejected = append(r.rejected, scheduling.Rejection{TechnicianID: h.ID, Reason: reason})
		return
	}
	tech := h.Technician
	for _, job := range h.Jobs {
		tech.Booked = append(slices.Clone(tech.Booked), job.Interval)
	}
	minutes := walk(tech, h.open, h.until, r.req.Within, r.req.Zone)
	var works, free, longest, run int
	for i, m := range minutes {
		minutes[i].works = m.works && r.expired(h, m.date) == ""
		run++
		if minutes[i].works {
			works++
		}
		if !minutes[i].works || m.booked {
			run = 0
			minutes[i].booked = true
		} else {
			free++
		}
		longest = max(longest, run)
	}
	found := r.offer(h, minutes)
	reason := ""
	switch length := int(r.req.Duration / time.Minute); {
	case works == 0:
		reason = "does not work in that time"
	case free == 0:
		reason = "is fully booked in that time"
	case longest < length && length == 1:
		reason = "is not free for 1 minute in one piece"
	case longest < length:
		reason = fmt.Sprintf("is not free for %d minutes in one piece", length)
	case !found:
		reason = "is free, but at none of the starts that are offered"
	}
	if reason != "" {
		r.rejected = append(r.rejected, scheduling.Rejection{TechnicianID: h.ID, Reason: reason})
	}
}

// unfit is why the candidate cannot even work in the first minute.
func (r *reference) unfit(h hired) string {
	switch {
	case !h.Active:
		return "is not active"
	case r.req.ZoneRequired && !slices.Contains(h.ZoneIDs, r.req.ZoneID):
		return fmt.Sprintf("does not serve zone %d", r.req.ZoneID)
	}
	return r.expired(h, walkedDate(r.req.Within.Start, r.req.Zone))
}

// expired is why the candidate is not trained on the date.
func (r *reference) expired(h hired, date string) string {
	for _, id := range r.req.Skills {
		last := ""
		for _, skill := range h.Skills {
			expires := skill.Expires.Format(time.DateOnly)
			if skill.Expires.IsZero() {
				expires = "9999"
			}
			if skill.ID == id {
				last = max(last, expires)
			}
		}
		switch {
		case last == "":
			return "lacks the skill " + id
		case last < date:
			return "held the skill " + id + " until " + last
		}
	}
	return ""
}

// offer tries each minute as the start of a visit. A minute that is booked here is one that the visit cannot have.
func (r *reference) offer(h hired, minutes []minute) (found bool) {
	length := int(r.req.Duration / time.Minute)
	var windows []latch
	for _, w := range r.req.ArrivalWindows {
		windows = append(windows, latch{from: w.From, until: w.Until, zone: r.req.Zone})
	}
	for i := -24 * 60; i < len(minutes); i++ {
		at := r.req.Within.Start.Add(time.Duration(i) * time.Minute)
		open := -1
		for w := range windows {
			if windows[w].holds(at) && open < 0 {
				open = w
			}
		}
		local := at.In(r.req.Zone)
		aligned := (local.Hour()*60+local.Minute())%int(r.req.Step/time.Minute) == 0
		if i < 0 || !aligned || (len(windows) > 0 && open < 0) || i+length > len(minutes) {
			continue
		}
		if slices.ContainsFunc(minutes[i:i+length], func(m minute) bool { return m.booked }) {
			continue
		}
		found = true
		slot := scheduling.Slot{TechnicianID: h.ID, Interval: scheduling.Interval{Start: at, End: at.Add(r.req.Duration)}, Score: r.score(h, at)}
		if open >= 0 {
			slot.Window = around(at, windows[open])
		}
		r.slots = append(r.slots, slot)
	}
	return found
}

// around is the window of the instant's date.
func around(at time.Time, window latch) scheduling.Interval {
	var i scheduling.Interval
	window.date = ""
	for m := at.Add(-26 * time.Hour); m.Before(at.Add(26 * time.Hour)); m = m.Add(time.Minute) {
		if window.holds(m) && walkedDate(m, window.zone) == walkedDate(at, window.zone) {
			if i.Start.IsZero() {
				i.Start = m
			}
			i.End = m.Add(time.Minute)
		}
	}
	return i
}

func (r *reference) score(h hired, at time.Time) scheduling.Score {
	jobs := map[int64]bool{}
	var before *scheduling.Booking
	var ended time.Time
	for i, job := range h.Jobs {
		end := job.End
		if job.Empty() {
			end = job.Start
		}
		if !r.sameDate(job, at) {
			continue
		}
		jobs[job.JobID] = true
		if end.After(at) {
			continue
		}
		if before == nil || cmp.Or(end.Compare(ended), job.Start.Compare(before.Start), cmp.Compare(job.JobID, before.JobID)) >= 0 {
			before, ended = &h.Jobs[i], end
		}
	}
	zone, way, load := scheduling.ScorePart{Name: "zone"}, scheduling.ScorePart{Name: "travel"}, scheduling.ScorePart{Name: "workload"}
	switch {
	case r.req.ZoneID == 0:
		zone.Reason = "no zone was asked for"
	case slices.Contains(h.ZoneIDs, r.req.ZoneID):
		zone.Points, zone.Reason = 20, fmt.Sprintf("serves zone %d", r.req.ZoneID)
	default:
		zone.Reason = fmt.Sprintf("does not serve zone %d", r.req.ZoneID)
	}
	switch {
	case r.req.Place == nil:
		way.Reason = "the place of the visit is not known"
	case before == nil:
		way.Reason = "no job before it that day"
	case before.Place == nil:
		way.Reason = "the place of the job before is not known"
	default:
		// The places are less than an hour apart, by tenths of a degree.
		tenths := int(10*max(before.Place.Latitude-r.req.Place.Latitude, r.req.Place.Latitude-before.Place.Latitude) + 0.5)
		minutes := []int{0, 11, 22, 33}[tenths]
		way.Points, way.Reason = 100-float64(minutes)/2, fmt.Sprintf("%d minutes from the job before", minutes)
	}
	load.Points, load.Reason = float64(max(0, 50-10*len(jobs))), fmt.Sprintf("%d jobs that day", len(jobs))
	if len(jobs) == 1 {
		load.Reason = "1 job that day"
	}
	return scheduling.Score{Total: zone.Points + way.Points + load.Points, Parts: []scheduling.ScorePart{zone, way, load}}
}

// sameDate reports whether a minute of the job, or its start if it has none, is on the date.
func (r *reference) sameDate(job scheduling.Booking, at time.Time) bool {
	date := walkedDate(at, r.req.Zone)
	same := job.Empty() && walkedDate(job.Start, r.req.Zone) == date
	for m := job.Start; m.Before(job.End); m = m.Add(30 * time.Minute) {
		same = same || walkedDate(m, r.req.Zone) == date
	}
	return same || !job.Empty() && walkedDate(job.End.Add(-time.Minute), r.req.Zone) == date
}

// ranked sorts everything, and only then applies the limits.
func (r *reference) ranked() []scheduling.Slot {
	slices.SortFunc(r.slots, func(a, b scheduling.Slot) int {
		return cmp.Or(cmp.Compare(b.Score.Total, a.Score.Total), a.Start.Compare(b.Start), cmp.Compare(a.TechnicianID, b.TechnicianID))
	})
	each := map[int64]int{}
	var kept []scheduling.Slot
	for _, s := range r.slots {
		each[s.TechnicianID]++
		if (r.req.PerTechnician == 0 || each[s.TechnicianID] <= r.req.PerTechnician) && (r.req.MaxResults == 0 || len(kept) < r.req.MaxResults) {
			kept = append(kept, s)
		}
	}
	return kept
}
