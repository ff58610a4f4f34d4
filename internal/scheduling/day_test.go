package scheduling_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/scheduling"
)

func TestWallTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, zone, date, want string
		wall                   time.Duration
	}{
		{"ordinary", "America/New_York", "2026-06-01", "2026-06-01T12:00:00Z", 8 * time.Hour},
		{"end of a day of 25 hours", "America/New_York", "2026-11-01", "2026-11-02T05:00:00Z", 24 * time.Hour},
		{"skipped is the change", "America/New_York", "2026-03-08", "2026-03-08T07:00:00Z", 150 * time.Minute},
		{"skipped east of Greenwich", "Europe/Berlin", "2026-03-29", "2026-03-29T01:00:00Z", 150 * time.Minute},
		{"skipped midnight", "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 0},
		{"twice is the first", "America/New_York", "2026-11-01", "2026-11-01T05:30:00Z", 90 * time.Minute},
		{"twice east of Greenwich", "Europe/Berlin", "2026-10-25", "2026-10-25T00:30:00Z", 150 * time.Minute},
		{"twice by half an hour", "Australia/Lord_Howe", "2026-04-05", "2026-04-04T14:45:00Z", 105 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			date, err := time.Parse(time.DateOnly, tt.date)
			if err != nil {
				t.Fatal(err)
			}
			got := scheduling.WallTime(date, tt.wall, zone).UTC().Format(time.RFC3339)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
