// Package scalar writes and reads the scalars of the schema whose Go types do not do so themselves. It imports domain
// only.
package scalar

import (
	"io"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/internal/domain"
)

// MarshalDateTime writes an instant in RFC 3339 and UTC, with as many digits of the second as it needs.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		buf := make([]byte, 0, len(time.RFC3339Nano)+2)
		buf = append(buf, '"')
		buf = t.UTC().AppendFormat(buf, time.RFC3339Nano)
		_, _ = w.Write(append(buf, '"'))
	})
}

// UnmarshalDateTime reads an instant in RFC 3339, in any offset. The error is domain.ErrInvalid for anything else.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, domain.Invalid("value", "a DateTime must be a string in RFC 3339: 2026-01-02T15:04:05Z")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, domain.Invalid("value", "%.40q is not an instant in RFC 3339: 2026-01-02T15:04:05Z", s)
	}
	return t.UTC(), nil
}
