package main

import (
	"strings"
	"testing"
)

func TestProjectPostGraphile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, operation, answer, want string }{
		{
			"small", smallOp,
			`{"data":{"customer":{"externalId":"7","type":"Residential","balance":"0.10","deletedAt":null}}}`,
			`{"data":{"customer":{"externalId":"7","type":"RESIDENTIAL","balance":{"amount":"0.10"}}}}`,
		},
		{"small, with nothing in it", smallOp, `{"data":{"customer":{"type":null,"balance":null,"deletedAt":null}}}`, `{"data":{"customer":{"type":null,"balance":null}}}`},
		{"small, deleted", smallOp, `{"data":{"customer":{"externalId":"7","deletedAt":"2025-01-01T00:00:00+00:00"}}}`, `{"data":{"customer":null}}`},
		{"small, not there", smallOp, `{"data":{"customer":null}}`, `{"data":{"customer":null}}`},
		{
			"moments", wideOp,
			`{"data":{"customers":{"nodes":[{"createdAt":"2025-03-25T07:55:00.000000+00:00","modifiedAt":"2025-03-25T09:55:00.120000+02:00","syncedAt":null}]}}}`,
			`{"data":{"customers":{"nodes":[{"createdAt":"2025-03-25T07:55:00Z","modifiedAt":"2025-03-25T07:55:00.12Z","freshness":{"syncedAt":null}}]}}}`,
		},
		{
			"a moment that is none stays", wideOp, `{"data":{"customers":{"nodes":[{"createdAt":"noon","syncedAt":7}]}}}`,
			`{"data":{"customers":{"nodes":[{"createdAt":"noon","freshness":{"syncedAt":7}}]}}}`,
		},
		{
			"address", nestedOp,
			`{"data":{"customers":{"nodes":[{"address":{"zip":"80001","street":"1 Example Street","city":"Sampletown","state":"CO","unit":null}},{"address":null}]}}}`,
			`{"data":{"customers":{"nodes":[{"address":{"postalCode":"80001","street":"1 Example Street","city":"Sampletown","state":"CO"}},{"address":null}]}}}`,
		},
		{
			"technicians by name and id, without the deleted and the missing", nestedOp,
			nestedAnswer(`"start":null,"end":null,"assignments":{"nodes":[{"technician":{"externalId":"3","name":"B","deletedAt":null}},
				{"technician":{"externalId":"2","name":"A","deletedAt":null}},{"technician":{"externalId":"1","name":"A","deletedAt":null}},
				{"technician":{"externalId":"4","name":"A","deletedAt":"2025-01-01T00:00:00+00:00"}},{"technician":null}]}`),
			nestedAnswer(`"scheduled":{"start":null,"end":null},
				"technicians":[{"externalId":"1","name":"A"},{"externalId":"2","name":"A"},{"externalId":"3","name":"B"}]`),
		},
		{
			"nobody assigned", nestedOp, nestedAnswer(`"start":null,"end":null,"assignments":{"nodes":[]}`),
			nestedAnswer(`"scheduled":{"start":null,"end":null},"technicians":[]`),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := projectPostGraphile(tt.operation, []byte(tt.answer))
			if err != nil {
				t.Fatal(err)
			}
			if err := sameJSON([]byte(tt.want), got); err != nil {
				t.Error(err)
			}
		})
	}
}

// nestedAnswer has one appointment with some members.
func nestedAnswer(appointment string) string {
	return strings.Replace(`{"data":{"customers":{"nodes":[{"locations":{"nodes":[{"jobs":{"nodes":[{"appointments":{"nodes":[{?}]}}]}}]}}]}}}`,
		"?", appointment, 1)
}

func TestProjectPostGraphile_refusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	if got, err := projectPostGraphile(smallOp, []byte("{")); err == nil {
		t.Errorf("projected to %s", got)
	}
}

func TestOverBest(t *testing.T) {
	t.Parallel()
	if got := overBest([]float64{300, 50, 100, 75}); got != 3 {
		t.Errorf("300 is %v times the best of 50, 100 and 75", got)
	}
}
