package stclient_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stclient"
)

// table serves a list of ids by offset, as ServiceTitan does: no snapshot, rows drift.
type table struct {
	ids []int
	// before runs ahead of each page and may change the rows.
	before func(page int, ids []int) []int
}

func (l *table) api(w http.ResponseWriter, r *http.Request, _ int) {
	page, size := intParam(r, "page"), intParam(r, "pageSize")
	if l.before != nil {
		l.ids = l.before(page, l.ids)
	}
	rows := l.ids
	if ids := r.Form.Get("ids"); ids != "" {
		rows = slices.DeleteFunc(slices.Clone(rows), func(id int) bool {
			return !slices.Contains(strings.Split(ids, ","), strconv.Itoa(id))
		})
	}
	from, to := min((page-1)*size, len(rows)), min(page*size, len(rows))
	var total any
	if r.Form.Get("includeTotal") == "true" {
		total = len(rows)
	}
	data := []map[string]any{}
	for _, id := range rows[from:to] {
		data = append(data, map[string]any{"id": id})
	}
	write(w, http.StatusOK, map[string]any{"page": page, "pageSize": size, "hasMore": to < len(rows), "totalCount": total, "data": data})
}

func intParam(r *http.Request, name string) int {
	n, _ := strconv.Atoi(r.Form.Get(name))
	return n
}

// upTo is 1, 2 … n.
func upTo(n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i + 1
	}
	return ids
}

// idsOf reads `{"id":n}` items.
func idsOf(t *testing.T, page stclient.Page) []int {
	t.Helper()
	var ids []int
	for _, item := range page.Items {
		var id int
		if _, err := fmt.Sscanf(string(item), `{"id":%d}`, &id); err != nil {
			t.Fatalf("item %s: %v", item, err)
		}
		ids = append(ids, id)
	}
	return ids
}

func TestList_readsToTheEndWhileRowsDrift(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		rows   int
		before func(page int, ids []int) []int
		pages  []int // rows of each
	}{
		{"no rows", 0, nil, []int{0}},
		{"one page", 9, nil, []int{9}},
		{"exactly two pages", 20, nil, []int{10, 10}},
		{"many pages", 1234, nil, append(slices.Repeat([]int{10}, 123), 4)},
		{"rows are added at the end", 15, func(page int, ids []int) []int {
			if page == 2 {
				return upTo(33)
			}
			return ids
		}, []int{10, 10, 10, 3}},
		{"rows go away", 31, func(page int, ids []int) []int {
			if page == 3 {
				return ids[11:]
			}
			return ids
		}, []int{10, 10, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &table{ids: upTo(tt.rows), before: tt.before}
				_, c := setup(t, l.api)
				var got []int
				for page, err := range open(c).List(t.Context(), customers, url.Values{"pageSize": {"10"}}) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, len(page.Items))
					if page.Number != len(got) || page.Total != nil {
						t.Errorf("page %d has number %d, total %v", len(got), page.Number, page.Total)
					}
				}
				if diff := cmp.Diff(tt.pages, got); diff != "" {
					t.Errorf("rows by page (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestList_query(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		q    url.Values
		want string
		code stclient.Code
	}{
		{"nothing set", nil, "page=1&pageSize=500", ""},
		{"the sign of a sort is encoded", url.Values{"sort": {"+Id"}}, "page=1&pageSize=500&sort=%2BId", ""},
		{"page is ours", url.Values{"page": {"7"}, "pageSize": {"5000"}}, "page=1&pageSize=5000", ""},
		{"filters", url.Values{"active": {"Any"}, "name": {"Sample & Sons"}}, "active=Any&name=Sample+%26+Sons&page=1&pageSize=500", ""},
		{"page size 0", url.Values{"pageSize": {"0"}}, "", stclient.CodeInvalid},
		{"page size 5001", url.Values{"pageSize": {"5001"}}, "", stclient.CodeInvalid},
		{"page size x", url.Values{"pageSize": {"x"}}, "", stclient.CodeInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, (&table{ids: upTo(1)}).api)
				before := tt.q.Encode()
				for _, err := range open(c).List(t.Context(), customers, tt.q) {
					wantCode(t, err, tt.code)
				}
				got := ""
				for _, r := range u.requests() {
					got += r.URL.RawQuery
				}
				if got != tt.want {
					t.Errorf("query %q, want %q", got, tt.want)
				}
				if after := tt.q.Encode(); after != before {
					t.Errorf("the caller's query became %q", after)
				}
			})
		})
	}
}

func TestList_total(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := setup(t, (&table{ids: upTo(3)}).api)
		for page, err := range open(c).List(t.Context(), customers, url.Values{"includeTotal": {"true"}}) {
			if err != nil || page.Total == nil || *page.Total != 3 {
				t.Errorf("total %v, error %v; want 3", page.Total, err)
			}
		}
	})
}

func TestList_stopsWithTheReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, (&table{ids: upTo(100)}).api)
		for page := range open(c).List(t.Context(), customers, url.Values{"pageSize": {"10"}}) {
			if page.Number == 2 {
				break
			}
		}
		if n := len(u.requests()); n != 2 {
			t.Errorf("%d requests, want 2: pages are read when they are asked for", n)
		}
	})
}

