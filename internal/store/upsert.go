package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lazilabs.com/lazi/internal/domain"
)

// writeBatch is how many documents one INSERT carries: large enough that the round trip no longer counts, small
// enough that a page of big documents stays in a few megabytes.
const writeBatch = 500

// Upsert stores documents as they came from ServiceTitan. A document that is older than the stored one, by its
// modified time, changes nothing; neither does one with the same content. Of two documents with one id the later in
// docs wins. One unreadable document never keeps the others out: it is returned as rejected.
func (s *Store) Upsert(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document) (domain.Written, error) {
	var sum domain.Written
	docs = lastOfEach(docs)
	for len(docs) > 0 {
		n := min(writeBatch, len(docs))
		r, err := s.upsert(ctx, tenant, k, docs[:n])
		if err != nil {
			return sum, fmt.Errorf("store: upsert %s (%d documents): %w", k.Plural(), n, err)
		}
		sum.Add(r)
		docs = docs[n:]
	}
	return sum, nil
}

// upsert writes one batch. When a document cannot be read as its kind it halves the batch until that document
// stands alone.
func (s *Store) upsert(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document) (domain.Written, error) {
	r, err := s.insert(ctx, tenant, k, docs)
	var pg *pgconn.PgError
	if err == nil || !errors.As(err, &pg) || !unreadable(pg) {
		return r, clean(err)
	}
	if len(docs) == 1 {
		return domain.Written{Rejected: []domain.Rejected{{ID: docs[0].ID, Reason: "postgres " + pg.Code}}}, nil
	}
	first, err := s.upsert(ctx, tenant, k, docs[:len(docs)/2])
	if err != nil {
		return first, err
	}
	rest, err := s.upsert(ctx, tenant, k, docs[len(docs)/2:])
	first.Add(rest)
	return first, err
}

// unreadable tells data errors (class 22) and broken constraints (class 23) from everything else.
func unreadable(e *pgconn.PgError) bool { return e.Code[:2] == "22" || e.Code[:2] == "23" }

func (s *Store) insert(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document) (domain.Written, error) {
	now := s.now()
	texts, hashes, deleted := make([]string, len(docs)), make([][]byte, len(docs)), make([]*time.Time, len(docs))
	for i, d := range docs {
		hash := sha256.Sum256(d.JSON)
		texts[i], hashes[i] = string(d.JSON), hash[:16]
		if d.Deleted {
			deleted[i] = &now
		}
	}
	rows, err := s.pool.Query(ctx, `INSERT INTO raw.`+k.Table+` AS t (tenant_id, full_data, content_hash, fetched_at, deleted_at)
 SELECT $1, d.doc::jsonb, d.hash, $5, d.deleted FROM unnest($2::text[], $3::bytea[], $4::timestamptz[]) AS d(doc, hash, deleted)
 ON CONFLICT (tenant_id, st_id) DO UPDATE SET full_data = excluded.full_data, content_hash = excluded.content_hash,
  fetched_at = excluded.fetched_at, deleted_at = excluded.deleted_at
 WHERE t.content_hash <> excluded.content_hash AND (t.modified_on <= excluded.modified_on) IS NOT FALSE
 RETURNING xmax = 0`, tenant, texts, hashes, deleted, now)
	if err != nil {
		return domain.Written{}, err
	}
	var r domain.Written
	var inserted bool
	_, err = pgx.ForEachRow(rows, []any{&inserted}, func() error {
		if inserted {
			r.Inserted++
		} else {
			r.Updated++
		}
		return nil
	})
	r.Unchanged = len(docs) - r.Inserted - r.Updated
	return r, err
}

// lastOfEach drops documents that a later one with the same id replaces: one INSERT must not touch a row twice.
func lastOfEach(docs []domain.Document) []domain.Document {
	at := make(map[int64]int, len(docs))
	for i, d := range docs {
		at[d.ID] = i
	}
	if len(at) == len(docs) {
		return docs
	}
	out := make([]domain.Document, 0, len(at))
	for i, d := range docs {
		if at[d.ID] == i {
			out = append(out, d)
		}
	}
	return out
}
