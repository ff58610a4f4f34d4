package app

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
)

// terminal is what a user sees: it understands the two commands that the bars are drawn with.
type terminal struct {
	lines []string
}

// controls are "cursor up n lines" and "clear to the end".
var controls = regexp.MustCompile("\x1b\\[(\\d+)A\x1b\\[J")

func (s *terminal) Write(p []byte) (int, error) {
	text := string(p)
	if at := controls.FindStringSubmatchIndex(text); at != nil {
		if at[0] != 0 {
			return 0, fmt.Errorf("%q does not begin with its controls", text)
		}
		up, _ := strconv.Atoi(text[at[2]:at[3]])
		s.lines = s.lines[:len(s.lines)-up]
		text = text[at[1]:]
	}
	if strings.Contains(text, "\x1b") || text != "" && !strings.HasSuffix(text, "\n") {
		return 0, fmt.Errorf("%q cannot be shown", text)
	}
	if text != "" {
		s.lines = append(s.lines, lines(text)...)
	}
	return len(p), nil
}

// bars is a view on a terminal of a size.
func bars(width, height int) (*terminal, *barsView) {
	s := &terminal{}
	return s, newBarsView(s, func() (int, int) { return width, height })
}

func TestBars_onTheWay(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	first := counting(7, "Customer", 12_000, domain.SyncSucceeded)
	second := counting(8, "AppointmentAssignment", 2000, domain.SyncPartial)
	at := func(after time.Duration) []*domain.SyncRun {
		return []*domain.SyncRun{
			first(begun, after), second(begun, after),
			{ID: 9, Kind: "Zone", Status: domain.SyncQueued, StartedAt: &begun, RetryAt: new(begun.Add(time.Minute)), Problem: new("ServiceTitan is busy")},
			{ID: 10, Kind: "Team", Status: domain.SyncQueued},
		}
	}
	none := strings.Repeat(" ", 24)
	tests := []struct {
		after time.Duration
		want  []string
	}{
		{0, []string{
			"zones                   " + none + " waits until 12:01:00: ServiceTitan is busy",
			"0 of 4 done, 1 under way, 3 waiting, 0s; Ctrl-C leaves them to the servers",
		}},
		{2 * time.Second, []string{
			"customers               ██░░░░░░░░░░░░░░░░░░░░░░ 1,000 of 12,000 records, 8 %, 1,000/s, 11s left",
			"appointment assignments ████████████░░░░░░░░░░░░ 1,000 of 2,000 records, 50 %, 1,000/s, 1s left",
			"zones                   " + none + " waits until 12:01:00: ServiceTitan is busy",
			"0 of 4 done, 3 under way, 1 waiting, 2s; Ctrl-C leaves them to the servers",
		}},
		{7 * time.Second, []string{
			"appointment assignments partial after 2.1s: 2,000 records, 2,000 new, 0 changed, 0 unchanged, 0 deleted, 0 in quarantine",
			"customers               ████████████░░░░░░░░░░░░ 6,000 of 12,000 records, 50 %, 1,000/s, 6s left",
			"zones                   " + none + " waits until 12:01:00: ServiceTitan is busy",
			"1 of 4 done, 2 under way, 1 waiting, 7s; Ctrl-C leaves them to the servers",
		}},
	}
	screen, view := bars(120, 40)
	for _, tt := range tests {
		for range 2 { // what does not move is drawn in the same place
			view.show(at(tt.after), begun.Add(tt.after))
		}
		if diff := cmp.Diff(tt.want, screen.lines); diff != "" {
			t.Fatalf("screen after %s (-want +got):\n%s", tt.after, diff)
		}
	}
	fmt.Fprintln(view, "a line of the log")
	view.show(at(7*time.Second), begun.Add(7*time.Second))
	want := append([]string{tests[2].want[0], "a line of the log"}, tests[2].want[1:]...)
	if diff := cmp.Diff(want, screen.lines); diff != "" {
		t.Errorf("screen with a log line (-want +got):\n%s", diff)
	}
}

func TestBars_nothingIsLeftOfThemAtTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		screen, view := bars(200, 40)
		s := script(counting(7, "Customer", 3000, domain.SyncSucceeded), counting(8, "Job", 2000, domain.SyncSucceeded))
		if err := command(s, view).run(t.Context(), full(2)); err != nil {
			t.Error(err)
		}
		want := []string{
			"jobs                    succeeded after 2.1s: 2,000 records, 2,000 new, 0 changed, 0 unchanged, 0 deleted, 0 in quarantine",
			"customers               succeeded after 3.1s: 3,000 records, 3,000 new, 0 changed, 0 unchanged, 0 deleted, 0 in quarantine",
		}
		if diff := cmp.Diff(want, screen.lines); diff != "" {
			t.Errorf("screen (-want +got):\n%s", diff)
		}
	})
}

// A line that wraps or a drawing that scrolls could not be drawn over.
func TestBars_stayOnASmallTerminal(t *testing.T) {
	t.Parallel()
	screen, view := bars(30, 5)
	var runs []*domain.SyncRun
	for i, k := range domain.Kinds() {
		runs = append(runs, &domain.SyncRun{ID: int64(i + 1), Kind: k.Name, Status: domain.SyncRunning, StartedAt: new(time.Time{})})
	}
	view.show(runs, time.Time{})
	if len(screen.lines) != 4 {
		t.Errorf("%d lines on a terminal of 5", len(screen.lines))
	}
	for _, line := range screen.lines {
		if n := len([]rune(line)); n > 29 {
			t.Errorf("%d characters on a terminal of 30: %q", n, line)
		}
	}
	if last := screen.lines[len(screen.lines)-1]; !strings.HasPrefix(last, "0 of 27 done, 27 under way") {
		t.Errorf("the last line is %q", last)
	}
}

func TestLines_waitingIsToldOnce(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	view := newLinesView(&out)
	now := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	run := domain.SyncRun{ID: 7, Kind: "Job", Mode: domain.SyncIncremental, Trigger: domain.TriggerSchedule, StartedAt: &now, Status: domain.SyncRunning}
	for i := range 40 {
		if i == 10 {
			run.Status, run.RetryAt, run.Problem = domain.SyncQueued, new(now.Add(time.Minute)), new("ServiceTitan is busy")
		}
		r := run
		view.show([]*domain.SyncRun{&r}, now.Add(time.Duration(i)*time.Second))
	}
	run.Status, run.Problem, run.FinishedAt = domain.SyncFailed, new("ServiceTitan refuses"), new(now.Add(time.Minute))
	view.show([]*domain.SyncRun{&run}, now.Add(time.Minute))
	want := []string{
		"jobs: starts: run 7, incremental",
		"jobs: waits until 12:01:00: ServiceTitan is busy",
		"jobs: failed after 1m0s: 0 records, 0 new, 0 changed, 0 unchanged, 0 deleted, 0 in quarantine; ServiceTitan refuses",
	}
	if diff := cmp.Diff(want, lines(out.String())); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
