package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// compareAnswers asks all servers the same and fails when one differs from the first. It returns the sizes of their
// first answers.
func compareAnswers(ctx context.Context, servers []*server, o operation, places []place) ([]int, error) {
	var first [][]byte
	sizes := make([]int, len(servers))
	for i, s := range servers {
		all, err := answers(ctx, s, o, places)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", o.name, s.name, err)
		}
		sizes[i] = len(all[0])
		if first == nil {
			first = all
		}
		for j := range places {
			if err := s.sameAnswer(o, first[j], all[j]); err != nil {
				return nil, fmt.Errorf("%s, %s and %s: %w", o.name, servers[0].name, s.name, err)
			}
		}
	}
	return sizes, nil
}

// sameAnswer compares an answer of the server with the one that is wanted.
func (s *server) sameAnswer(o operation, want, got []byte) error {
	if s.project != nil {
		projected, err := s.project(o.name, got)
		if err != nil {
			return err
		}
		got = projected
	}
	return sameJSON(want, got)
}

// answers returns a server's answer at each place.
func answers(ctx context.Context, s *server, o operation, places []place) ([][]byte, error) {
	requests, err := o.requests(s, places)
	if err != nil {
		return nil, err
	}
	c, err := dial(ctx, s.Addr)
	if err != nil {
		return nil, err
	}
	defer c.close()
	bodies := make([][]byte, len(requests))
	for i, r := range requests {
		body, err := c.exchange(r)
		if err != nil {
			return nil, err
		}
		bodies[i] = bytes.Clone(body)
	}
	return bodies, nil
}

// sameJSON compares two documents whatever their white space, escapes and order of members. The error shows the
// place where they part.
func sameJSON(a, b []byte) error {
	a, err := canonical(a)
	if err != nil {
		return err
	}
	if b, err = canonical(b); err != nil {
		return err
	}
	if bytes.Equal(a, b) {
		return nil
	}
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	from := max(at-100, 0)
	return fmt.Errorf("the answers differ:\n  %s\n  %s", a[from:min(at+100, len(a))], b[from:min(at+100, len(b))])
}

func canonical(text []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("the answer is no JSON: %w", err)
	}
	return json.Marshal(v)
}
