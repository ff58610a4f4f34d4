package domain

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNewRun_Check(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		wish NewRun
		want []string
	}{
		{"a plain one", NewRun{Mode: SyncFull}, nil},
		{"changes up to now", NewRun{Mode: SyncIncremental, Since: &now}, nil},
		{"a drop that a reconcile finds", NewRun{Mode: SyncReconcile, AcceptDrop: true}, nil},
		{"changes of the future", NewRun{Mode: SyncIncremental, Since: new(now.Add(time.Nanosecond))}, []string{"since"}},
		{"everything at once", NewRun{Mode: SyncFull, Since: new(now.Add(time.Hour)), AcceptDrop: true}, []string{"since", "since", "acceptDrop"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, err := range tt.wish.Check(now) {
				invalid, ok := errors.AsType[*InvalidError](err)
				if !ok {
					t.Fatalf("error %v", err)
				}
				got = append(got, invalid.Field)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}
