package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func (m measurement) printMachine(postgres string) {
	fmt.Fprintf(m.out, "%d cores, %s %s/%s, Postgres %s; rounds: %d of %s, their medians; load, servers and Postgres share the cores\n\n",
		runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, postgres, m.rounds, m.duration)
}

func (m measurement) printTable(results []result) {
	w := tabwriter.NewWriter(m.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\noperation\tconnections\tserver\trequests/s\tp50 ms\tp99 ms\tCPU ms/request\tallocs/request\tkB/request\t\n")
	for _, r := range results {
		for i, s := range m.servers {
			f := medians(r.samples[i])
			fmt.Fprintf(w, "%s\t%d\t%s\t%.0f\t%.2f\t%.2f\t%.3f\t%.0f\t%.1f\t\n", r.op.name, r.conns, s.name,
				f.Rate, milliseconds(f.P50), milliseconds(f.P99), milliseconds(f.CPU), f.Allocs, f.Bytes/1000)
		}
	}
	_ = w.Flush() // a closed output is nobody's loss
}

func (m measurement) printBoard(s sample, size int) {
	fmt.Fprintf(m.out, "\nboard (docs/queries/board.graphql, a day of 312 appointments, lazi, 1 connection): p50 %.2f ms, p99 %.2f ms, CPU %.2f ms, %d bytes\n",
		milliseconds(s.P50), milliseconds(s.P99), milliseconds(s.CPU), size)
}

// printRatios compares the servers at one number of connections: by CPU time, which hardly changes when others use the
// machine, and in the last line by rate.
func (m measurement) printRatios(results []result) {
	conns := ratioConns
	if !slices.Contains(m.conns, conns) {
		conns = slices.Max(m.conns)
	}
	var cpu, rate strings.Builder
	for _, r := range results {
		if r.conns != conns {
			continue
		}
		lazi, hand := medians(r.samples[0]), medians(r.samples[1])
		fmt.Fprintf(&cpu, " %s=%.1f", r.op.name, float64(lazi.CPU)/float64(hand.CPU))
		fmt.Fprintf(&rate, " %s=%.2f", r.op.name, lazi.Rate/hand.Rate)
	}
	fmt.Fprintf(m.out, "\nlazi ÷ handwritten at %d connections, first CPU time a request, then requests/s:\ncpu%s\nratio%s\n", conns, &cpu, &rate)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
