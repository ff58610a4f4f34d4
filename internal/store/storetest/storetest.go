package storetest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/migrations"
)

// dropTimeout bounds the clean-up after a test.
const dropTimeout = 30 * time.Second

// shared is the server that all tests of this process use, found or started by the first of them.
var shared = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	return findServer(ctx)
})

// sequence numbers this process's databases.
var sequence atomic.Int64

// New returns the address of a fresh database with all migrations applied. It is dropped with the test, whose
// connections it cuts, unless the test fails.
func New(tb testing.TB) string {
	tb.Helper()
	return fromTemplate(tb, Template{FS: migrations.FS, Migrate: store.Migrate})
}

// NewEmpty returns the address of a fresh database without migrations. It is dropped like one of New.
func NewEmpty(tb testing.TB) string {
	tb.Helper()
	return create(tb, useServer(tb), "template0")
}

func fromTemplate(tb testing.TB, tpl Template) string {
	tb.Helper()
	s := useServer(tb)
	name, err := s.ensureTemplate(tb.Context(), tpl)
	if err != nil {
		tb.Fatalf("storetest: template: %v", err)
	}
	return create(tb, s, name)
}

func useServer(tb testing.TB) *server {
	tb.Helper()
	s, err := shared()
	if err != nil {
		tb.Fatalf("storetest: %v", err)
	}
	return s
}

func create(tb testing.TB, s *server, template string) string {
	tb.Helper()
	name := databaseName(time.Now(), os.Getpid(), sequence.Add(1))
	query := fmt.Sprintf("create database %s template %s strategy file_copy", quote(name), quote(template))
	if _, err := s.admin.Exec(tb.Context(), query); err != nil {
		tb.Fatalf("storetest: create database: %v", err)
	}
	dsn := s.address(name)
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("database kept, for an hour at most: %s", s.public(name))
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
		defer cancel()
		if err := drop(ctx, s.admin, name); err != nil {
			tb.Errorf("storetest: drop database: %v", err)
		}
	})
	return dsn
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
