package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
)

// question is a request to the hand-written handler.
type question struct {
	Operation string `json:"operation"`
	// Customer is the one asked for, or the one that a page begins behind.
	Customer int64 `json:"customer"`
}

// handwritten answers three questions and nothing else: what a programmer would write who needs exactly these, without
// permissions, limits, or a choice of fields.
type handwritten struct {
	pool    *pgxpool.Pool
	buffers sync.Pool
}

func openHandwritten(ctx context.Context, dsn string) (*candidate, error) {
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("handwritten: %w", err)
	}
	h := &handwritten{pool: pool, buffers: sync.Pool{New: func() any { return new(make([]byte, 0, 64<<10)) }}}
	return &candidate{greeting: greeting{Path: "/"}, handler: h, close: pool.Close}, nil
}

// ServeHTTP answers a question.
func (h *handwritten) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q question
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, "the body is no question", http.StatusBadRequest)
		return
	}
	buffer := h.buffers.Get().(*[]byte)
	defer h.buffers.Put(buffer)
	body, err := h.answer(r.Context(), (*buffer)[:0], q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	*buffer = body
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // a caller that has gone away is none of our business
}

// answer appends the answer. One connection serves all statements of a question.
func (h *handwritten) answer(ctx context.Context, b []byte, q question) ([]byte, error) {
	conn, err := h.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	switch q.Operation {
	case nestedOp:
		customers, err := readNested(ctx, conn, q.Customer)
		return appendNested(b, customers), err
	case wideOp:
		customers, err := readWide(ctx, conn, q.Customer)
		return appendWide(b, customers), err
	case smallOp:
		c, err := readSmall(ctx, conn, q.Customer)
		return appendSmall(b, c), err
	}
	return nil, fmt.Errorf("there is no operation %q", q.Operation)
}
