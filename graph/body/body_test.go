package body

import (
	"encoding/json"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The short way to read a body must give what encoding/json gives, or leave it to that.
func FuzzPick_readsWhatDecodeReads(f *testing.F) {
	for _, s := range []string{
		`{"query":"{ viewer { role } }","variables":{"a":[1,2.50,{"b":null}],"c":true,"d":"\u00e9\n","e":-1e3},"operationName":"Q"}`,
		`{"query":"x","variables":null,"operationName":null}`, `{"query":"a","query":"b"}`, `{"variables":[]}`, `[]`, `{"query":5}`,
		`{"query":"x"} `, `{"query":"x"}{}`, `{"extensions":{"persistedQuery":{"version":1}}}`, `{"Query":"x"}`, ``, `{"query":"\ud800"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := pick(body)
		if !ok {
			return
		}
		want, err := decode(body)
		if err != nil {
			t.Fatalf("%q is read, though %v", body, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(graphql.RawParams{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q (-decode +pick):\n%s", body, diff)
		}
	})
}

func TestPick_readsTheUsualRequest(t *testing.T) {
	t.Parallel()
	got, ok := pick([]byte(`{"query":"query Q($n: Int) { jobs(first: $n) { totalCount } }","variables":{"n":12345678901234567890}}`))
	if !ok || got.Variables["n"] != json.Number("12345678901234567890") {
		t.Errorf("read: %t, variables %v", ok, got.Variables)
	}
}

func TestDepth(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		``: 0, `5`: 0, `{}`: 1, `[{"a":[1]},{}]`: 3, `{"a":"[[[["}`: 1, `{"a":"\"[["}`: 1, `{"a":"\\","b":[]}`: 2, `]]][`: 0, `{"[":{}}`: 2,
	} {
		if got := Depth([]byte(text)); got != want {
			t.Errorf("%s is %d deep, want %d", text, got, want)
		}
	}
}
