package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

const (
	// warmUp is how long each operation runs before anything is measured: statements get prepared, caches fill.
	warmUp = 300 * time.Millisecond
	// compared is how many answers of each operation are compared.
	compared = 25
	// ratioConns is the number of connections that the ratios of the last line are taken at.
	ratioConns = 16
)

// measurement puts two servers under the same loads, one after the other.
type measurement struct {
	servers  [2]*server
	rounds   int
	duration time.Duration
	conns    []int
	out      io.Writer
}

// setting is one load: an operation over some connections. result has a setting's samples of each server.
type (
	setting struct {
		op       operation
		conns    int
		requests [2][][]byte
	}
	result struct {
		setting
		samples [2][]sample
	}
)

// run compares, measures and prints.
func (m measurement) run(ctx context.Context, postgres string, places []place) error {
	m.printMachine(postgres)
	results, err := m.prepare(ctx, places)
	if err != nil {
		return err
	}
	for round := range m.rounds {
		for i := range results {
			if err := m.measure(ctx, &results[i], round); err != nil {
				return err
			}
		}
	}
	m.printTable(results)
	if err := m.board(ctx); err != nil {
		return err
	}
	m.printRatios(results)
	return nil
}

// prepare compares the answers, warms both servers up and lists the loads.
func (m measurement) prepare(ctx context.Context, places []place) ([]result, error) {
	var all []result
	for _, op := range operations() {
		size, err := compareAnswers(ctx, m.servers, op, spread(places, compared))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(m.out, "%-6s  equal answers of %d and %d bytes\n", op.name, size[0], size[1])
		var requests [2][][]byte
		for i, s := range m.servers {
			if requests[i], err = op.requests(s, places); err != nil {
				return nil, err
			}
			if _, err := load(ctx, s, requests[i], ratioConns, min(warmUp, m.duration)); err != nil {
				return nil, err
			}
		}
		for _, n := range m.conns {
			all = append(all, result{setting: setting{op: op, conns: n, requests: requests}})
		}
	}
	return all, nil
}

// measure runs one load on both servers. Who is first changes from round to round.
func (m measurement) measure(ctx context.Context, r *result, round int) error {
	for i := range m.servers {
		i = (i + round) % len(m.servers)
		s, err := load(ctx, m.servers[i], r.requests[i], r.conns, m.duration)
		if err != nil {
			return fmt.Errorf("%s, %d connections: %w", r.op.name, r.conns, err)
		}
		r.samples[i] = append(r.samples[i], s)
	}
	return nil
}

// board measures the dispatch board, which only LAZI answers.
func (m measurement) board(ctx context.Context) error {
	lazi := m.servers[0]
	request, err := boardRequest(lazi)
	if err != nil {
		return err
	}
	c, err := dial(ctx, lazi.Addr)
	if err != nil {
		return err
	}
	defer c.close()
	body, err := c.exchange(request)
	if err != nil {
		return fmt.Errorf("board: %w", err)
	}
	size := len(body)
	var samples []sample
	for range m.rounds {
		s, err := load(ctx, lazi, [][]byte{request}, 1, m.duration)
		if err != nil {
			return fmt.Errorf("board: %w", err)
		}
		samples = append(samples, s)
	}
	m.printBoard(medians(samples), size)
	return nil
}
