package stclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stclient"
)

// rename is a write of a customer's name.
var rename = stclient.Write{
	Op: "rename Customer 1", Module: "crm", Method: http.MethodPatch, Path: "/crm/v2/tenant/{tenant}/customers/1", Body: json.RawMessage(`{"name":"Sample"}`),
}

// unknown tells whether a failure leaves open what became of the write.
func unknown(err error) bool {
	e, ok := errors.AsType[*stclient.Error](err)
	return ok && e.Unknown
}

func TestWrite_isSentAsItIs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, answer string
		write        stclient.Write
		sent, kind   string
	}{
		{"with a body", `{"id":1}`, rename, `{"name":"Sample"}`, "application/json"},
		{"without one", "", stclient.Write{Op: "delete", Module: "crm", Method: http.MethodDelete, Path: "/crm/v2/tenant/{tenant}/customers/1/notes/2"}, "", ""},
		{"answered by a number", "12", rename, `{"name":"Sample"}`, "application/json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var sent string
				u, c := setup(t, func(w http.ResponseWriter, r *http.Request, _ int) {
					body, _ := io.ReadAll(r.Body)
					sent = string(body)
					_, _ = io.WriteString(w, tt.answer)
				})
				answer, err := open(c).Write(t.Context(), tt.write)
				if err != nil || string(answer) != tt.answer || tt.answer == "" && answer != nil {
					t.Errorf("answer %q, %v; want %q", answer, err, tt.answer)
				}
				r := u.requests()[0]
				if r.Method != tt.write.Method || sent != tt.sent || r.Header.Get("Content-Type") != tt.kind {
					t.Errorf("sent %s %q as %q", r.Method, sent, r.Header.Get("Content-Type"))
				}
			})
		})
	}
}

