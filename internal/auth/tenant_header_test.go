package auth_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/auth"
)

func TestAuthenticate_theHeaderNarrowsAndNeverWidens(t *testing.T) {
	t.Parallel()
	s, v := newPair(t, clock)
	for _, tt := range []struct {
		name    string
		tenants []int64
		header  []string
		want    int64
		err     error
		status  int
	}{
		{"one and no header", []int64{7}, nil, 7, nil, 0},
		{"one and its header", []int64{7}, []string{"7"}, 7, nil, 0},
		{"one and a foreign header", []int64{7}, []string{"8"}, 0, auth.ErrTenantForeign, http.StatusForbidden},
		{"several and no header", []int64{7, 8}, nil, 0, auth.ErrTenantMissing, http.StatusBadRequest},
		{"several and the first", []int64{7, 8}, []string{"7"}, 7, nil, 0},
		{"several and the last", []int64{7, 8}, []string{"8"}, 8, nil, 0},
		{"several and a foreign header", []int64{7, 8}, []string{"9"}, 0, auth.ErrTenantForeign, http.StatusForbidden},
		{"the same twice", []int64{7, 7}, nil, 7, nil, 0},
		{"empty header", []int64{7}, []string{""}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"a word", []int64{7}, []string{"seven"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"a list", []int64{7, 8}, []string{"7,8"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"padded", []int64{7}, []string{"07"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"signed", []int64{7}, []string{"+7"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"negative", []int64{7}, []string{"-7"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"zero", []int64{7}, []string{"0"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"beyond 64 bits", []int64{7}, []string{"18446744073709551623"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"doubled", []int64{7}, []string{"7", "7"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
		{"doubled, one foreign", []int64{7}, []string{"7", "8"}, 0, auth.ErrTenantMalformed, http.StatusBadRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			token, err := s.Mint(auth.Grant{Subject: "sample-user", Tenants: tt.tenants, Role: auth.Viewer}, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			h := http.Header{"Authorization": {"Bearer " + token}}
			for _, value := range tt.header {
				h.Add("X-Tenant-ID", value)
			}
			ctx, err := v.Authenticate(t.Context(), auth.CredentialsOf(h))
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if err != nil {
				if a := auth.AnswerTo(err); a.Status != tt.status || a.Challenge != "" {
					t.Errorf("answer %+v, want status %d", a, tt.status)
				}
				return
			}
			id, _ := auth.FromContext(ctx)
			want := auth.Identity{Subject: "sample-user", Tenant: tt.want, Role: auth.Viewer, ExpiresAt: clock().Add(time.Hour)}
			if diff := cmp.Diff(want, id); diff != "" {
				t.Errorf("identity (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAuthenticate_tenantsClaim(t *testing.T) {
	t.Parallel()
	_, v := newPair(t, clock)
	hs256 := map[string]any{"alg": "HS256", "typ": "JWT"}
	for name, tenants := range map[string]any{
		"empty": []string{}, "null": nil, "a text": "7", "numbers": []int{7}, "one bad": []string{"7", "x"}, "one blank": []string{"7", ""},
		"an object": map[string]any{"7": true},
	} {
		token := forge(t, secret, hs256, map[string]any{
			"sub": "sample-user", "iss": "lazi", "aud": "lazi", "exp": clock().Unix() + 60, "tenants": tenants, "role": "OWNER",
		})
		if g, err := v.Verify(t.Context(), token); !errors.Is(err, auth.ErrToken) {
			t.Errorf("%s: %v, %v", name, g, err)
		}
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	now := clock()
	s, v := newPair(t, func() time.Time { return now })
	c := auth.Credentials{Authorization: []string{"Bearer " + mint(t, s, time.Hour)}}
	ctx, err := v.Authenticate(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	now = clock().Add(time.Hour - time.Second)
	if err := auth.Recheck(ctx); err != nil {
		t.Errorf("before the end: %v", err)
	}
	now = clock().Add(time.Hour)
	if err := auth.Recheck(ctx); !errors.Is(err, auth.ErrExpired) {
		t.Errorf("at the end: %v", err)
	}
	if err := auth.Recheck(auth.NewContext(t.Context(), auth.Identity{Subject: "worker"})); err != nil {
		t.Errorf("a worker of ours: %v", err)
	}
	if err := auth.Recheck(t.Context()); !errors.Is(err, auth.ErrNoToken) {
		t.Errorf("nobody: %v", err)
	}
}
