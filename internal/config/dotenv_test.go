package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWithDotEnv(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte("# comment\nPORT=4000\nLOG_LEVEL=debug\nCORS_ORIGIN=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	lookup, err := WithDotEnv(env(map[string]string{"PORT": "5000"}), path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"PORT": "5000", "LOG_LEVEL": "debug", "CORS_ORIGIN": "", "RATE_LIMIT": ""} {
		if got, _ := lookup(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestWithDotEnv_missingFileChangesNothing(t *testing.T) {
	t.Parallel()
	lookup, err := WithDotEnv(env(map[string]string{"PORT": "5000"}), filepath.Join(t.TempDir(), ".env"))
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := lookup("PORT"); !ok || got != "5000" {
		t.Errorf("PORT = %q, %v", got, ok)
	}
}

func TestWithDotEnv_brokenFileIsAnErrorThatDoesNotQuoteIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, ".env")
	if err := os.WriteFile(path, []byte("JWT_SECRET canary-in-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := WithDotEnv(env(nil), path)
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), path) {
		t.Errorf("WithDotEnv of a broken file: %v", err)
	}
	if _, err := WithDotEnv(env(nil), dir); err == nil {
		t.Error("WithDotEnv of a folder has no error")
	}
}

func TestWithLines_winOverTheEnvironment(t *testing.T) {
	t.Parallel()
	lookup, err := WithLines(env(map[string]string{"PORT": "5000", "LOG_LEVEL": "warn"}), strings.NewReader("PORT=4000\n# a comment\nTENANT_CURRENCY='CAD'\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"PORT": "4000", "LOG_LEVEL": "warn", "TENANT_CURRENCY": "CAD", "RATE_LIMIT": ""} {
		if got, _ := lookup(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if _, err := WithLines(env(nil), strings.NewReader("SERVICE_TITAN_CLIENT_SECRET canary-of-the-input\n")); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("broken lines: %v", err)
	}
}
