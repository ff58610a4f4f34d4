package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// printPeers prints the figures, and in the last line LAZI's rate over the best peer's.
func (m measurement) printPeers(results []result) {
	w := tabwriter.NewWriter(m.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\noperation\tconnections\tserver\trequests/s\tp50 ms\tp99 ms\tCPU ms/request\tanswer bytes\tresident MB\t\n")
	var ratios strings.Builder
	for _, r := range results {
		var rates []float64
		for i, s := range m.servers {
			f := medians(r.samples[i])
			rates = append(rates, f.Rate)
			fmt.Fprintf(w, "%s\t%d\t%s\t%.0f\t%.2f\t%.2f\t%.3f\t%d\t%.0f\t\n", r.op.name, r.conns, s.name,
				f.Rate, milliseconds(f.P50), milliseconds(f.P99), milliseconds(f.CPU), r.sizes[i], f.Resident/1e6)
		}
		fmt.Fprintf(&ratios, " %s=%.2f", r.op.name, overBest(rates))
	}
	_ = w.Flush() // a closed output is nobody's loss
	fmt.Fprintf(m.out, "\nlazi is one process, each peer is two and what starts them; CPU and memory are the sums of a server's processes.\n"+
		"requests/s of lazi ÷ the best peer's:\npeers%s\n", &ratios)
}

// overBest is the first rate over the highest of the others, of which there must be one.
func overBest(rates []float64) float64 {
	return rates[0] / slices.Max(rates[1:])
}
