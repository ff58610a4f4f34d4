package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

const (
	// copyFrom is from how many new rows on COPY is used. It takes two round trips more than INSERT: up to a hundred rows or so
	// both are equally fast, at 500 COPY is by a fifth faster.
	copyFrom = 16
	// updateBatch is how many documents one UPDATE carries: each is held several times on the way.
	updateBatch = 500
	// taken is Postgres' code for a key that exists.
	taken = "23505"
)

// parameters are documents as arrays for unnest.
type parameters struct {
	ids           []int64
	texts, hashes [][]byte
	gone, partial []bool
}

func parametersOf(docs []hashed) parameters {
	n := len(docs)
	p := parameters{make([]int64, n), make([][]byte, n), make([][]byte, n), make([]bool, n), make([]bool, n)}
	for i, d := range docs {
		p.ids[i], p.texts[i], p.hashes[i], p.gone[i], p.partial[i] = d.ID, d.JSON, d.hash, d.Deleted, d.Partial
	}
	return p
}

// insert adds the rows of documents that the mirror lacks. Those that somebody else adds meanwhile are raced.
func (w *writing) insert(ctx context.Context, docs []hashed) error {
	if len(docs) == 0 {
		return nil
	}
	if len(docs) >= copyFrom {
		if err := w.attempt(ctx, docs, w.copyRows); code(err) != taken {
			return w.orHalve(ctx, docs, err, w.insert)
		}
	}
	return w.orHalve(ctx, docs, w.attempt(ctx, docs, w.insertRows), w.insert)
}

// copyRows adds rows by COPY, which knows only all or nothing.
func (w *writing) copyRows(ctx context.Context, tx pgx.Tx, docs []hashed) ([]change, error) {
	table, columns := pgx.Identifier{"raw", w.kind.Table}, []string{"tenant_id", "full_data", "content_hash", "fetched_at", "deleted_at"}
	changes := make([]change, 0, len(docs))
	row := make([]any, len(columns))
	_, err := tx.CopyFrom(ctx, table, columns, pgx.CopyFromSlice(len(docs), func(i int) ([]any, error) {
		d := docs[i]
		row[0], row[1], row[2], row[3], row[4] = int64(w.tenant), d.JSON, d.hash, w.now, nil
		if d.Deleted {
			row[4] = w.now
		}
		changes = append(changes, arrival(d))
		return row, nil
	}))
	return changes, err
}

// insertRows adds rows whose keys are free.
func (w *writing) insertRows(ctx context.Context, tx pgx.Tx, docs []hashed) ([]change, error) {
	p := parametersOf(docs)
	rows, err := tx.Query(ctx, `INSERT INTO raw.`+w.kind.Table+` (tenant_id, full_data, content_hash, fetched_at, deleted_at)
 SELECT $1, d.doc::jsonb, d.hash, $5::timestamptz, CASE WHEN d.gone THEN $5::timestamptz END FROM unnest($2::text[], $3::bytea[], $4::bool[]) d(doc, hash, gone)
 ON CONFLICT (tenant_id, st_id) DO NOTHING RETURNING st_id`, planned, w.tenant, p.texts, p.hashes, p.gone, w.now)
	if err != nil {
		return nil, err
	}
	inserted := map[int64]bool{}
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&id}, func() error { inserted[id] = true; return nil }); err != nil {
		return nil, err
	}
	var changes []change
	for _, d := range docs {
		if inserted[d.ID] {
			changes = append(changes, arrival(d))
		} else {
			w.raced = append(w.raced, d)
		}
	}
	return changes, nil
}

// arrival is what a new row means to readers: nothing when it arrives deleted.
func arrival(d hashed) change {
	if d.Deleted {
		return change{id: d.ID}
	}
	return change{id: d.ID, op: opInsert}
}

// inBatches runs do for a few documents at a time.
func (*writing) inBatches(ctx context.Context, docs []hashed, do func(context.Context, []hashed) error) error {
	for len(docs) > 0 {
		n := min(updateBatch, len(docs))
		if err := do(ctx, docs[:n]); err != nil {
			return err
		}
		docs = docs[n:]
	}
	return nil
}

// update changes the rows of documents that differ from them.
func (w *writing) update(ctx context.Context, docs []hashed) error {
	return w.orHalve(ctx, docs, w.attempt(ctx, docs, w.updateRows), w.update)
}

// updateRows writes those of the documents that are not older than their row and change its content. The rows are locked
// first, in order of id, so that the statement sees what it compares with and writers do not wait for each other in a circle.
func (w *writing) updateRows(ctx context.Context, tx pgx.Tx, docs []hashed) ([]change, error) {
	p := parametersOf(docs)
	table := "raw." + w.kind.Table
	_, err := tx.Exec(ctx, "SELECT FROM "+table+" WHERE tenant_id = $1 AND st_id = ANY($2) ORDER BY st_id FOR UPDATE", planned, w.tenant, p.ids)
	if err != nil {
		return nil, err
	}
	// Feeds show deleted records as switched off: such a row does not bring a deleted one back, only a list does.
	// The condition on modifiedOn is written as the column modified_on is derived, from the row that would be.
	rows, err := tx.Query(ctx, `WITH d AS MATERIALIZED (
 SELECT d.id, d.doc::jsonb AS doc, d.hash, d.gone, d.partial
 FROM unnest($2::bigint[], $3::text[], $4::bytea[], $5::bool[], $6::bool[]) d(id, doc, hash, gone, partial)
), n AS MATERIALIZED (
 SELECT o.st_id, o.full_data AS old, CASE WHEN d.partial THEN o.full_data || d.doc ELSE d.doc END AS doc, d.hash,
  o.deleted_at, o.deleted_at IS NOT NULL AS was_gone, d.gone OR d.partial AND o.deleted_at IS NOT NULL AND d.doc @> '{"active": false}' AS gone, o.modified_on
 FROM d JOIN LATERAL (SELECT * FROM `+table+` o WHERE o.tenant_id = $1 AND o.st_id = d.id OFFSET 0) o ON true
)
UPDATE `+table+` t SET full_data = n.doc, content_hash = n.hash, fetched_at = $7, deleted_at = CASE WHEN n.gone THEN coalesce(n.deleted_at, $7) END
FROM n WHERE t.tenant_id = $1 AND t.st_id = ANY($2) AND t.st_id = n.st_id AND (n.old <> n.doc OR n.was_gone <> n.gone)
 AND (n.modified_on <= raw.ts(n.doc->>'modifiedOn')) IS NOT FALSE
RETURNING t.st_id, CASE WHEN n.was_gone AND n.gone THEN '' WHEN n.gone THEN 'DELETE' WHEN n.was_gone THEN 'INSERT' ELSE 'UPDATE' END,
 CASE WHEN n.was_gone OR n.gone THEN '{}' ELSE ARRAY(SELECT key FROM jsonb_each(n.old) a FULL JOIN jsonb_each(n.doc) b USING (key)
  WHERE a.value IS DISTINCT FROM b.value ORDER BY key COLLATE "C") END`,
		planned, w.tenant, p.ids, p.texts, p.hashes, p.gone, p.partial, w.now)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, toChange)
}
