package reads

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/graph/scalar"
)

// asGqlgen is what gqlgen writes.
func asGqlgen(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}

func TestAppendDateTime_isTimesOwnForm(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	instants := []time.Time{
		time.Unix(0, 0), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(0, 2, 29, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(-1, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2000, 2, 29, 1, 2, 3, 100_000_000, time.UTC),
		time.Date(1900, 2, 28, 23, 59, 59, 1000, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	}
	for range 20_000 {
		instants = append(instants, time.UnixMicro(random.Int64N(4e17)-2e17))
	}
	for _, at := range instants {
		got, want := string(appendDateTime(nil, at.UnixMicro())), asGqlgen(scalar.MarshalDateTime(at))
		if got != want {
			t.Fatalf("%s is written as %s", want, got)
		}
	}
}

func FuzzAppendText_isGqlgens(f *testing.F) {
	f.Add("plain")
	f.Add("a \"quoted\" \\ <tag> & \t\r\n\b\x00\x1f\x7f é\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(appendText(nil, s)), asGqlgen(graphql.MarshalString(s)); got != want {
			t.Errorf("%q is written as %s, not %s", s, got, want)
		}
	})
}
