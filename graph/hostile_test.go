package graph_test

import (
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// internals are words that no answer to a stranger may hold.
var internals = regexp.MustCompile(`(?i)secretword|goroutine|panic|\.go:\d|gqlgen|gqlparser|lazilabs|pgx|postgres|SQLSTATE|stack|runtime error|nil pointer|internal error|json:|<nil>`)

const (
	mostBytes = 64 << 10
	mostCPU   = 250 * time.Millisecond
)

// Nothing that a client can send may cost much, be answered at length, or teach anything about the inside. It runs alone,
// since it measures the processor's time.
func TestHostileRequests(t *testing.T) { //nolint:paralleltest // It measures what the whole process uses.
	s := newServer(t, nil)
	all := slices.Concat(depthAttacks(), breadthAttacks(), fragmentAttacks(), directiveAttacks(), textAttacks(), costAttacks(),
		bodyAttacks(), addressAttacks(), strangers(t, s))
	if len(all) < 120 {
		t.Errorf("%d requests are too few", len(all))
	}
	s.do(t, s.request(t, http.MethodPost, "", `{"query":"{ viewer { role } }"}`))
	before := heap()
	var worst time.Duration
	var worstName string
	for _, a := range all {
		if spent := s.suffer(t, a); spent > worst {
			worst, worstName = spent, a.name
		}
	}
	if after := heap(); after > before+64<<20 {
		t.Errorf("memory grew from %d MB to %d MB", before>>20, after>>20)
	}
	t.Logf("%d requests; the worst took %v of the processor: %s", len(all), worst, worstName)
	if _, text := s.do(t, s.request(t, http.MethodPost, "", `{"query":"{ viewer { role } }"}`)); !strings.Contains(text, "ADMIN") {
		t.Errorf("afterwards the server answers %s", text)
	}
}

// suffer sends a request and looks at the answer. It returns the processor's time that both took.
func (s *server) suffer(t *testing.T, a attack) time.Duration {
	t.Helper()
	method := http.MethodPost
	if a.body == "" {
		method = http.MethodGet
	}
	r := s.request(t, method, a.address, a.body, a.headers...)
	for i := 0; i+1 < len(a.headers); i += 2 {
		if a.headers[i+1] == "" {
			r.Header.Del(a.headers[i])
		}
	}
	start := cpu(t)
	resp, text := s.do(t, r)
	spent := cpu(t) - start
	switch {
	case resp.StatusCode >= http.StatusInternalServerError:
		t.Errorf("%s: status %d, %.300s", a.name, resp.StatusCode, text)
	case len(text) > mostBytes:
		t.Errorf("%s: an answer of %d bytes", a.name, len(text))
	case a.code != "" && !strings.Contains(text, `"code":"`+a.code+`"`):
		t.Errorf("%s: want the code %s, got status %d, %.300s", a.name, a.code, resp.StatusCode, text)
	}
	if word := internals.FindString(text); word != "" {
		t.Errorf("%s: the answer tells %q: %.500s", a.name, word, text)
	}
	if spent > mostCPU*slow {
		t.Errorf("%s: took %v of the processor", a.name, spent)
	}
	return spent
}

// cpu is the processor's time that this process has used.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// heap is the memory in use, without garbage.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
