package resolvers_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/resolvers"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// asRole runs an operation as a caller with a role and returns the body of the answer: JSON, or events for a subscription.
// No role is no caller.
func asRole(t *testing.T, f *fakeSyncs, role auth.Role, query string) string {
	t.Helper()
	s := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{Syncs: f}}))
	s.AddTransport(transport.SSE{})
	s.AddTransport(transport.POST{})
	s.SetErrorPresenter(gqlerr.Presenter(slog.New(slog.DiscardHandler)))
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	ctx := loaders.With(t.Context(), loaders.New(&fake{}, 1, now))
	if role != "" {
		ctx = auth.NewContext(ctx, auth.Identity{Subject: "tester", Tenant: 1, Role: role})
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(query, "subscription") {
		r.Header.Set("Accept", "text/event-stream")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Body.String()
}

// operations are all of the schema's, with what each asks the syncs for.
func operations() map[string][]string {
	return map[string][]string{
		`mutation {startSync(input: {entities: [JOBS]}) {runs {runId}}}`:                {"start 1 Job INCREMENTAL MUTATION false"},
		`mutation {cancelSync(input: {runId: 5}) {run {status} userErrors {code}}}`:     {"cancel 1 5"},
		`mutation {pauseSchedule(input: {entities: [TEAMS, ZONES]}) {states {entity}}}`: {"paused 1 [Team Zone] true", "states 1"},
		`mutation {resumeSchedule(input: {entities: [TEAMS]}) {states {entity}}}`:       {"paused 1 [Team] false", "states 1"},
		`{syncStatus {entity records run {percent}}}`:                                   {"states 1"},
		`{syncRuns(first: 3, statuses: [FAILED]) {nodes {runId}}}`:                      {"runs 1 [] [FAILED] before 0 limit 4"},
		`{quarantine(entities: [CUSTOMERS, CUSTOMERS]) {nodes {reason}}}`:               {"quarantine 1 [Customer] limit 26"},
		`subscription {syncProgress(entities: [JOBS]) {runId}}`:                         {"progress 1 [Job]"},
	}
}

func TestSync_asksForTheCallersTenant(t *testing.T) {
	t.Parallel()
	for query, want := range operations() {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			f := newFakeSyncs()
			answer := asRole(t, f, auth.Admin, query)
			if diff := cmp.Diff(want, f.asked); diff != "" || strings.Contains(answer, `"errors"`) {
				t.Errorf("asked (-want +got):\n%s\nanswer %s", diff, answer)
			}
			f = newFakeSyncs()
			if answer := asRole(t, f, "", query); f.asked != nil || !strings.Contains(answer, `"code":"FORBIDDEN"`) {
				t.Errorf("without a caller: asked %q, answer %s", f.asked, answer)
			}
		})
	}
}

// data runs an operation as an admin and returns the answer's data. Errors fail the test.
func data(t *testing.T, f *fakeSyncs, query string) string {
	t.Helper()
	var answer struct{ Data, Errors json.RawMessage }
	body := asRole(t, f, auth.Admin, query)
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Errors != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return string(answer.Data)
}

func TestStartSync(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, input string
		want        []string
	}{
		{"entities are read once each, in the order given", `{entities: [JOBS, CUSTOMER_CONTACTS, JOBS], mode: FULL}`, []string{
			"start 1 Job FULL MUTATION false", "start 1 CustomerContact FULL MUTATION false",
		}},
		{"changes from a time on", `{entities: [JOBS], since: "2026-01-02T15:04:05Z"}`, []string{
			"start 1 Job INCREMENTAL MUTATION since 2026-01-02T15:04:05Z false",
		}},
		{"a drop is accepted", `{entities: [JOBS], mode: RECONCILE, acceptDrop: true}`, []string{"start 1 Job RECONCILE MUTATION true"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFakeSyncs()
			got := data(t, f, `mutation {startSync(input: `+tt.input+`) {runs {runId status} userErrors {code}}}`)
			if diff := cmp.Diff(tt.want, f.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if !strings.HasPrefix(got, `{"startSync":{"runs":[{"runId":"6","status":"QUEUED"}`) || !strings.HasSuffix(got, `"userErrors":[]}}`) {
				t.Errorf("data %s", got)
			}
		})
	}
}

func TestStartSync_withoutEntitiesReadsAllInOrder(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"{}", "{entities: null}"} {
		f := newFakeSyncs()
		data(t, f, `mutation {startSync(input: `+input+`) {runs {runId}}}`)
		var want []string
		for _, k := range domain.Kinds() {
			want = append(want, "start 1 "+k.Name+" INCREMENTAL MUTATION false")
		}
		if diff := cmp.Diff(want, f.asked); diff != "" {
			t.Errorf("asked for %s (-want +got):\n%s", input, diff)
		}
	}
}

