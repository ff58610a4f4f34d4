package scheduling

import (
	"fmt"
	"time"
)

// Score tells how well a slot fits, and why.
type Score struct {
	// Total is the sum of the parts, from 0 to 170.
	Total float64
	// Parts are zone, travel and workload, in this order, also where they give no points.
	Parts []ScorePart
}

// ScorePart is one of the things that a score weighs.
type ScorePart struct {
	// Name is "zone", "travel" or "workload".
	Name   string
	Points float64
	// Reason is a phrase with the figures: "2 jobs that day".
	Reason string
}

// merits are the figures that a score is made of. They stay the same from one job of the technician to the next.
type merits struct {
	// served tells that the technician serves the request's zone.
	served bool
	// jobs is how many other jobs he has on the date on which the visit starts.
	jobs int
	// minutes is the way from the job before. It counts if noTravel, the reason why there is none, is empty.
	minutes  int
	noTravel string
}

// points are multiples of a half, so that sums are exact and equal scores are equal.
func (m merits) points() (zone, travel, workload float64) {
	if m.served {
		zone = 20
	}
	if m.noTravel == "" {
		travel = max(0, 100-float64(m.minutes)/2)
	}
	return zone, travel, max(0, 50-10*float64(m.jobs))
}

func (m merits) total() float64 {
	zone, travel, workload := m.points()
	return zone + travel + workload
}

// score explains the total.
func (m merits) score(zoneID int64) Score {
	zone, travel, workload := m.points()
	reasons := [3]string{"no zone was asked for", m.noTravel, counted(m.jobs, "job") + " that day"}
	switch {
	case m.served:
		reasons[0] = fmt.Sprintf("serves zone %d", zoneID)
	case zoneID != 0:
		reasons[0] = fmt.Sprintf("does not serve zone %d", zoneID)
	}
	if m.noTravel == "" {
		reasons[1] = counted(m.minutes, "minute") + " from the job before"
	}
	return Score{
		Total: zone + travel + workload,
		Parts: []ScorePart{{"zone", zone, reasons[0]}, {"travel", travel, reasons[1]}, {"workload", workload, reasons[2]}},
	}
}

// counted is "1 job" or "2 jobs".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// inMinutes rounds to the nearest minute.
func inMinutes(d time.Duration) int { return int(d.Round(time.Minute) / time.Minute) }
