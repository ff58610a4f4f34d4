package stclient_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lazilabs.com/lazi/internal/stclient"
)

const (
	noOperation = "Unable to match incoming request to an operation."
	scopeFailed = "Scope validation failed"
)

// linkHint is a part of the one hint for tenants that are not linked to the app.
const linkHint = "tenant 4711 is not linked to this app"

func TestRefusal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer func(http.ResponseWriter)
		proven bool // the tenant was served before
		want   stclient.Error
		text   string
	}{
		{
			"validation",
			func(w http.ResponseWriter) {
				write(w, 400, map[string]any{
					"type": "t", "title": "One or more validation errors occurred.", "status": 400, "traceId": "00-ab-01",
					"errors": map[string][]string{"sort": {"Colour is not a sort field"}, "": {"bad"}},
				})
			},
			false,
			stclient.Error{
				Code: stclient.CodeInvalid, Status: 400, Title: "One or more validation errors occurred.", TraceID: "00-ab-01",
				Fields: map[string][]string{"sort": {"Colour is not a sort field"}, "": {"bad"}},
			},
			"stclient: get Customer 1: invalid request (status 400), fields sort, trace 00-ab-01",
		},
		{
			"errors of an unknown shape",
			func(w http.ResponseWriter) {
				write(w, 400, map[string]any{"title": "Bad", "errors": []string{"x"}, "traceId": "1 2"})
			},
			false,
			stclient.Error{Code: stclient.CodeInvalid, Status: 400, Title: "Bad"},
			"stclient: get Customer 1: invalid request (status 400)",
		},
		{
			"conflict",
			func(w http.ResponseWriter) { problem(w, 409, "Customer is not active.") },
			false,
			stclient.Error{Code: stclient.CodeConflict, Status: 409, Title: "Customer is not active.", TraceID: "00-sample-01"},
			"stclient: get Customer 1: conflict (status 409), trace 00-sample-01",
		},
		{
			"record not found",
			func(w http.ResponseWriter) { problem(w, 404, "Not found") },
			false,
			stclient.Error{Code: stclient.CodeNotFound, Status: 404, Title: "Not found", TraceID: "00-sample-01"},
			"stclient: get Customer 1: not found (status 404), trace 00-sample-01",
		},
		{
			"no such operation",
			func(w http.ResponseWriter) { gateway(w, 404, noOperation) },
			true,
			stclient.Error{Code: stclient.CodeNoSuchOperation, Status: 404, Title: noOperation},
			"stclient: get Customer 1: no such operation (status 404): outside the reach of the app of tenant 4711, or no such path",
		},
		{
			"missing scope",
			func(w http.ResponseWriter) { problem(w, 403, scopeFailed) },
			false,
			stclient.Error{Code: stclient.CodeForbidden, Status: 403, Title: scopeFailed, TraceID: "00-sample-01"},
			"stclient: get Customer 1: forbidden (status 403): tenant 4711: the app lacks the scope, or the tenant's admin has " +
				"not accepted the app version that has it, trace 00-sample-01",
		},
		{
			"unknown app key",
			func(w http.ResponseWriter) {
				gateway(w, 401, "Access denied due to invalid subscription key.")
			},
			false,
			stclient.Error{Code: stclient.CodeUnauthorized, Status: 401, Title: "Access denied due to invalid subscription key."},
			"stclient: get Customer 1: credentials refused (status 401): tenant 4711: the app key is missing or unknown",
		},
		{"unlinked tenant as 404", func(w http.ResponseWriter) { gateway(w, 404, noOperation) }, false, stclient.Error{Code: stclient.CodeTenantNotAuthorised, Status: 404, Title: noOperation}, linkHint},
		{"unlinked tenant as 403", func(w http.ResponseWriter) { problem(w, 403, "Forbidden") }, false, stclient.Error{Code: stclient.CodeTenantNotAuthorised, Status: 403, Title: "Forbidden", TraceID: "00-sample-01"}, linkHint},
		{"unlinked tenant as 401", func(w http.ResponseWriter) { gateway(w, 401, "Unauthorized") }, false, stclient.Error{Code: stclient.CodeTenantNotAuthorised, Status: 401, Title: "Unauthorized"}, linkHint},
		{"403 in a run", func(w http.ResponseWriter) { problem(w, 403, "Forbidden") }, true, stclient.Error{Code: stclient.CodeForbidden, Status: 403, Title: "Forbidden", TraceID: "00-sample-01"}, linkHint},
		{"401 in a run", func(w http.ResponseWriter) { gateway(w, 401, "Unauthorized") }, true, stclient.Error{Code: stclient.CodeTenantNotAuthorised, Status: 401, Title: "Unauthorized"}, linkHint},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := setup(t, func(w http.ResponseWriter, r *http.Request, n int) {
					if tt.proven && n == 1 {
						record(w, r, n)
						return
					}
					tt.answer(w)
				})
				tenant := open(c)
				if tt.proven {
					if err := getErr(t.Context(), tenant); err != nil {
						t.Fatal(err)
					}
				}
				err := getErr(t.Context(), tenant)
				got, ok := errors.AsType[*stclient.Error](err)
				if !ok {
					t.Fatalf("got %v, want an *Error", err)
				}
				tt.want.Op = "get Customer 1"
				if diff := cmp.Diff(&tt.want, got, cmpopts.IgnoreUnexported(stclient.Error{}), cmpopts.IgnoreFields(stclient.Error{}, "Hint")); diff != "" {
					t.Errorf("error (-want +got):\n%s", diff)
				}
				if !strings.Contains(err.Error(), tt.text) {
					t.Errorf("text %q lacks %q", err, tt.text)
				}
			})
		})
	}
}