func TestList_errorEndsTheStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &table{ids: upTo(100)}
		_, c := setup(t, func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 3 {
				problem(w, http.StatusBadRequest, "Bad")
				return
			}
			l.api(w, r, n)
		})
		var pages, errs int
		for _, err := range open(c).List(t.Context(), customers, url.Values{"pageSize": {"10"}}) {
			if pages++; err != nil {
				errs++
				if !strings.Contains(err.Error(), "list Customer page 3") {
					t.Errorf("error does not name the page: %v", err)
				}
			}
		}
		if pages != 3 || errs != 1 {
			t.Errorf("%d steps with %d errors, want 3 with 1", pages, errs)
		}
	})
}

func TestList_envelopes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       stclient.Code
		items      []string
	}{
		{"items stay as they are", `{"new":{"a":[1]},"data":[{"id": 1, "x":1.50},{"id":2,"y":null}],"hasMore":false}`, "", []string{`{"id": 1, "x":1.50}`, `{"id":2,"y":null}`}},
		{"null data", `{"hasMore":false,"data":null}`, "", nil},
		{"no data", `{"hasMore":false}`, stclient.CodeBadResponse, nil},
		{"no hasMore", `{"data":[]}`, stclient.CodeBadResponse, nil},
		{"null hasMore", `{"data":[],"hasMore":null}`, stclient.CodeBadResponse, nil},
		{"data is an object", `{"data":{},"hasMore":false}`, stclient.CodeBadResponse, nil},
		{"hasMore is text", `{"data":[],"hasMore":"no"}`, stclient.CodeBadResponse, nil},
		{"bare array", `[{"id":1}]`, stclient.CodeBadResponse, nil},
		{"cut off in an item", `{"data":[{"id":1},{"id"`, stclient.CodeBadResponse, nil},
		{"cut off between items", `{"hasMore":false,"data":[{"id":1},`, stclient.CodeBadResponse, nil},
		{"cut off at the end", `{"hasMore":false,"data":[{"id":1}]`, stclient.CodeBadResponse, nil},
		{"endless", `{"data":[],"hasMore":true}`, stclient.CodeBadResponse, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := setup(t, func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = w.Write([]byte(tt.body)) })
				steps := 0
				for page, err := range open(c).List(t.Context(), customers, nil) {
					steps++
					wantCode(t, err, tt.want)
					var items []string
					for _, item := range page.Items {
						items = append(items, string(item))
					}
					if diff := cmp.Diff(tt.items, items); diff != "" {
						t.Errorf("items (-want +got):\n%s", diff)
					}
				}
				if steps != 1 {
					t.Errorf("%d steps, want 1", steps)
				}
			})
		})
	}
}

func TestByIDs_fiftyAtATime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		ask    []int
		chunks []int
		found  int
	}{
		{"none", nil, nil, 0},
		{"one", []int{5}, []int{1}, 1},
		{"fifty", upTo(50), []int{50}, 50},
		{"fifty-one", upTo(51), []int{50, 1}, 51},
		{"some do not exist", upTo(130), []int{50, 50, 30}, 120},
		{"repeated ones", append(upTo(50), upTo(50)...), []int{50}, 50},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, c := setup(t, (&table{ids: upTo(120)}).api)
				var ids []int64
				for _, id := range tt.ask {
					ids = append(ids, int64(id))
				}
				asked := slices.Clone(ids)
				found := map[int]bool{}
				for page, err := range open(c).ByIDs(t.Context(), customers, ids, url.Values{"active": {"Any"}}) {
					if err != nil {
						t.Fatal(err)
					}
					for _, id := range idsOf(t, page) {
						found[id] = true
					}
				}
				var chunks []int
				for _, r := range u.requests() {
					chunks = append(chunks, len(strings.Split(r.Form.Get("ids"), ",")))
					if r.Form.Get("active") != "Any" || r.Form.Get("pageSize") != "50" {
						t.Errorf("query %s lost its filters or page size", r.URL.RawQuery)
					}
				}
				if diff := cmp.Diff(tt.chunks, chunks); diff != "" || len(found) != tt.found {
					t.Errorf("found %d, want %d; ids by call (-want +got):\n%s", len(found), tt.found, diff)
				}
				if diff := cmp.Diff(asked, ids); diff != "" {
					t.Errorf("the caller's ids changed:\n%s", diff)
				}
			})
		})
	}
}

func TestByIDs_stopsAtAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, c := setup(t, func(w http.ResponseWriter, _ *http.Request, _ int) { problem(w, http.StatusForbidden, scopeFailed) })
		steps := 0
		for _, err := range open(c).ByIDs(t.Context(), customers, []int64{1, 2, 3}, nil) {
			steps++
			wantCode(t, err, stclient.CodeForbidden)
		}
		if steps != 1 || len(u.requests()) != 1 {
			t.Errorf("%d steps and %d requests, want 1 and 1", steps, len(u.requests()))
		}
	})
}
