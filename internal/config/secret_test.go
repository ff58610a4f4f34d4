package config

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "Canary7Zk3vQ9xT7mLp2RwB8nYc5HdJ6"

// TestSecret_isNeverShown tries every way a value leaves the process by accident.
func TestSecret_isNeverShown(t *testing.T) {
	t.Parallel()
	c, err := Load(env(map[string]string{
		"DATABASE_URL": "postgres://u:" + canary + "@db.example.test/lazi", "JWT_SECRET": canary,
		"SERVICE_TITAN_CLIENT_ID": "cid.sample", "SERVICE_TITAN_CLIENT_SECRET": canary, "SERVICE_TITAN_APP_KEY": canary,
		"SERVICE_TITAN_TENANT_ID": "7", "CREDENTIALS_KEY": base64.StdEncoding.EncodeToString([]byte(canary)),
	}))
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&logged, nil), slog.NewTextHandler(&logged, nil)} {
		slog.New(h).Info("configuration", "config", c, "pointer", &c, "secret", c.JWT.Secret, "part", c.JWT)
	}
	private := struct{ inner Secret }{c.JWT.Secret}
	s := c.JWT.Secret
	texts := map[string]string{
		"json": string(asJSON), "log": logged.String(), "map": fmt.Sprint(c.Redacted()), "error": fmt.Errorf("x: %v", s).Error(),
		"private field": fmt.Sprintf("%v %+v %#v", private, private, private),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T", "%p"} {
		texts[verb] = fmt.Sprintf(verb+" "+verb+" "+verb, s, c, &c)
	}
	for name, got := range texts {
		for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), base64.StdEncoding.EncodeToString([]byte(canary))} {
			if strings.Contains(got, form) {
				t.Errorf("%s shows the secret: %s", name, got)
			}
		}
	}
	if !strings.Contains(texts["log"], `"JWT_SECRET":"[redacted]"`) || !strings.Contains(texts["log"], `"PORT":"3001"`) {
		t.Errorf("log lacks the configuration: %s", texts["log"])
	}
	if got := s.Reveal(); got != canary {
		t.Errorf("Reveal = %q", got)
	}
}

func TestSecret_zeroIsEmpty(t *testing.T) {
	t.Parallel()
	s := NewSecret("")
	if !s.IsZero() || s.Reveal() != "" || s.String() != "" || !s.Equal(Secret{}) || s.Equal(NewSecret("x")) {
		t.Errorf("NewSecret(\"\") is not the zero Secret: %v", s)
	}
}
