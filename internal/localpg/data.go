package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// unfinishedPattern names the folders in which initdb works.
const unfinishedPattern = "data.new-*"

// dataVersion returns the major version of the data directory, or 0 when there is none.
func dataVersion(data string) (int, error) {
	content, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	version, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 0, fmt.Errorf("%s is no data directory of PostgreSQL 10 or newer", data)
	}
	return version, nil
}

// complete asks whether initdb came to its end: it writes PG_VERSION first and the control file late.
func complete(data string) bool {
	for _, name := range []string{"PG_VERSION", "global/pg_control"} {
		if _, err := os.Stat(filepath.Join(data, name)); errors.Is(err, os.ErrNotExist) {
			return false
		}
	}
	return true
}

// setBrokenDataAside renames a half-made data directory, so that a new one takes its place and nothing is lost.
func (l *launcher) setBrokenDataAside(ctx context.Context) error {
	if _, err := os.Lstat(l.data); errors.Is(err, os.ErrNotExist) || complete(l.data) {
		return nil
	}
	broken := l.data + ".broken"
	if err := os.RemoveAll(broken); err != nil {
		return err
	}
	l.logger.WarnContext(ctx, "the data directory is incomplete: making a new one", "dir", l.data, "kept", broken)
	return os.Rename(l.data, broken)
}

// makeUnfinished makes a folder for initdb and removes those of runs that were killed. Each run has its own, because the
// initdb of a killed one may still be writing.
func (l *launcher) makeUnfinished() (string, error) {
	left, err := fs.Glob(os.DirFS(l.dir), unfinishedPattern)
	if err != nil {
		return "", err
	}
	for _, name := range left {
		if err := os.RemoveAll(filepath.Join(l.dir, name)); err != nil {
			return "", err
		}
	}
	path, err := os.MkdirTemp(l.dir, unfinishedPattern)
	if err != nil {
		return "", err
	}
	return path, l.identity.own(path)
}

// makeData makes the data directory unless it is there. It appears whole or not at all.
func (l *launcher) makeData(ctx context.Context) error {
	if err := l.identity.ownAll(l.dir, l.data); err != nil {
		return err
	}
	if complete(l.data) {
		return nil
	}
	unfinished, err := l.makeUnfinished()
	if err != nil {
		return err
	}
	args := []string{"-D", unfinished, "-U", role, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"}
	if l.fast {
		args = append(args, "--no-sync")
	}
	if err := l.run(ctx, "initdb", args...); err != nil {
		return err
	}
	conf, err := os.OpenFile(filepath.Join(unfinished, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer conf.Close()
	if _, err := fmt.Fprintf(conf, "\ninclude_if_exists = '%s'\n", settingsFile); err != nil {
		return err
	}
	return os.Rename(unfinished, l.data)
}
