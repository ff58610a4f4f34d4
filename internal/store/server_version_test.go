package store

import (
	"errors"
	"testing"
)

func TestCheckVersion_refusesOldServers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, version string
		number        int
		old           bool
	}{
		{"too old", "14.11", 14_00_11, true},
		{"oldest", "15.0", 15_00_00, false},
		{"newer", "18.1", 18_00_01, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := checkVersion(tt.number, tt.version)
			var old *ServerVersionError
			if errors.As(err, &old) != tt.old {
				t.Errorf("checkVersion(%d) = %v, want an error: %v", tt.number, err, tt.old)
			}
			if tt.old && old.Version != tt.version {
				t.Errorf("the error names %s, want %s", old.Version, tt.version)
			}
		})
	}
}
