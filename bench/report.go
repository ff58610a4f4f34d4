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
	fmt.Fprint(w, "\noperation\tconnections\tserver\ttables\trequests/s\tp50 ms\tp99 ms\tCPU ms/request\tallocs/request\tkB/request\tresident MB\t\n")
	for _, r := range results {
		for i, s := range m.servers {
			f := medians(r.samples[i])
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%.0f\t%.2f\t%.2f\t%.3f\t%.0f\t%.1f\t%.0f\t\n", r.op.name, r.conns, s.name, s.tables,
				f.Rate, milliseconds(f.P50), milliseconds(f.P99), milliseconds(f.CPU), f.Allocs, f.Bytes/1000, f.Resident/1e6)
		}
	}
	_ = w.Flush() // a closed output is nobody's loss
}

func (m measurement) printScreen(c screen, s sample, size int) {
	fmt.Fprintf(m.out, "%s (docs/queries/%s.graphql, %s, lazi, 1 connection): p50 %.2f ms, p99 %.2f ms, CPU %.2f ms, %d bytes\n",
		c.name, c.name, c.about, milliseconds(s.P50), milliseconds(s.P99), milliseconds(s.CPU), size)
}

// printRatios compares LAZI with the handler written by hand, which reads the tables as they were, at one number of
// connections: by CPU time, which hardly changes when others use the machine, and by rate.
func (m measurement) printRatios(results []result) {
	const lazi, hand, laziOld = 0, 1, 2
	conns := ratioConns
	if !slices.Contains(m.conns, conns) {
		conns = slices.Max(m.conns)
	}
	var cpu, made, rate strings.Builder
	for _, r := range results {
		if r.conns != conns {
			continue
		}
		of := func(server int) sample { return medians(r.samples[server]) }
		fmt.Fprintf(&cpu, " %s=%.2f", r.op.name, float64(of(laziOld).CPU)/float64(of(hand).CPU))
		fmt.Fprintf(&made, " %s=%.2f", r.op.name, of(lazi).Rate/of(hand).Rate)
		fmt.Fprintf(&rate, " %s=%.2f", r.op.name, of(laziOld).Rate/of(hand).Rate)
	}
	fmt.Fprintf(m.out, `
lazi ÷ handwritten at %d connections: CPU time a request over the old tables, then requests/s with the tables made for
reading against the old ones, then requests/s over the old ones:
cpu%s
reading%s
ratio%s
`, conns, &cpu, &made, &rate)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
