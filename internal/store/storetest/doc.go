// Package storetest hands each test a Postgres database of its own, with all migrations applied. It is for tests alone,
// and with internal/store the only package that sees pgx.
//
// A database is a copy of a template that is migrated once for each state of the migrations, which takes some 30 ms.
// The server is the one of TEST_DATABASE_URL, whose user must be allowed to create databases; else a private one
// (internal/localpg, LAZI_PG_BIN as for the product) that all packages and checkouts of a user share, on a RAM disk
// where that has room. It is left running for the next test run; clean.sh in this folder ends it and removes its files.
//
// The database of a failed test is kept to look at: the last keptDatabases of them, for an hour at most. Those of
// crashed runs are removed in the same way.
package storetest
