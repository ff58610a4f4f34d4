package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lazilabs.com/lazi/internal/domain"
)

// writeBatch is how many documents one INSERT carries: large enough that the round trip no longer counts, small
// enough that a page of big documents stays in a few megabytes.
const writeBatch = 500

// deadlock is Postgres' code for the one of two writers that it sent away.
const deadlock = "40P01"

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
	if errors.As(err, &pg) && pg.Code == deadlock {
		r, err = s.insert(ctx, tenant, k, docs) // the other one has gone on by now
	}
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

// unreadable tells data errors (class 22), broken constraints (23) and values too large for an index (54) from
// everything else.
func unreadable(e *pgconn.PgError) bool {
	class := e.Code[:2]
	return class == "22" || class == "23" || class == "54"
}

// insert writes one batch. The anti-join keeps unchanged documents away from the insert itself: Postgres would generate
// every column of a row before it saw that the row is there already.
func (s *Store) insert(ctx context.Context, tenant domain.TenantID, k *domain.Kind, docs []domain.Document) (domain.Written, error) {
	now := s.now()
	ids, texts, hashes, deleted := make([]int64, len(docs)), make([]string, len(docs)), make([][]byte, len(docs)), make([]*time.Time, len(docs))
	for i, d := range docs {
		hash := sha256.Sum256(d.JSON)
		ids[i], texts[i], hashes[i] = d.ID, string(d.JSON), hash[:16]
		if d.Deleted {
			deleted[i] = &now
		}
	}
	rows, err := s.pool.Query(ctx, `INSERT INTO raw.`+k.Table+` AS t (tenant_id, full_data, content_hash, fetched_at, deleted_at)
 SELECT $1, d.doc::jsonb, d.hash, $6, d.deleted
 FROM unnest($2::bigint[], $3::text[], $4::bytea[], $5::timestamptz[]) AS d(id, doc, hash, deleted)
 WHERE NOT EXISTS (SELECT FROM raw.`+k.Table+` e WHERE e.tenant_id = $1 AND e.st_id = d.id AND e.content_hash = d.hash
  AND (e.deleted_at IS NULL) = (d.deleted IS NULL))
 ON CONFLICT (tenant_id, st_id) DO UPDATE SET full_data = excluded.full_data, content_hash = excluded.content_hash,
  fetched_at = excluded.fetched_at, deleted_at = excluded.deleted_at
 WHERE (t.modified_on <= excluded.modified_on) IS NOT FALSE
 RETURNING xmax = 0`, tenant, ids, texts, hashes, deleted, now)
	if err != nil {
		return domain.Written{}, err
	}
	var w domain.Written
	var inserted bool
	_, err = pgx.ForEachRow(rows, []any{&inserted}, func() error {
		if inserted {
			w.Inserted++
		} else {
			w.Updated++
		}
		return nil
	})
	w.Unchanged = len(docs) - w.Inserted - w.Updated
	return w, err
}

// lastOfEach returns the documents in order of id, of those with one id the last: one INSERT must not touch a row
// twice, and writers that lock rows in one order never wait for each other in a circle.
func lastOfEach(docs []domain.Document) []domain.Document {
	at := make(map[int64]int, len(docs))
	for i, d := range docs {
		at[d.ID] = i
	}
	out := make([]domain.Document, 0, len(at))
	for _, id := range slices.Sorted(maps.Keys(at)) {
		out = append(out, docs[at[id]])
	}
	return out
}
