package stclient_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/stclient"
)

func TestNew_config(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		cfg  stclient.Config
		want []string // parts of the error; none means none
	}{
		{"defaults", stclient.Config{}, nil},
		{"integration", stclient.Config{APIBaseURL: stclient.IntegrationAPI, AuthBaseURL: stclient.IntegrationAuth}, nil},
		{"loopback with a slash", stclient.Config{APIBaseURL: "http://127.0.0.1:8080/"}, nil},
		{"the limit itself", stclient.Config{RequestsPerSecond: 60}, nil},
		{"above the limit", stclient.Config{RequestsPerSecond: 60.1}, []string{"at most 60"}},
		{"no number", stclient.Config{RequestsPerSecond: math.NaN()}, []string{"at most 60"}},
		{"no scheme", stclient.Config{APIBaseURL: "api.example.test"}, []string{"API base URL"}},
		{"a path", stclient.Config{AuthBaseURL: "https://auth.example.test/connect/token"}, []string{"auth base URL"}},
		{"a user", stclient.Config{APIBaseURL: "https://someone:pw@api.example.test"}, []string{"API base URL"}},
		{
			"all at once",
			stclient.Config{APIBaseURL: "x", AuthBaseURL: "y", RequestsPerSecond: -1, Timeout: -time.Second, MaxAttempts: -1, MaxBodyBytes: -1, BreakerFailures: -1},
			[]string{"API base URL", "auth base URL", "requests per second", "durations", "attempts", "body limit", "breaker failures"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := stclient.New(tt.cfg)
			if (err != nil) != (len(tt.want) > 0) {
				t.Fatalf("error %v, want parts %q", err, tt.want)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error lacks %q: %v", part, err)
				}
			}
		})
	}
}
