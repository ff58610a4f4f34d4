package main

import "testing"

func TestSameJSON(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, a, b string
		same       bool
	}{
		{"order, space and escapes", `{"a": 1, "b": "<\u00e9\/"}`, `{"b":"<é/","a":1}`, true},
		{"another value", `{"a":[1,2]}`, `{"a":[1,3]}`, false},
		{"order of a list", `[1,2]`, `[2,1]`, false},
		{"null is a member", `{"a":null}`, `{}`, false},
		{"digits that a float loses", `[9007199254740993]`, `[9007199254740992]`, false},
		{"one is longer", `[1,2]`, `[1,2,3]`, false},
		{"no JSON", `{`, `{`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := sameJSON([]byte(tt.a), []byte(tt.b)); (err == nil) != tt.same {
				t.Errorf("error %v, want the same: %v", err, tt.same)
			}
		})
	}
}
