package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

const (
	// warmUp lets statements get prepared and caches fill.
	warmUp = 300 * time.Millisecond
	// compared is how many answers of each operation are compared.
	compared = 25
	// ratioConns is the number of connections that the ratios of the last line are taken at.
	ratioConns = 16
)

// measurement puts servers under the same loads, by turns. The first is LAZI.
type measurement struct {
	servers []*server
	rounds  int
	// warmUp is how long each server answers an operation before anything is measured.
	warmUp   time.Duration
	duration time.Duration
	conns    []int
	// only names the operations that are measured, without the screens. It is empty for all.
	only []string
	out  io.Writer
}

// setting is one load: an operation over some connections. result has a setting's samples of each server.
type (
	setting struct {
		op    operation
		conns int
		// requests and sizes are those of each server: what it is sent, and the bytes of its first answer.
		requests [][][]byte
		sizes    []int
	}
	result struct {
		setting
		samples [][]sample
	}
)

// run compares, measures and prints.
func (m measurement) run(ctx context.Context, postgres string, places []place) error {
	m.printMachine(postgres)
	results, err := m.rivals(ctx, places)
	if err != nil {
		return err
	}
	m.printTable(results)
	if len(m.only) == 0 {
		if err := m.screens(ctx); err != nil {
			return err
		}
	}
	m.printRatios(results)
	return nil
}

// stop ends the servers.
func (m measurement) stop() {
	for _, s := range m.servers {
		s.stop()
	}
}

// rivals compares the servers' answers and measures them under each load.
func (m measurement) rivals(ctx context.Context, places []place) ([]result, error) {
	results, err := m.prepare(ctx, places)
	if err != nil {
		return nil, err
	}
	for round := range m.rounds {
		for i := range results {
			if err := m.measure(ctx, &results[i], round); err != nil {
				return nil, err
			}
		}
	}
	return results, nil
}

// prepare compares the answers, warms the servers up and lists the loads.
func (m measurement) prepare(ctx context.Context, places []place) ([]result, error) {
	var all []result
	for _, op := range operations() {
		if len(m.only) > 0 && !slices.Contains(m.only, op.name) {
			continue
		}
		sizes, err := compareAnswers(ctx, m.servers, op, spread(places, compared))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(m.out, "%-6s  equal answers, of %d bytes\n", op.name, sizes)
		requests := make([][][]byte, len(m.servers))
		for i, s := range m.servers {
			if requests[i], err = op.requests(s, places); err != nil {
				return nil, err
			}
			if _, err := load(ctx, s, requests[i], 0, ratioConns, m.warmUp); err != nil {
				return nil, err
			}
		}
		for _, n := range m.conns {
			all = append(all, result{setting: setting{op: op, conns: n, requests: requests, sizes: sizes}, samples: make([][]sample, len(m.servers))})
		}
	}
	return all, nil
}

// measure runs one load on all servers.
func (m measurement) measure(ctx context.Context, r *result, round int) error {
	targets := make([]target, len(m.servers))
	for i, s := range m.servers {
		targets[i] = target{s, r.requests[i]}
	}
	samples, err := inTurns(ctx, targets, r.conns, m.duration, round)
	if err != nil {
		return fmt.Errorf("%s: %w", r.op.name, err)
	}
	for i, s := range samples {
		r.samples[i] = append(r.samples[i], s)
	}
	return nil
}

// screens measures what only LAZI answers.
func (m measurement) screens(ctx context.Context) error {
	fmt.Fprintln(m.out)
	for _, c := range screens() {
		if err := m.screen(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

func (m measurement) screen(ctx context.Context, s screen) error {
	lazi := m.servers[0]
	request, err := s.request(lazi)
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
		return err
	}
	if bytes.Contains(body, []byte(`"errors"`)) {
		return fmt.Errorf("the answer has errors: %.500s", body)
	}
	size := len(body)
	var samples []sample
	for range m.rounds {
		one, err := load(ctx, lazi, [][]byte{request}, 0, 1, m.duration)
		if err != nil {
			return err
		}
		samples = append(samples, one.sample())
	}
	m.printScreen(s, medians(samples), size)
	return nil
}
