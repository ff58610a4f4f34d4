package servicetitan_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"lazilabs.com/lazi/internal/domain"
)

// upstream is a ServiceTitan of a few records that does what a test tells it. It answers lists, which it narrows by
// `ids` and by parameters that a test names, and single records.
type upstream struct {
	*httptest.Server
	mu      sync.Mutex
	records map[string][]map[string]any // by list path below the tenant
	columns map[string]string           // parameter → member that it narrows by
	calls   []string
	refuse  func(path string) int // a status instead of an answer; 0 answers
	hold    chan struct{}         // answers wait for it, where set
}

func newUpstream(t *testing.T) *upstream {
	t.Helper()
	u := &upstream{records: map[string][]map[string]any{}, columns: map[string]string{}, refuse: func(string) int { return 0 }}
	u.Server = httptest.NewServer(u)
	t.Cleanup(u.Close)
	return u
}

// has adds records of a kind.
func (u *upstream) has(k *domain.Kind, records ...map[string]any) {
	path := strings.ReplaceAll(k.API.ListPath(), "{tenant}", strconv.Itoa(tenant))
	u.records[path] = append(u.records[path], records...)
}

// asked returns the calls since the last look, as "path?narrowing".
func (u *upstream) asked() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	calls := u.calls
	u.calls = nil
	slices.Sort(calls)
	return calls
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/connect/token" {
		fmt.Fprint(w, `{"access_token":"sample","token_type":"Bearer","expires_in":900}`)
		return
	}
	u.mu.Lock()
	q := r.URL.Query()
	u.calls = append(u.calls, short(r.URL.Path, q))
	status, hold := u.refuse(r.URL.Path), u.hold
	u.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if status != 0 {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"status":%d,"title":"sample","traceId":"t","errors":{},"data":{}}`, status)
		return
	}
	u.answer(w, r.URL.Path, q)
}

func (u *upstream) answer(w http.ResponseWriter, path string, q url.Values) {
	records, list := u.records[path]
	if !list {
		at := strings.LastIndexByte(path, '/')
		for _, rec := range u.records[path[:at]] {
			if fmt.Sprint(rec["id"]) == path[at+1:] {
				_ = json.NewEncoder(w).Encode(rec)
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"status":404,"title":"Not found","traceId":"t","errors":{},"data":{}}`)
		return
	}
	kept := []map[string]any{}
	for _, rec := range records {
		if u.keeps(rec, q) {
			kept = append(kept, rec)
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"page": 1, "pageSize": 5000, "hasMore": false, "totalCount": nil, "data": kept})
}

func (u *upstream) keeps(rec map[string]any, q url.Values) bool {
	for param, values := range q {
		member := u.columns[param]
		if param == "ids" {
			member = "id"
		}
		if member != "" && !slices.Contains(strings.Split(values[0], ","), fmt.Sprint(rec[member])) {
			return false
		}
	}
	return true
}

// short leaves out what every crawl sends.
func short(path string, q url.Values) string {
	for _, usual := range []string{"page", "pageSize", "sort", "active", "activeState", "includeInactive", "includeTotal"} {
		q.Del(usual)
	}
	_, path, _ = strings.Cut(path, "/tenant/"+strconv.Itoa(tenant)+"/")
	if len(q) == 0 {
		return path
	}
	text, _ := url.QueryUnescape(q.Encode())
	return path + "?" + text
}
