package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// soakCmd shows whether memory grows while LAZI answers for long.
type soakCmd struct {
	Dir      string        `help:"Folder of the database, which is kept for later runs." default:".lazi/bench"`
	BinDir   string        `help:"Folder of initdb, pg_ctl and postgres (default: searched)."`
	Duration time.Duration `help:"How long." default:"1h"`
	Every    time.Duration `help:"How often a line is printed." default:"1m"`
	Conns    int           `help:"How many connections send requests at once." default:"64"`
}

// Run asks everything that is measured, the board, what only resolvers answer and documents that no cache can hold all of,
// over and over.
func (c soakCmd) Run(ctx context.Context) error {
	_, lazi, stop, err := serveLAZI(ctx, c.Dir, c.BinDir)
	if err != nil {
		return err
	}
	defer stop()
	places, err := collectPlaces(ctx, lazi)
	if err != nil {
		return err
	}
	requests, err := soakRequests(lazi, places)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "%d connections for %s\n\n minutes  requests/s  p99 ms  resident MB\n", c.Conns, c.Duration)
	var first, last, most float64
	for start := time.Now(); time.Since(start) < c.Duration; {
		seen, err := load(ctx, lazi, requests, 0, c.Conns, min(c.Every, c.Duration))
		if err != nil {
			return err
		}
		s := seen.sample()
		last = s.Resident / 1e6
		if first == 0 { // the first line is a warm server's
			first = last
		}
		most = max(most, last)
		fmt.Fprintf(os.Stdout, "%8.1f  %10.0f  %6.1f  %11.1f\n", time.Since(start).Minutes(), s.Rate, milliseconds(s.P99), last)
	}
	fmt.Fprintf(os.Stdout, "\nsoak first=%.1f last=%.1f most=%.1f MB\n", first, last, most)
	return nil
}

// soakRequests mixes every operation with what takes the other path.
func soakRequests(lazi *server, places []place) ([][]byte, error) {
	var mixed [][]byte
	for _, o := range operations() {
		requests, err := o.requests(lazi, places)
		if err != nil {
			return nil, err
		}
		mixed = append(mixed, requests...)
	}
	search, err := documentRequest(lazi, `{ viewer { tenantName } searchCustomers(query: "Customer 77", first: 5) { customer { name } score } }`)
	if err != nil {
		return nil, err
	}
	others := [][]byte{search}
	for _, c := range screens() {
		request, err := c.request(lazi)
		if err != nil {
			return nil, err
		}
		others = append(others, request)
	}
	for i := range rareDocuments {
		rare, err := documentRequest(lazi, fmt.Sprintf("{ rare%d: jobs(first: 3) { nodes { number customer { name } } totalCount } }", i))
		if err != nil {
			return nil, err
		}
		others = append(others, rare)
	}
	return interleave(mixed, others), nil
}

// rareDocuments is more than the documents that LAZI remembers.
const rareDocuments = 1500

func documentRequest(lazi *server, document string) ([]byte, error) {
	text, err := json.Marshal(map[string]any{"query": document})
	if err != nil {
		return nil, fmt.Errorf("soak: %w", err)
	}
	return lazi.request(text), nil
}

// interleave spreads the requests so that neighbours differ.
func interleave(requests, others [][]byte) [][]byte {
	const stride = 7919 // a prime, so that all are reached
	var out [][]byte
	for i := range max(len(requests), len(others)) {
		out = append(out, requests[i*stride%len(requests)], others[i%len(others)])
	}
	return out
}
