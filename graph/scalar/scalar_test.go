package scalar_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/graph/scalar"
	"lazilabs.com/lazi/internal/domain"
)

func text(m graphql.Marshaler) string {
	var b strings.Builder
	m.MarshalGQL(&b)
	return b.String()
}

func TestMarshalDateTime(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("east", 3600)
	tests := []struct {
		name string
		in   time.Time
		want string
	}{
		{"another zone", time.Date(2026, 1, 2, 0, 30, 0, 0, east), `"2026-01-01T23:30:00Z"`},
		{"parts of a second", time.Date(2026, 1, 2, 3, 4, 5, 120_000_000, time.UTC), `"2026-01-02T03:04:05.12Z"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := text(scalar.MarshalDateTime(tt.in)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestUnmarshalDateTime(t *testing.T) {
	t.Parallel()
	got, err := scalar.UnmarshalDateTime("2026-01-02T00:30:00+01:00")
	if want := time.Date(2026, 1, 1, 23, 30, 0, 0, time.UTC); err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for _, bad := range []any{"2026-01-02", "yesterday", "", 1767312000, nil} {
		if _, err := scalar.UnmarshalDateTime(bad); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%v: got error %v, want invalid input", bad, err)
		}
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"0", "-12.50", "123456789012345678901234567890.123456789012345"} {
		d, err := scalar.UnmarshalDecimal(good)
		if err != nil {
			t.Errorf("%s: %v", good, err)
		}
		if got := text(scalar.MarshalDecimal(d)); got != `"`+good+`"` {
			t.Errorf("%s comes back as %s", good, got)
		}
	}
	for _, bad := range []any{"1e5", "", "1.", ".5", "NaN", 1.5, nil} {
		if _, err := scalar.UnmarshalDecimal(bad); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%v: got error %v, want invalid input", bad, err)
		}
	}
	if got := text(scalar.MarshalDecimal("")); got != "null" {
		t.Errorf("no decimal is written as %s, want null", got)
	}
}
