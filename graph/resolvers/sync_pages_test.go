package resolvers_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/auth"
)

// page is what both lists answer.
type page struct {
	Edges []struct {
		Cursor string
		Node   map[string]any
	}
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
}

// pageOf asks for a page of syncRuns or quarantine.
func pageOf(t *testing.T, f *fakeSyncs, list, arguments, field string) page {
	t.Helper()
	var answer map[string]page
	text := data(t, f, `{`+list+`(`+arguments+`) {edges {cursor node {`+field+`}} pageInfo {hasNextPage hasPreviousPage startCursor endCursor}}}`)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	return answer[list]
}

func TestSyncLists_everyRowOnceInOrder(t *testing.T) {
	t.Parallel()
	for list, tt := range map[string]struct {
		field string
		want  []any
	}{
		"syncRuns":   {"runId", []any{"5", "4", "3", "2", "1"}},
		"quarantine": {"externalId", []any{nil, "1", "2"}},
	} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			f := newFakeSyncs()
			var got []any
			arguments := "first: 2"
			for {
				p := pageOf(t, f, list, arguments, tt.field)
				for _, e := range p.Edges {
					got = append(got, e.Node[tt.field])
				}
				last := p.Edges[len(p.Edges)-1].Cursor
				if *p.PageInfo.EndCursor != last || *p.PageInfo.StartCursor != p.Edges[0].Cursor {
					t.Errorf("page info %+v does not tell the ends", p.PageInfo)
				}
				if p.PageInfo.HasPreviousPage != (arguments != "first: 2") {
					t.Errorf("hasPreviousPage is %t for %s", p.PageInfo.HasPreviousPage, arguments)
				}
				if !p.PageInfo.HasNextPage {
					break
				}
				arguments = `first: 2, after: "` + last + `"`
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSyncLists_empty(t *testing.T) {
	t.Parallel()
	p := pageOf(t, &fakeSyncs{}, "syncRuns", "first: 1", "runId")
	if len(p.Edges) > 0 || p.PageInfo.HasNextPage || p.PageInfo.HasPreviousPage || p.PageInfo.StartCursor != nil || p.PageInfo.EndCursor != nil {
		t.Errorf("an empty list has page %+v", p)
	}
}

// encode makes a cursor of JSON text, as a forger would.
func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestSyncLists_refuseBadArguments(t *testing.T) {
	t.Parallel()
	f := newFakeSyncs()
	run := *pageOf(t, f, "syncRuns", "first: 1", "runId").PageInfo.EndCursor
	record := *pageOf(t, f, "quarantine", "first: 1", "runId").PageInfo.EndCursor
	forged := func(cursor, from, to string) string {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil || !strings.Contains(string(raw), from) {
			t.Fatalf("cursor %s does not hold %s: %v", raw, from, err)
		}
		return encode(strings.Replace(string(raw), from, to, 1))
	}
	const no = "after: this is not a cursor of this API"
	const other = "after: this cursor belongs to a list with another filter or order"
	tests := []struct{ name, list, field, want string }{
		{"no rows", "syncRuns(first: 0)", "first", "first: 0 is not between 1 and 500"},
		{"too many rows", "quarantine(first: 501)", "first", "first: 501 is not between 1 and 500"},
		{"no entities", "syncRuns(entities: [])", "entities", "entities: the list is empty: leave it out for all"},
		{"no entities of the quarantine", "quarantine(entities: [])", "entities", "entities: the list is empty: leave it out for all"},
		{"no states", "syncRuns(statuses: [])", "statuses", "statuses: the list is empty: leave it out for all"},
		{"no cursor", `syncRuns(after: "5")`, "after", no},
		{"an empty cursor", `syncRuns(after: "")`, "after", no},
		{"another version", `syncRuns(after: "` + forged(run, `"v":1`, `"v":2`) + `")`, "after", no},
		{"more in it", `syncRuns(after: "` + forged(run, `"v":1`, `"v":1,"x":1`) + `")`, "after", no},
		{"no number", `syncRuns(after: "` + forged(run, `"i":5`, `"i":0`) + `")`, "after", no},
		{"a time where there is none", `syncRuns(after: "` + forged(run, `"k":null`, `"k":"2026-01-02T15:04:05Z"`) + `")`, "after", no},
		{"no time where there is one", `quarantine(after: "` + forged(record, `"k":"2026-01-02T15:04:05.123456Z"`, `"k":null`) + `")`, "after", no},
		{"a broken time", `quarantine(after: "` + forged(record, `2026-01-02`, `2026-02-31`) + `")`, "after", no},
		{"a cursor of the other list", `quarantine(after: "` + run + `")`, "after", other},
		{"another entity", `syncRuns(entities: [JOBS], after: "` + run + `")`, "after", other},
		{"another state", `syncRuns(statuses: [FAILED], after: "` + run + `")`, "after", other},
		{"another entity of the quarantine", `quarantine(entities: [JOBS], after: "` + record + `")`, "after", other},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFakeSyncs()
			var answer struct {
				Errors []struct {
					Message    string
					Extensions struct{ Code, Field string }
				}
			}
			body := asRole(t, f, auth.Admin, `{`+tt.list+` {nodes {runId}}}`)
			if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Errors) != 1 {
				t.Fatalf("%v in %s", err, body)
			}
			got := answer.Errors[0]
			if got.Message != tt.want || got.Extensions.Code != "BAD_USER_INPUT" || got.Extensions.Field != tt.field {
				t.Errorf("error %+v, want %q of %s", got, tt.want, tt.field)
			}
			if f.asked != nil {
				t.Errorf("asked %q", f.asked)
			}
		})
	}
}