// TestWrite_isNotRepeatedWhenItMayBeDone: each failure strikes the first request; a second one would succeed.
func TestWrite_isNotRepeatedWhenItMayBeDone(t *testing.T) {
	t.Parallel()
	const once, twice = 1, 2
	text := func(code int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	tests := []struct {
		name     string
		fail     func(http.ResponseWriter)
		want     stclient.Code // "" is success
		requests int
		unknown  bool
	}{
		{"400", text(400, `{"title":"x","traceId":"1"}`), stclient.CodeInvalid, once, false},
		{"404", text(404, `{"title":"x","traceId":"1"}`), stclient.CodeNotFound, once, false},
		{"409", status(409), stclient.CodeConflict, once, false},
		{"422", status(422), stclient.CodeInvalid, once, false},
		{"401 with a new token", status(401), "", twice, false},
		{"429", status(429), "", twice, false},
		{"429 with a page", text(429, "<html>"), "", twice, false},
		{"408", status(408), stclient.CodeUnavailable, once, true},
		{"500", status(500), stclient.CodeUnavailable, once, true},
		{"502", text(502, "<html>"), stclient.CodeUnavailable, once, true},
		{"503", status(503), stclient.CodeUnavailable, once, true},
		{"504", status(504), stclient.CodeUnavailable, once, true},
		{"redirect", func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://other.example.test/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, stclient.CodeBadResponse, once, true},
		{"dropped connection", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, stclient.CodeUnavailable, once, true},
		{"a page in place of JSON", text(200, "<html>"), stclient.CodeBadResponse, once, true},
		{"cut off", text(200, `{"id":1,`), stclient.CodeBadResponse, once, true},
		{"two values", text(200, `{"id":1} {"id":2}`), stclient.CodeBadResponse, once, true},
		{"dropped within the body", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"id":1,`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, stclient.CodeBadResponse, once, true},
		{"an empty answer", status(204), "", once, false},
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for _, tt := range tests {
			t.Run(method+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					u, c := setup(t, failing(1, tt.fail))
					w := rename
					w.Method = method
					_, err := open(c).Write(t.Context(), w)
					wantCode(t, err, tt.want)
					if unknown(err) != tt.unknown || len(u.requests()) != tt.requests {
						t.Errorf("%d requests, unknown %v; want %d, %v (%v)", len(u.requests()), unknown(err), tt.requests, tt.unknown, err)
					}
				})
			})
		}
	}
}

func TestWrite_timeouts(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request, _ int) {
		_, _ = io.Copy(io.Discard, r.Body) // a server sees that its client has gone once it has read all
		<-r.Context().Done()
	}
	tests := []struct {
		name string
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		want stclient.Code
	}{
		{"ours", func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }, stclient.CodeUnavailable},
		{"the caller's deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 3*time.Second)
		}, stclient.CodeUnavailable},
		{"the caller gives up", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(3*time.Second, cancel)
			return ctx, cancel
		}, stclient.CodeCanceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, hang, func(cfg *stclient.Config) { cfg.Timeout = 10 * time.Second })
				ctx, cancel := tt.ctx(t.Context())
				defer cancel()
				_, err := open(c).Write(ctx, rename)
				wantCode(t, err, tt.want)
				if !unknown(err) || len(u.requests()) != 1 {
					t.Errorf("%d requests, %v; want one of unknown outcome", len(u.requests()), err)
				}
			})
		})
	}
}

// undialled fails the first connections for the API and makes the others.
type undialled struct {
	http.RoundTripper
	left int
	err  error
}

func (u *undialled) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/connect/token" && u.left > 0 {
		u.left--
		return nil, u.err
	}
	return u.RoundTripper.RoundTrip(r)
}

func TestWrite_isRepeatedWhenItWasNeverSent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		err     error
		left    int
		want    stclient.Code
		unknown bool
	}{
		{"nobody listens", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, 2, "", false},
		{"no such host", &net.DNSError{Name: "api.example.test", Err: "no such host"}, 2, "", false},
		{"nobody ever listens", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, 99, stclient.CodeUnavailable, false},
		{"broken while reading", &net.OpError{Op: "read", Err: errors.New("connection reset")}, 1, stclient.CodeUnavailable, true},
		{"broken while writing", &net.OpError{Op: "write", Err: errors.New("broken pipe")}, 1, stclient.CodeUnavailable, true},
		{"who knows", io.ErrUnexpectedEOF, 1, stclient.CodeUnavailable, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := setup(t, record, func(cfg *stclient.Config) {
					cfg.Transport = &undialled{cfg.Transport, tt.left, tt.err}
				})
				_, err := open(c).Write(t.Context(), rename)
				wantCode(t, err, tt.want)
				if unknown(err) != tt.unknown {
					t.Errorf("unknown %v, want %v (%v)", unknown(err), tt.unknown, err)
				}
			})
		})
	}
}

func TestWrite_methodsThatChangeNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record)
		for _, method := range []string{"", http.MethodGet, http.MethodHead} {
			w := rename
			w.Method = method
			_, err := open(c).Write(t.Context(), w)
			wantCode(t, err, stclient.CodeInvalid)
		}
		if n := len(u.requests()); n > 0 {
			t.Errorf("%d requests were sent", n)
		}
	})
}

func TestRead_isNeverOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := setup(t, failing(99, status(500)))
		if err := getErr(t.Context(), open(c)); unknown(err) {
			t.Errorf("a read may be done: %v", err)
		}
	})
}

// TestWrite_againstTheSimulator counts how often a lost or refused write was done.
func TestWrite_againstTheSimulator(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		set     simulator.Settings
		want    stclient.Code
		unknown bool
		made    int
	}{
		{"nothing is wrong", simulator.Settings{}, "", false, 1},
		{"lost", simulator.Settings{Lose: true, Next: 1}, stclient.CodeUnavailable, true, 1},
		{"lost behind a gateway", simulator.Settings{Lose: true, Status: 504, Next: 1}, stclient.CodeUnavailable, true, 1},
		{"cut off", simulator.Settings{Truncate: true, Next: 1}, stclient.CodeBadResponse, true, 1},
		{"dropped", simulator.Settings{Drop: true, Next: 1}, stclient.CodeUnavailable, true, 0},
		{"too many, twice", simulator.Settings{Status: 429, RetryAfter: "seconds", RetrySeconds: 3, Next: 2}, "", false, 1},
		{"silent", simulator.Settings{Silent: true, Next: 1}, "", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, _, c := simulated(t)
				before := s.Count(testTenant, "ArrivalWindow")
				set := tt.set
				set.Writes = true
				s.Faults().Set(set)
				_, err := open(c).Write(t.Context(), stclient.Write{
					Op: "create ArrivalWindow", Module: "dispatch", Method: http.MethodPost, Path: "/dispatch/v2/tenant/{tenant}/arrival-windows",
					Body: json.RawMessage(`{"start":"08:00:00","duration":"01:00:00","businessUnitIds":[]}`),
				})
				wantCode(t, err, tt.want)
				if made := s.Count(testTenant, "ArrivalWindow") - before; unknown(err) != tt.unknown || made != tt.made {
					t.Errorf("made %d, unknown %v; want %d, %v (%v)", made, unknown(err), tt.made, tt.unknown, err)
				}
			})
		})
	}
}
