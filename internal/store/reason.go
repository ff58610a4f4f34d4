package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// reason says in words why Postgres refused a document: the columns that cannot be derived from it, else what its code means.
// Postgres' own words may quote the document, so they are not used.
func (w *writing) reason(ctx context.Context, d hashed, refusal *pgconn.PgError) (string, error) {
	var columns *string
	err := pgx.BeginFunc(ctx, w.tx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT raw.unreadable($1::text::regclass, $2::text::jsonb)", planned, "raw."+w.kind.Table, d.JSON).Scan(&columns)
	})
	pg, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case ok && unreadable(pg): // no document at all
		return words(pg), nil
	case err != nil:
		return "", err
	case columns != nil:
		return *columns, nil
	}
	return words(refusal), nil
}

// words says what an error means that is not of one column.
func words(e *pgconn.PgError) string {
	switch e.Code {
	case "22P02":
		return "the record is no JSON"
	case "22P05", "22021":
		return "a text holds a character that cannot be stored"
	case "54000":
		return "a text is too long for an index"
	}
	return "Postgres refuses it: " + e.Code + " " + e.ConstraintName
}
