package stclient

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
)

// Write is a call that changes something, or asks with a body.
type Write struct {
	// Op is what is tried, for errors and logs: "cancel Job 12".
	Op string
	// Module is the API module, the unit of the rate budget.
	Module string
	// Method is POST, PUT, PATCH or DELETE.
	Method string
	// Path holds {tenant}, its ids are filled in.
	Path string
	// Body is JSON; nil for operations that take none.
	Body json.RawMessage
}

// Write makes a call that changes something and returns its answer, nil when it is empty. It is repeated after a 429 or with a
// new token, since ServiceTitan has done nothing then, and never when it was sent and nobody knows what became of it: the
// error's Unknown is true in that case, and the caller must look.
func (t *Tenant) Write(ctx context.Context, w Write) (json.RawMessage, error) {
	if !slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, w.Method) {
		return nil, &Error{Op: w.Op, Code: CodeInvalid, Hint: "a write is a POST, PUT, PATCH or DELETE"}
	}
	c, failure := t.newCall(w.Op, Resource{Module: w.Module}, w.Path, 0, nil)
	if failure != nil {
		return nil, failure
	}
	c.method, c.body = w.Method, w.Body
	var answer json.RawMessage
	err := t.do(ctx, c, func(dec *json.Decoder) error {
		answer = nil
		if err := dec.Decode(&answer); !errors.Is(err, io.EOF) {
			return err
		}
		return nil
	})
	return answer, err
}

// unsure notes on the failure of a write that it may have been done.
func (c call) unsure(failure *Error, maybe bool) *Error {
	failure.Unknown = maybe && c.writes()
	return failure
}

// neverSent tells of a request that reached nobody: no connection could be made.
func neverSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, unknownHost := errors.AsType[*net.DNSError](err)
	return unknownHost
}
