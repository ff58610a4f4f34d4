package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// upsertBatch is how many documents Upsert stores in one transaction: a page of the API is never larger.
const upsertBatch = 5000

// Upsert stores documents as they came from ServiceTitan. A document that is older than the stored one, by its
// modified time, changes nothing; neither does one with the same content. Of documents with one id the newest wins, of
// equally old ones the later in docs. One unreadable document never keeps the others out: it goes to quarantine and is
// returned as rejected.
func (s *Store) Upsert(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document) (domain.Written, error) {
	var sum domain.Written
	for len(docs) > 0 {
		n := min(upsertBatch, len(docs))
		w, err := s.upsert(ctx, tenant, k, docs[:n])
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
