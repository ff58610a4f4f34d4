package auth_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"lazilabs.com/lazi/internal/auth"
)

func TestLocalSecret_processesThatStartTogetherAgree(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	secrets := make([]string, 16)
	var wg sync.WaitGroup
	for i := range secrets {
		wg.Go(func() {
			s, err := auth.LocalSecret(dir)
			if err != nil {
				t.Error(err)
			}
			secrets[i] = s
		})
	}
	wg.Wait()
	for _, s := range secrets {
		if s != secrets[0] || len(s) < 32 {
			t.Fatalf("secrets differ or are short: %d characters", len(s))
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Errorf("%d files are left, want 1", len(files))
	}
	info, err := files[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("mode %o, want 600", mode)
	}
}

func TestLocalSecret_damagedFileIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "jwt-secret"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := auth.LocalSecret(dir); err == nil {
		t.Errorf("LocalSecret = %q of an empty file", s)
	}
}
