// Package nodetest runs scripts of Node in tests: what other people's clients and gateways make of LAZI.
package nodetest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience bounds a script.
const patience = 2 * time.Minute

// Install gets the packages of a folder's package-lock.json, unless they are there. Where there is no npm, the test is
// skipped, but for CI.
func Install(t *testing.T, dir string) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil && os.Getenv("CI") == "" {
		t.Skip("npm is not installed: what other programs make of this server is not tested")
	}
	lock, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	// npm writes this file last, and a newer lock means other packages.
	done, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	if err == nil && !done.ModTime().Before(lock.ModTime()) {
		return
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}

// Run runs a script of a folder with some more variables, as "NAME=value", and returns the objects that it prints, one a
// line.
func Run[T any](t *testing.T, dir, name string, variables ...string) []T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	node := exec.CommandContext(ctx, "node", name)
	node.Dir = dir
	node.Env = append(os.Environ(), variables...)
	var complaints bytes.Buffer
	node.Stderr = &complaints
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node %s: %v\n%s", name, err, &complaints)
	}
	var all []T
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		all = append(all, one)
	}
	return all
}