func TestSync_userErrors(t *testing.T) {
	t.Parallel()
	const empty = `{"code":"INVALID","message":"entities: the list is empty: leave it out for all","field":["input","entities"]}`
	tests := []struct{ name, field, want string }{
		{"no entities to start", `startSync(input: {entities: []}) {runs {runId}`, `"runs":[],"userErrors":[` + empty + `]`},
		{"no entities to pause", `pauseSchedule(input: {entities: []}) {states {entity}`, `"states":[],"userErrors":[` + empty + `]`},
		{"no entities to resume", `resumeSchedule(input: {entities: []}) {states {entity}`, `"states":[],"userErrors":[` + empty + `]`},
		{
			"a time for a full run", `startSync(input: {mode: FULL, since: "2026-01-01T00:00:00Z"}) {runs {runId}`,
			`"runs":[],"userErrors":[{"code":"INVALID","message":"since: it goes with the mode INCREMENTAL, not with FULL","field":["input","since"]}]`,
		},
		{
			"a time to come", `startSync(input: {since: "2026-01-02T15:04:06Z"}) {runs {runId}`,
			`"runs":[],"userErrors":[{"code":"INVALID","message":"since: it lies in the future","field":["input","since"]}]`,
		},
		{
			"a drop without a reconcile", `startSync(input: {acceptDrop: true}) {runs {runId}`,
			`"runs":[],"userErrors":[{"code":"INVALID","message":"acceptDrop: it goes with the mode RECONCILE, not with INCREMENTAL","field":["input","acceptDrop"]}]`,
		},
		{
			"all at once", `startSync(input: {entities: [], mode: FULL, since: "2027-01-01T00:00:00Z", acceptDrop: true}) {runs {runId}`,
			`"runs":[],"userErrors":[{"code":"INVALID","message":"since: it goes with the mode INCREMENTAL, not with FULL","field":["input","since"]},` +
				`{"code":"INVALID","message":"since: it lies in the future","field":["input","since"]},` +
				`{"code":"INVALID","message":"acceptDrop: it goes with the mode RECONCILE, not with FULL","field":["input","acceptDrop"]},` + empty + `]`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFakeSyncs()
			got := data(t, f, `mutation {`+tt.field+` userErrors {code message field}}}`)
			if !strings.HasSuffix(got, `:{`+tt.want+`}}`) {
				t.Errorf("data %s, want %s", got, tt.want)
			}
			if f.asked != nil {
				t.Errorf("asked %q", f.asked)
			}
		})
	}
}

func TestCancelSync(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, id, want string }{
		{"an unfinished run", "5", `{"run":{"status":"CANCELLED"},"userErrors":[]}`},
		{
			"a finished run stays", `"3"`,
			`{"run":{"status":"SUCCEEDED"},"userErrors":[{"code":"FINISHED","message":"the run has ended already: it is SUCCEEDED","field":["input","runId"]}]}`,
		},
		{"no run", "77", `{"run":null,"userErrors":[{"code":"NOT_FOUND","message":"there is no such run","field":["input","runId"]}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := data(t, newFakeSyncs(), `mutation {cancelSync(input: {runId: `+tt.id+`}) {run {status} userErrors {code message field}}}`)
			if diff := cmp.Diff(`{"cancelSync":`+tt.want+`}`, got); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	f := newFakeSyncs()
	got := data(t, f, `mutation {pauseSchedule(input: {entities: [ZONES, JOB_TYPES]}) {states {entity paused} userErrors {code}}}`)
	want := `{"pauseSchedule":{"states":[{"entity":"JOB_TYPES","paused":true},{"entity":"ZONES","paused":true}],"userErrors":[]}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	got = data(t, f, `mutation {resumeSchedule(input: {}) {states {paused}}}`)
	if strings.Count(got, `"paused":false`) != len(domain.Kinds()) {
		t.Errorf("not all %d entities are resumed: %s", len(domain.Kinds()), got)
	}
}

// What goes wrong behind the resolvers is masked, whichever method it is.
func TestSync_failures(t *testing.T) {
	t.Parallel()
	for query := range operations() {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			f := newFakeSyncs()
			f.err = errors.New("secret of the database")
			if answer := asRole(t, f, auth.Owner, query); !strings.Contains(answer, `"code":"INTERNAL"`) || strings.Contains(answer, "secret") {
				t.Errorf("answer %s", answer)
			}
		})
	}
}

func TestSyncProgress(t *testing.T) {
	t.Parallel()
	f := newFakeSyncs()
	events := asRole(t, f, auth.Admin, `subscription {syncProgress {runId status percent}}`)
	for _, want := range []string{
		`{"data":{"syncProgress":{"runId":"5","status":"RUNNING","percent":25}}}`,
		`{"data":{"syncProgress":{"runId":"4","status":"QUEUED","percent":25}}}`,
		"event: complete",
	} {
		if !strings.Contains(events, want) {
			t.Errorf("no %s in:\n%s", want, events)
		}
	}
	if diff := cmp.Diff([]string{"progress 1 []"}, f.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestSyncEntity_namesEveryKind(t *testing.T) {
	t.Parallel()
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	var got, want []string
	for _, v := range schema.Types["SyncEntity"].EnumValues {
		got = append(got, v.Name)
	}
	for _, k := range domain.Kinds() {
		want = append(want, string(domain.EntityOf(k.Name)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values of SyncEntity (-kinds +schema):\n%s", diff)
	}
}
