package app

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// syncView shows runs to the user of the command.
type syncView interface {
	// show tells where the runs stand now. It is called often, always with the same runs in the same order.
	show(runs []*domain.SyncRun, now time.Time)
	// tell writes lines that are about no run in particular.
	tell(lines string)
}

// linesEvery is how often a run that moves gets a line.
const linesEvery = 5 * time.Second

// linesView writes plain lines, for files and logs: one when a run starts, one every few seconds while it moves, one at its
// end.
type linesView struct {
	out  io.Writer
	told map[int64]*toldRun
}

// toldRun is what was last told of a run.
type toldRun struct {
	at    time.Time
	words string
	ended bool
}

func newLinesView(out io.Writer) *linesView { return &linesView{out: out, told: map[int64]*toldRun{}} }

func (v *linesView) tell(lines string) { fmt.Fprintln(v.out, lines) }

func (v *linesView) show(runs []*domain.SyncRun, now time.Time) {
	for _, r := range runs {
		t := v.told[r.ID]
		if t == nil {
			if waiting(r) {
				continue
			}
			t = &toldRun{at: now, words: progressWords(r)}
			v.told[r.ID] = t
			if r.StartedAt != nil {
				v.line(r, "starts: "+runWords(r))
			}
		}
		words := progressWords(r)
		switch {
		case t.ended:
		case r.Status.Finished():
			t.ended = true
			v.line(r, endWords(r))
		case words != t.words && now.Sub(t.at) >= linesEvery:
			t.at, t.words = now, words
			v.line(r, words)
		}
	}
}

func (v *linesView) line(r *domain.SyncRun, words string) {
	fmt.Fprintf(v.out, "%s: %s\n", kindName(r.Kind), words)
}

// barsView draws a bar for each run under way, and a last line that sums up, over and over in the same place of a terminal.
// What ends is written above them, and so is what others write to it: the log.
type barsView struct {
	size func() (width, height int)

	mu    sync.Mutex
	out   io.Writer
	drawn int // lines of the drawing that stands on the terminal
	begun time.Time
	ended map[int64]bool
}

func newBarsView(out io.Writer, size func() (width, height int)) *barsView {
	return &barsView{out: out, size: size, ended: map[int64]bool{}}
}

// Write puts whole lines above the drawing, which comes back with the next show.
func (v *barsView) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, err := v.out.Write(append(v.erase(), p...)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (v *barsView) tell(lines string) { fmt.Fprintln(v, lines) }

// erase returns what removes the drawing from the terminal.
func (v *barsView) erase() []byte {
	if v.drawn == 0 {
		return nil
	}
	up := v.drawn
	v.drawn = 0
	return fmt.Appendf(nil, "\x1b[%dA\x1b[J", up) // so many lines up, and clear to the end
}

func (v *barsView) show(runs []*domain.SyncRun, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.begun.IsZero() {
		v.begun = now
	}
	b := bytes.NewBuffer(v.erase())
	for _, r := range runs {
		if r.Status.Finished() && !v.ended[r.ID] {
			v.ended[r.ID] = true
			fmt.Fprintf(b, "%-*s %s\n", nameWidth, kindName(r.Kind), endWords(r))
		}
	}
	if len(v.ended) < len(runs) {
		width, height := v.size()
		for _, line := range v.drawing(runs, now, height-1) {
			b.WriteString(cut(line, width-1) + "\n")
			v.drawn++
		}
	}
	_, _ = v.out.Write(b.Bytes()) // a terminal that is gone needs no picture
}

// Widths of a bar's line.
const (
	nameWidth = 23 // "appointment assignments"
	barWidth  = 24
)

// drawing returns at most so many lines: a bar for each run under way, and the sum.
func (v *barsView) drawing(runs []*domain.SyncRun, now time.Time, most int) []string {
	var lines []string
	idle := 0
	for _, r := range runs {
		switch {
		case r.Status.Finished():
		case waiting(r):
			idle++
		default:
			lines = append(lines, fmt.Sprintf("%-*s %s %s", nameWidth, kindName(r.Kind), bar(r.Percent()), progressWords(r)))
		}
	}
	lines = lines[:max(0, min(len(lines), most-1))]
	return append(lines, fmt.Sprintf("%d of %d done, %d under way, %d waiting, %s; Ctrl-C leaves them to the servers",
		len(v.ended), len(runs), len(runs)-len(v.ended)-idle, idle, now.Sub(v.begun).Round(time.Second)))
}

// bar draws a share of a hundred, and nothing where nobody knows it.
func bar(percent *float64) string {
	if percent == nil {
		return strings.Repeat(" ", barWidth)
	}
	full := int(*percent*barWidth/100 + 0.5)
	return strings.Repeat("█", full) + strings.Repeat("░", barWidth-full)
}

// cut shortens a line so that it stays on one line of the terminal.
func cut(line string, width int) string {
	runes := []rune(line)
	return string(runes[:min(len(runes), max(width, 0))])
}
