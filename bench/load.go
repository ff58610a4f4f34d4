package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// load sends requests over some connections for a while, each connection one after the other, and says what the
// server did. Every load with the same number asks for the same in the same order; others begin elsewhere.
func load(ctx context.Context, s *server, requests [][]byte, number, conns int, d time.Duration) (stretch, error) {
	workers, closeAll, err := dialAll(ctx, s.Addr, conns)
	if err != nil {
		return stretch{}, err
	}
	defer closeAll()
	before, err := s.usage(ctx)
	if err != nil {
		return stretch{}, err
	}
	latencies := make([][]time.Duration, conns)
	start := time.Now()
	var g errgroup.Group
	for i, c := range workers {
		g.Go(func() (err error) {
			latencies[i], err = send(ctx, c, requests, number*stride+i*len(requests)/conns, start.Add(d))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return stretch{}, fmt.Errorf("%s: %w", s.name, err)
	}
	took := time.Since(start)
	used, err := s.usage(ctx)
	if err != nil {
		return stretch{}, err
	}
	used.CPU -= before.CPU
	used.Allocs -= before.Allocs
	used.Bytes -= before.Bytes
	return stretch{slices.Concat(latencies...), took, used}, nil
}

// stride is how far behind a load's first request the next load begins: no divisor of the number of places.
const stride = 37

// send is one connection's part of the load. It begins with the request at first and goes round.
func send(ctx context.Context, c *connection, requests [][]byte, first int, until time.Time) ([]time.Duration, error) {
	var latencies []time.Duration
	for i := first; ; i++ {
		begin := time.Now()
		if begin.After(until) {
			return latencies, ctx.Err()
		}
		if _, err := c.exchange(requests[i%len(requests)]); err != nil {
			return nil, err
		}
		latencies = append(latencies, time.Since(begin))
	}
}
