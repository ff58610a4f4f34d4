package stclient_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stclient"
)

// feed serves rows of an export, ten a page; its tokens are "t10", "t20" …
type feed struct{ rows int }

func (f *feed) api(w http.ResponseWriter, r *http.Request, _ int) {
	at := 0
	_, _ = fmt.Sscanf(r.Form.Get("from"), "t%d", &at)
	to := min(at+10, f.rows)
	data := []map[string]any{}
	for id := at + 1; id <= to; id++ {
		data = append(data, map[string]any{"id": id})
	}
	write(w, http.StatusOK, map[string]any{"hasMore": to < f.rows, "continueFrom": "t" + strconv.Itoa(to), "data": data})
}

func TestExport_resumes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{rows: 25}
		u, c := setup(t, f.api)
		tenant := open(c)
		var sizes []int
		token := ""
		read := func(stopAfter int) {
			for page, err := range tenant.Export(t.Context(), customers, token, url.Values{"includeRecentChanges": {"true"}}) {
				if err != nil {
					t.Fatal(err)
				}
				sizes, token = append(sizes, len(page.Items)), page.ContinueFrom
				if stopAfter--; stopAfter == 0 {
					return
				}
			}
		}
		read(1)
		read(99)
		f.rows = 38 // more happens later
		read(99)
		read(99)
		if diff := cmp.Diff([]int{10, 10, 5, 10, 3, 0}, sizes); diff != "" || token != "t38" {
			t.Errorf("token %q, want t38; rows by page (-want +got):\n%s", token, diff)
		}
		var queries []string
		for _, r := range u.requests()[:2] {
			queries = append(queries, r.URL.String())
		}
		const path = "/crm/v2/tenant/4711/export/customers?"
		want := []string{path + "includeRecentChanges=true", path + "from=t10&includeRecentChanges=true"}
		if diff := cmp.Diff(want, queries); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestExport_resumesAfterAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{rows: 25}
		_, c := setup(t, func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 2 {
				problem(w, http.StatusBadRequest, "Bad")
				return
			}
			f.api(w, r, n)
		})
		tenant := open(c)
		token, rows, failures := "", 0, 0
		for range 2 {
			for page, err := range tenant.Export(t.Context(), customers, token, nil) {
				if err != nil {
					failures++
					break
				}
				token, rows = page.ContinueFrom, rows+len(page.Items)
			}
		}
		if rows != 25 || failures != 1 {
			t.Errorf("%d rows with %d failures, want 25 with 1", rows, failures)
		}
	})
}

func TestExport_badFeeds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, from string }{
		{"no token", `{"hasMore":false,"data":[]}`, ""},
		{"null token", `{"hasMore":false,"continueFrom":null,"data":[]}`, ""},
		{"leads back to itself", `{"hasMore":true,"continueFrom":"t1","data":[{"id":1}]}`, "t1"},
		{"cut off", `{"hasMore":true,"continueFrom":"t1","data":[{"id":1}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := setup(t, func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = w.Write([]byte(tt.body)) })
				steps := 0
				for _, err := range open(c).Export(t.Context(), customers, tt.from, nil) {
					steps++
					wantCode(t, err, stclient.CodeBadResponse)
				}
				if steps != 1 {
					t.Errorf("%d steps, want 1", steps)
				}
			})
		})
	}
}

func TestExport_resourceWithoutFeed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := setup(t, record)
		steps := 0
		for _, err := range open(c).Export(t.Context(), jobs, "", nil) {
			steps++
			wantCode(t, err, stclient.CodeNoSuchOperation)
		}
		if steps != 1 {
			t.Errorf("%d steps, want 1", steps)
		}
	})
}
