package main

import (
	"context"
	"fmt"
	"time"
)

// turnLength is how long one server is under load before it is another's turn. A virtual machine that runs at half its speed for some
// seconds does so for all of them.
const turnLength = 250 * time.Millisecond

// target is a server and what it is asked.
type target struct {
	server   *server
	requests [][]byte
}

// inTurns puts servers under the same load for the same time each, by turns. Who is first changes from turn to turn.
func inTurns(ctx context.Context, all []target, conns int, d time.Duration, round int) ([]sample, error) {
	seen := make([]stretch, len(all))
	turns := max(1, int(d/turnLength))
	for turn := range turns {
		turn += round * turns
		for i := range all {
			i = (i + turn) % len(all)
			s, err := load(ctx, all[i].server, all[i].requests, turn, conns, min(d, turnLength))
			if err != nil {
				return nil, fmt.Errorf("%d connections: %w", conns, err)
			}
			seen[i].add(s)
		}
	}
	samples := make([]sample, len(all))
	for i := range seen {
		samples[i] = seen[i].sample()
	}
	return samples, nil
}
