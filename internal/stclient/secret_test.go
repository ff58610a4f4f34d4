package stclient_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lazilabs.com/lazi/internal/stclient"
)

// confidential is what must never show in text of ours.
func confidential() []string {
	return []string{testSecret, testAppKey, "token-1", "token-2", "Samplington"}
}

func wantClean(t *testing.T, what, text string) {
	t.Helper()
	for _, secret := range confidential() {
		if _, after, found := strings.Cut(text, secret); found {
			t.Errorf("%s shows %q before %.40q", what, secret, after)
		}
	}
}

// printed is a value in all the ways a program may print it.
func printed(v any) string {
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	enc, err := json.Marshal(v)
	fmt.Fprintln(&b, string(enc), err)
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("sample", "value", v)
	}
	return b.String()
}

func TestSecret_isNeverPrinted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := setup(t, record)
		tenant := open(c)
		if err := getErr(t.Context(), tenant); err != nil {
			t.Fatal(err)
		}
		creds := stclient.Credentials{TenantID: testTenant, ClientID: "cid.sample", ClientSecret: testSecret, AppKey: testAppKey}
		for name, v := range map[string]any{
			"secret": creds.AppKey, "credentials": creds, "pointer to credentials": &creds, "client": c, "tenant": tenant,
			"struct with a tenant": struct{ T *stclient.Tenant }{tenant}, "map": map[string]stclient.Secret{"a": testSecret},
		} {
			text := printed(v)
			wantClean(t, name, text)
			if strings.Contains(text, fmt.Sprintf("%x", testSecret)) || strings.Contains(text, fmt.Sprintf("%x", testAppKey)) {
				t.Errorf("%s shows a secret in hex", name)
			}
		}
		if !strings.Contains(printed(creds), "[redacted]") || !strings.Contains(printed(tenant), "tenant 4711") {
			t.Error("secrets and tenants should print something")
		}
		if creds.AppKey.String() != "[redacted]" || creds.AppKey.GoString() != "[redacted]" || string(creds.AppKey) != testAppKey {
			t.Error("a secret is redacted as text and itself when converted")
		}
	})
}

// An upstream that echoes all it got must not make errors or logs show it.
func TestErrorsAndLogs_showNoSecretAndNoPersonalData(t *testing.T) {
	t.Parallel()
	echo := func(status int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			text := fmt.Sprint(r.Header, r.URL, r.Form)
			write(w, status, map[string]any{
				"title": text, "message": text, "error": r.Form.Get("client_secret"), "error_description": text,
				"traceId": r.Header.Get("St-App-Key"), "errors": map[string][]string{text: {text}, r.Header.Get("St-App-Key"): {text}},
			})
		}
	}
	cut := func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, `{"id": "%s`, r.URL) }
	tests := []struct {
		name       string
		token, api func(http.ResponseWriter, *http.Request)
	}{
		{"400", nil, echo(400)},
		{"401", nil, echo(401)},
		{"403", nil, echo(403)},
		{"404", nil, echo(404)},
		{"409", nil, echo(409)},
		{"429", nil, echo(429)},
		{"500", nil, echo(500)},
		{"cut off", nil, cut},
		{"dropped", nil, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"not HTTP", nil, func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(conn, "%s %s\r\n\r\n", r.Header, r.URL)
			_ = conn.Close()
		}},
		{"token 400", echo(400), nil},
		{"token 500", echo(500), nil},
		{"token not JSON", cut, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				u, c := setup(t, func(w http.ResponseWriter, r *http.Request, _ int) { tt.api(w, r) }, func(cfg *stclient.Config) {
					cfg.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				})
				u.token = tt.token
				steps := 0
				for _, err := range open(c).List(t.Context(), customers, url.Values{"name": {"Samplington"}}) {
					steps++
					if err == nil {
						t.Fatal("no error")
					}
					wantClean(t, "error", printed(err))
					for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
						wantClean(t, "cause", cause.Error())
					}
					if e, ok := errors.AsType[*stclient.Error](err); ok {
						for _, secret := range confidential()[:4] { // the API's own text may hold the caller's data
							if strings.Contains(fmt.Sprint(e.Title, e.TraceID, e.Fields), secret) {
								t.Errorf("title, trace id or fields hold %q", secret)
							}
						}
					}
				}
				if steps != 1 {
					t.Errorf("%d steps, want 1", steps)
				}
				wantClean(t, "log", log.String())
			})
		})
	}
}

func TestLog_tellsOfRepeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		_, c := setup(t, failing(1, status(http.StatusBadGateway)), func(cfg *stclient.Config) {
			cfg.Logger = slog.New(slog.NewJSONHandler(&log, nil))
		})
		if err := getErr(t.Context(), open(c)); err != nil {
			t.Fatal(err)
		}
		var line struct {
			Level, Msg, Op, Reason  string
			Tenant, Status, Attempt int
			Wait                    time.Duration
		}
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Fatalf("log %q: %v", log.String(), err)
		}
		if line.Level != "WARN" || line.Tenant != testTenant || line.Status != 502 || line.Attempt != 1 || line.Op != "get Customer 1" {
			t.Errorf("log line %+v", line)
		}
	})
}
