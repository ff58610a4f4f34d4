package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lazilabs.com/lazi/internal/domain"
)

const (
	// upsertBatch is how many documents Upsert stores in one transaction: a page of the API is never larger.
	upsertBatch = 5000
	// deadlock is Postgres' code for the one of two writers that it sent away.
	deadlock = "40P01"
)

// Upsert stores documents as they came from ServiceTitan. A document that is older than the stored one, by its
// modified time, changes nothing; neither does one with the same content. Of documents with one id the newest wins, of
// equally old ones the later in docs. One unreadable document never keeps the others out: it goes to quarantine and is
// returned as rejected.
func (s *Store) Upsert(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document) (domain.Written, error) {
	var sum domain.Written
	for len(docs) > 0 {
		n := min(upsertBatch, len(docs))
		w, err := s.upsert(ctx, tenant, k, docs[:n])
		if code(err) == deadlock {
			w, err = s.upsert(ctx, tenant, k, docs[:n]) // the other one has gone on by now
		}
		if err != nil {
			return sum, fmt.Errorf("store: upsert %s (%d documents): %w", k.Plural(), n, clean(err))
		}
		sum.Add(w)
		docs = docs[n:]
	}
	return sum, nil
}

func (s *Store) upsert(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document) (w domain.Written, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		w, err = s.write(ctx, tx, tenant, k, docs, 0)
		return err
	})
	return w, err
}

// code is Postgres' code of an error, "" when it is no error of Postgres'.
func code(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}
