package reads

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
	"lazilabs.com/lazi/internal/table"
)

// source answers every question for rows with two rows for each key, or as answer says.
type source struct {
	loaders.Sources // none asks

	answer func(a *table.Ask) error
	along  func(b *table.Ask) bool // tells whether a question is answered along with the one above
	asked  []string
	mu     sync.Mutex
}

func (s *source) Answerer(context.Context, domain.TenantID, domain.Area) (providers.Answerer, error) {
	return s, nil
}

func (s *source) Tenant(_ context.Context, id domain.TenantID) (domain.Tenant, error) {
	return domain.Tenant{ID: id, Currency: "USD"}, nil
}

func (s *source) Answer(_ context.Context, tenant domain.TenantID, asks []*table.Ask) error {
	for _, a := range asks {
		s.mu.Lock()
		s.asked = append(s.asked, a.Kind.Name)
		s.mu.Unlock()
		a.Reset()
		if s.answer != nil {
			if err := s.answer(a); err != nil {
				return err
			}
			continue
		}
		s.fill(tenant, a, a.Keys.IDs)
	}
	return nil
}

// fill answers a question with two rows for each key, or with the row that a key names, and what is below it as along says.
func (s *source) fill(tenant domain.TenantID, a *table.Ask, keys []int64) {
	switch {
	case a.ByID:
		for _, id := range keys {
			a.Answer.Add(0, row(a, id))
		}
	case a.Link != nil:
		for place, key := range keys {
			if a.Count {
				a.Answer.AddCount(key, key)
				continue
			}
			for i := range 2 {
				a.Answer.Add(key, row(a, int64(tenant)*100+int64(2*place+i)))
			}
		}
	default:
		for i := range 2 {
			a.Answer.Add(0, row(a, int64(tenant)*100+int64(i)))
		}
	}
	for _, b := range a.Below {
		if b.Along = s.along != nil && s.along(b); !b.Along {
			continue
		}
		var above []int64
		for i := range a.Answer.Len() {
			above = append(above, table.Int(a.Answer.Value(i, b.KeyColumns[0])))
		}
		s.fill(tenant, b, above)
	}
}

// row makes a row whose texts and customer_id name its id and whose other columns are NULL.
func row(a *table.Ask, id int64) [][]byte {
	values := make([][]byte, len(a.Columns))
	for i, c := range a.Columns {
		switch {
		case c.Name == "st_id", c.Name == "customer_id":
			values[i] = binary.BigEndian.AppendUint64(nil, uint64(id))
		case isName(c.Column):
			values[i] = fmt.Append(nil, "row ", id)
		}
	}
	return values
}

// answer asks an engine a document, which is parsed anew each time.
func answer(t *testing.T, e *Engine, document string, tenant domain.TenantID) (string, error) {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(schemaOf(t), document, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	data, err := e.Answer(t.Context(), nil, &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0]}, tenant, time.Unix(0, 0))
	return string(data), err
}

func newEngine(t *testing.T, s loaders.Sources) *Engine {
	t.Helper()
	return New(schemaOf(t), nil, s, slog.New(slog.DiscardHandler))
}

const jobsWithVisits = `{ jobs(first: 2) { nodes { number a: appointments { nodes { externalId statusText } } } } }`

func TestEngine_answersLevelByLevel(t *testing.T) {
	t.Parallel()
	s := &source{}
	got, err := answer(t, newEngine(t, s), jobsWithVisits, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"jobs":{"nodes":[{"number":"row 100","a":{"nodes":[{"externalId":"100","statusText":"row 100"},{"externalId":"101","statusText":"row 101"}]}},` +
		`{"number":"row 101","a":{"nodes":[{"externalId":"102","statusText":"row 102"},{"externalId":"103","statusText":"row 103"}]}}]}}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if asked := strings.Join(s.asked, " "); asked != "Job Appointment" {
		t.Errorf("asked for %s", asked)
	}
}