// A scope that is missing for one resource proves that the tenant is linked.
func TestRefusal_missingScopeProvesTheTenant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := setup(t, func(w http.ResponseWriter, _ *http.Request, n int) {
			if n == 1 {
				problem(w, 403, scopeFailed)
				return
			}
			gateway(w, 404, noOperation)
		})
		tenant := open(c)
		wantCode(t, getErr(t.Context(), tenant), stclient.CodeForbidden)
		wantCode(t, getErr(t.Context(), tenant), stclient.CodeNoSuchOperation)
	})
}

func TestAnswer_tooLarge(t *testing.T) {
	t.Parallel()
	const body = `{"id":1,"name":"Sample"}`
	tests := []struct {
		name  string
		limit int64
		want  stclient.Code
	}{
		{"just fits", int64(len(body)), ""},
		{"one byte too many", int64(len(body)) - 1, stclient.CodeBadResponse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = w.Write([]byte(body)) },
					func(cfg *stclient.Config) { cfg.MaxBodyBytes = tt.limit })
				wantCode(t, getErr(t.Context(), open(c)), tt.want)
				if n := len(u.requests()); n != 1 {
					t.Errorf("%d requests, want 1: too large an answer is not asked for again", n)
				}
			})
		})
	}
}

func TestAnswer_nobodyListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c, err := stclient.New(stclient.Config{APIBaseURL: server.URL, AuthBaseURL: server.URL, Backoff: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	err = getErr(t.Context(), open(c))
	wantCode(t, err, stclient.CodeUnavailable)
	if network, ok := errors.AsType[*net.OpError](err); !ok || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("got %v (network error %v), want it to say that the connection was refused", err, network)
	}
}

func TestAnswer_redirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			http.Redirect(w, r, "http://elsewhere.example.test/", http.StatusTemporaryRedirect)
		})
		wantCode(t, getErr(t.Context(), open(c)), stclient.CodeBadResponse)
		if len(u.requests()) != 1 {
			t.Errorf("%d requests, want 1: the app key must not follow a redirect", len(u.requests()))
		}
	})
}

func TestGet_keepsTheRecordAsItCame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const body = `{"id": 1,  "future":{"a":[1.50, 12345678901234567890]}, "type":"Unheard", "gone":null}`
		u, c := setup(t, func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = w.Write([]byte(body + "\n")) })
		got, err := open(c).Get(t.Context(), customers, 9_000_000_001)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(body, string(got)); diff != "" {
			t.Errorf("record (-want +got):\n%s", diff)
		}
		if got, want := u.requests()[0].URL.String(), "/crm/v2/tenant/4711/customers/9000000001"; got != want {
			t.Errorf("asked for %s, want %s", got, want)
		}
	})
}

func TestGet_resourceWithoutGet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, record)
		_, err := open(c).Get(t.Context(), stclient.Resource{Name: "Payment", Module: "accounting"}, 1)
		wantCode(t, err, stclient.CodeNoSuchOperation)
		_, err = open(c).Get(t.Context(), stclient.Resource{Name: "Note", Module: "crm", GetPath: "/crm/v2/tenant/{tenant}/notes/{noteId}"}, 1)
		wantCode(t, err, stclient.CodeInvalid)
		if n := len(u.requests()) + u.authCount(); n != 0 {
			t.Errorf("%d requests, want none", n)
		}
	})
}
