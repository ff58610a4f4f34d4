package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	templatePrefix = "lazi_tpl_"
	// keptTemplates is how many states of the migrations stay ready: those of branches and of other checkouts.
	keptTemplates = 5
)

// Template says how a database is made that others are copies of.
type Template struct {
	// FS holds the migrations: what it holds names the template.
	FS fs.FS
	// Migrate applies them to an empty database.
	Migrate func(ctx context.Context, dsn string) error
}

// ready holds, by name, the templates that this process knows to exist.
var ready sync.Map

// ensureTemplate makes the template unless it exists, and returns its name. Of all processes that ask, one makes it.
func (s *server) ensureTemplate(ctx context.Context, tpl Template) (string, error) {
	hash, err := hashOf(tpl.FS)
	if err != nil {
		return "", err
	}
	name := templatePrefix + hash
	if _, ok := ready.Load(name); ok {
		return name, nil
	}
	err = s.admin.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		if _, err := c.Exec(ctx, "select pg_advisory_lock(hashtext($1))", name); err != nil {
			return err
		}
		return errors.Join(s.makeTemplate(ctx, c, name, tpl), unlock(ctx, c, name))
	})
	if err != nil {
		return "", err
	}
	ready.Store(name, true)
	return name, nil
}

func unlock(ctx context.Context, c *pgxpool.Conn, name string) error {
	_, err := c.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock(hashtext($1))", name)
	return err
}

// makeTemplate works on one connection: those that wait for the lock may hold all others of the pool.
func (s *server) makeTemplate(ctx context.Context, c *pgxpool.Conn, name string, tpl Template) error {
	// A database becomes a template last of all: one that is none was left by a process that died over it.
	var done bool
	const query = "select exists (select from pg_database where datname = $1 and datistemplate)"
	if err := c.QueryRow(ctx, query, name).Scan(&done); err != nil || done {
		return err
	}
	if err := drop(ctx, c, name); err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "create database "+quote(name)+" template template0"); err != nil {
		return err
	}
	if err := tpl.Migrate(ctx, s.address(name)); err != nil {
		return err
	}
	// A template must have no connections while it is copied.
	if _, err := c.Exec(ctx, "alter database "+quote(name)+" with is_template true allow_connections false"); err != nil {
		return err
	}
	return dropOldTemplates(ctx, c)
}

// dropOldTemplates removes the templates of former migrations, oldest first.
func dropOldTemplates(ctx context.Context, c *pgxpool.Conn) error {
	const query = "select datname from pg_database where starts_with(datname, $1) and datistemplate order by oid desc offset $2"
	rows, err := c.Query(ctx, query, templatePrefix, keptTemplates)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := c.Exec(ctx, "alter database "+quote(name)+" with is_template false"); err != nil {
			return err
		}
		if err := drop(ctx, c, name); err != nil {
			return err
		}
	}
	return nil
}

// hashOf names what a file system holds.
func hashOf(files fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		fmt.Fprintf(sum, "%s %d\n", path, len(content))
		sum.Write(content)
		return err
	})
	return fmt.Sprintf("%x", sum.Sum(nil)[:6]), err
}
