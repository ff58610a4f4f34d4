package main

import (
	"encoding/json"
	"testing"
	"time"
)

func TestAppendNested_isJSONWithEveryLevel(t *testing.T) {
	t.Parallel()
	start := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	status, summary := "InProgress", "a \"quoted\"\nline"
	visit := &appointment{id: 4, start: &start, status: &status, technicians: []technician{{5, "E"}, {6, "F"}}}
	work := &job{id: 3, number: "3", status: &status, summary: &summary, appointments: []*appointment{visit}}
	place := &location{id: 2, name: "B", jobs: []*job{work}}
	got := appendNested(nil, []*customer{{id: 1, name: "A", locations: []*location{place}}})
	want := `{"data":{"customers":{"nodes":[{"externalId":"1","name":"A","balance":null,
 "address":{"street":null,"city":null,"state":null,"postalCode":null},"locations":{"nodes":[
 {"externalId":"2","name":"B","address":{"street":null,"city":null},"jobs":{"nodes":[
 {"externalId":"3","number":"3","status":"IN_PROGRESS","summary":"a \"quoted\"\nline","appointments":{"nodes":[
 {"externalId":"4","scheduled":{"start":"2025-01-02T03:04:05Z","end":null},"status":"IN_PROGRESS",
 "technicians":[{"externalId":"5","name":"E"},{"externalId":"6","name":"F"}]}]}}]}}]}}]}}}`
	if err := sameJSON([]byte(want), got); err != nil {
		t.Error(err)
	}
}

func TestAppendSmall_noCustomerIsNull(t *testing.T) {
	t.Parallel()
	if got, want := string(appendSmall(nil, nil)), `{"data":{"customer":null}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzAppendText_isJSON(f *testing.F) {
	f.Add(`a "b" \ c`)
	f.Add("\x00\t\x7f é\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		if text := appendText(nil, s); !json.Valid(text) {
			t.Errorf("%q is written as %s", s, text)
		}
	})
}
