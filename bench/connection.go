package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
)

// connection is one that stays open and carries one request after the other. It is written on a socket rather than on
// http.Client because the load shares the machine with the server: what it does not use, the server can.
type connection struct {
	conn net.Conn
	r    *bufio.Reader
	body bytes.Buffer
}

func dial(ctx context.Context, addr string) (*connection, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	return &connection{conn: conn, r: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// dialAll opens n connections. closeAll closes them; there is nothing to close after an error.
func dialAll(ctx context.Context, addr string, n int) (all []*connection, closeAll func(), err error) {
	closeAll = func() {
		for _, c := range all {
			c.close()
		}
	}
	for range n {
		c, err := dial(ctx, addr)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		all = append(all, c)
	}
	return all, closeAll, nil
}

// exchange sends a request and returns the body of its answer, which is valid until the next call. An answer that is
// not 200 or holds an error is an error.
func (c *connection) exchange(request []byte) ([]byte, error) {
	if _, err := c.conn.Write(request); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	defer resp.Body.Close()
	c.body.Reset()
	if _, err := c.body.ReadFrom(resp.Body); err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	body := c.body.Bytes()
	if resp.StatusCode != http.StatusOK || !bytes.HasPrefix(body, []byte(`{"data":{`)) {
		return nil, fmt.Errorf("the answer is %s: %.300s", resp.Status, body)
	}
	return body, nil
}

func (c *connection) close() { _ = c.conn.Close() }
