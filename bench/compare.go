package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// compareAnswers asks both servers the same and fails when they differ. It returns the sizes of their first answers.
func compareAnswers(ctx context.Context, servers [2]*server, o operation, places []place) (sizes [2]int, err error) {
	var all [2][][]byte
	for i, s := range servers {
		if all[i], err = answers(ctx, s, o, places); err != nil {
			return sizes, fmt.Errorf("%s, %s: %w", o.name, s.name, err)
		}
		sizes[i] = len(all[i][0])
	}
	for i := range places {
		if err := sameJSON(all[0][i], all[1][i]); err != nil {
			return sizes, fmt.Errorf("%s: %w", o.name, err)
		}
	}
	return sizes, nil
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