func TestEngine_leavesToResolversWhatItCannotAnswer(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	tests := map[string]struct {
		document string
		answer   func(a *table.Ask) error
		want     error
	}{
		"a field that is no kind's": {document: `{ viewer { role } }`, want: ErrNotCompiled},
		"an argument out of range":  {document: `{ jobs(first: 0) { totalCount } }`, want: domain.ErrInvalid},
		"an id of another kind":     {document: `{ job(id: "MTpDdXN0b21lcjox") { number } }`, want: domain.ErrInvalid},
		"a provider that fails": {
			document: `{ jobs { nodes { id } } }`, answer: func(*table.Ask) error { return down }, want: down,
		},
		"a null that the schema forbids": {
			document: `{ jobs { nodes { number } } }`, want: errNull,
			answer: func(a *table.Ask) error {
				a.Answer.Add(0, [][]byte{make([]byte, 8), nil})
				return nil
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := answer(t, newEngine(t, &source{answer: tt.answer}), tt.document, 1); !errors.Is(err, tt.want) {
				t.Errorf("answer %s, error %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestEngine_outlastsItsOwnMistakes(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	broken := true
	s := &source{answer: func(a *table.Ask) error {
		if broken {
			panic("index out of range")
		}
		a.Answer.Add(0, row(a, 7))
		return nil
	}}
	e := New(schemaOf(t), nil, s, slog.New(slog.NewTextHandler(&log, nil)))
	if _, err := answer(t, e, `{ jobs { nodes { number } } }`, 1); err == nil || !strings.Contains(log.String(), "index out of range") {
		t.Errorf("error %v, log %q", err, log.String())
	}
	broken = false
	if got, err := answer(t, e, `{ jobs { nodes { number } } }`, 1); err != nil || got != `{"jobs":{"nodes":[{"number":"row 7"}]}}` {
		t.Errorf("afterwards %s, %v", got, err)
	}
}

// aliases repeats a field with each number from 1 to n in it.
func aliases(n int, field string) (all string) {
	for i := range n {
		all += fmt.Sprintf(" a%d: "+field, i+1, i+1)
	}
	return all
}

// always answers whatever is below a question along with it.
func always(*table.Ask) bool { return true }

func TestEngine_takesWhatComesAlong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		document string
		along    func(b *table.Ask) bool
		asked    string
	}{
		"all":     {jobsWithVisits, always, "Job"},
		"nothing": {jobsWithVisits, nil, "Job Appointment"},
		"a part":  {`{ jobs(first: 2) { nodes { customer { name } appointments { nodes { externalId } } } } }`, func(b *table.Ask) bool { return b.ByID }, "Job Appointment"},
		"below a row that only shows that there is more": {
			`{ jobs(first: 1) { pageInfo { hasNextPage } nodes { customer { name locations { totalCount } } appointments(first: 1) { pageInfo { hasNextPage } totalCount nodes { externalId } } } } }`,
			always, "Job",
		},
		"all but what is filtered": {
			`{ jobs(first: 2) { nodes { customer { name } appointments(filter: {statuses: [DONE]}) { nodes { externalId } } } } }`, always, "Job Appointment",
		},
		"not below large pages": {
			`{ jobs(first: 2) { nodes { customer { locations(first: 200) { nodes { name customer { name } } } } } } }`, always, "Job Customer",
		},
		"sixteen at most": {
			`{ jobs(first: 1) { nodes {` + aliases(17, "appointments(first: %d) { totalCount }") + `} } }`, always, "Job Appointment Appointment",
		},
		"only a little": {strings.Replace(jobsWithVisits, "first: 2", "first: 12", 1), always, "Job Appointment"},
		"not below what Postgres plans by its conditions": {
			strings.Replace(jobsWithVisits, "first: 2", `first: 2, filter: {numbers: ["1"]}`, 1), always, "Job Appointment",
		},
		"in three levels": {`{ jobs(first: 2) { nodes { customer { name locations(first: 2) { nodes { name } pageInfo { hasNextPage } } } } } }`, always, "Job"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := answer(t, newEngine(t, &source{}), tt.document, 1)
			if err != nil {
				t.Fatal(err)
			}
			s := &source{along: tt.along}
			e := newEngine(t, s)
			for range 2 { // the second run has the first one's memory
				s.asked = nil
				got, err := answer(t, e, tt.document, 1)
				if err != nil || got != want {
					t.Errorf("error %v, got %s\nwant %s", err, got, want)
				}
				if asked := strings.Join(s.asked, " "); asked != tt.asked {
					t.Errorf("asked for %s, want %s", asked, tt.asked)
				}
			}
		})
	}
}

func TestEngine_asksAgainForRowsThatDoNotComeAlong(t *testing.T) {
	t.Parallel()
	document := `{ job(id: "MTpKb2I6Nw") { customer { name locations { nodes { name } } } } }`
	want, err := answer(t, newEngine(t, &source{}), document, 1)
	if err != nil {
		t.Fatal(err)
	}
	s := &source{along: always}
	got, err := answer(t, newEngine(t, &lackingSource{s}), document, 1)
	if err != nil || got != want {
		t.Errorf("error %v, got %s\nwant %s", err, got, want)
	}
	if asked := strings.Join(s.asked, " "); asked != "Job Customer" {
		t.Errorf("asked for %s", asked)
	}
}

// lackingSource says of customers that come along that it has none.
type lackingSource struct{ *source }

func (s *lackingSource) Answerer(context.Context, domain.TenantID, domain.Area) (providers.Answerer, error) {
	return s, nil
}

func (s *lackingSource) Answer(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) error {
	err := s.source.Answer(ctx, tenant, asks)
	for _, a := range asks {
		for b := range a.Tree() {
			if b != a && b.Kind == domain.Customers.Kind {
				b.Reset()
				b.Along = true
			}
		}
	}
	return err
}

// TestEngine_runsShareNothing answers for several tenants at once, with memory that goes from run to run.
func TestEngine_runsShareNothing(t *testing.T) {
	t.Parallel()
	e := newEngine(t, &source{along: always})
	alone := map[domain.TenantID]string{}
	for tenant := range domain.TenantID(8) {
		alone[tenant], _ = answer(t, newEngine(t, &source{}), jobsWithVisits, tenant)
	}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			tenant := domain.TenantID(i % len(alone))
			got, err := answer(t, e, jobsWithVisits, tenant)
			if err != nil || got != alone[tenant] {
				t.Errorf("tenant %d: %v, %s", tenant, err, got)
			}
		})
	}
	wg.Wait()
}
