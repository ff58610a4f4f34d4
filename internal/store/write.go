package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"lazilabs.com/lazi/internal/domain"
)

// planned makes Postgres plan each execution of a statement. A plan that is kept was made for the table as it was: what
// is right for an empty one is a scan of the whole table for each page once it is filled.
const planned = pgx.QueryExecModeCacheDescribe

// writing is one call of write.
type writing struct {
	tx     pgx.Tx
	tenant domain.TenantID
	kind   *domain.Kind
	now    time.Time
	// raced are documents of rows that somebody else added meanwhile.
	raced   []hashed
	changes []change
	// rejected are documents that could not be read as their kind.
	rejected []domain.Rejected
}

// hashed is a document with what tells whether it is the stored one.
type hashed struct {
	domain.Document
	hash []byte
}

// write stores documents inside the caller's transaction, which is READ COMMITTED and goes on when documents are rejected.
// They keep to the rules of Upsert. run is the sync run that brought them, 0 for none. An error is the driver's: whoever
// owns the transaction cleans it, and repeats the transaction after a deadlock.
//
// Unchanged documents, nearly all of them on most days, do not leave the process: only their ids and hashes do. Changed rows
// come before new ones: a new customer takes the tenant's lock (migration 5), and who holds that should wait for no row.
func (s *Store) write(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, docs []domain.Document, run int64) (domain.Written, error) {
	if err := named(ctx, tx, tenant); err != nil {
		return domain.Written{}, err
	}
	w := &writing{tx: tx, tenant: tenant, kind: k, now: s.now()}
	all := hashAll(newestOfEach(w.nameless(docs)))
	found, err := w.look(ctx, all)
	if err != nil {
		return domain.Written{}, err
	}
	if err := w.inBatches(ctx, found.changed, w.update); err != nil {
		return domain.Written{}, err
	}
	if err := w.insert(ctx, found.missing); err != nil {
		return domain.Written{}, err
	}
	if err := w.inBatches(ctx, w.raced, w.update); err != nil {
		return domain.Written{}, err
	}
	if err := s.release(ctx, tx, tenant, k, without(found.quarantined, w.rejected)); err != nil {
		return domain.Written{}, err
	}
	if err := s.quarantine(ctx, tx, tenant, k, w.rejected, run); err != nil {
		return domain.Written{}, err
	}
	if err := logChanges(ctx, tx, tenant, k, w.changes); err != nil {
		return domain.Written{}, err
	}
	return w.sum(len(docs)), nil
}

// nameless rejects the documents that have no id and returns the others.
func (w *writing) nameless(docs []domain.Document) []domain.Document {
	named := make([]domain.Document, 0, len(docs))
	for _, d := range docs {
		if d.ID <= 0 {
			w.rejected = append(w.rejected, domain.Rejected{Reason: "the record has no id", JSON: d.JSON})
			continue
		}
		named = append(named, d)
	}
	return named
}

func hashAll(docs []domain.Document) []hashed {
	all := make([]hashed, len(docs))
	for i, d := range docs {
		sum := sha256.Sum256(d.JSON)
		if d.Partial {
			sum[0] ^= 1 // laid over the row, the same text makes another row than alone
		}
		all[i] = hashed{d, sum[:16]}
	}
	return all
}

// looked is what the mirror knows of documents.
type looked struct {
	missing, changed []hashed
	quarantined      []int64
}

// look asks which documents are new and which differ from their row. LATERAL keeps Postgres from joining the table as a
// whole, whatever it believes of the number of documents.
func (w *writing) look(ctx context.Context, docs []hashed) (looked, error) {
	var out looked
	if len(docs) == 0 {
		return out, nil
	}
	p := parametersOf(docs)
	rows, err := w.tx.Query(ctx, `SELECT d.place, e.st_id IS NOT NULL, e.content_hash = d.hash AND (e.deleted_at IS NOT NULL) = d.gone, q.st_id IS NOT NULL
 FROM unnest($2::bigint[], $3::bytea[], $4::bool[]) WITH ORDINALITY d(id, hash, gone, place)
 LEFT JOIN LATERAL (SELECT e.st_id, e.content_hash, e.deleted_at FROM raw.`+w.kind.Table+` e WHERE e.tenant_id = $1 AND e.st_id = d.id OFFSET 0) e ON true
 LEFT JOIN lazi.quarantine q ON q.tenant_id = $1 AND q.kind = $5 AND q.st_id = d.id
 WHERE e.st_id IS NULL OR e.content_hash <> d.hash OR (e.deleted_at IS NOT NULL) <> d.gone OR q.st_id IS NOT NULL
 ORDER BY d.place`, planned, w.tenant, p.ids, p.hashes, p.gone, w.kind.Name)
	if err != nil {
		return out, err
	}
	var place int
	var there, quarantined bool
	var same *bool
	_, err = pgx.ForEachRow(rows, []any{&place, &there, &same, &quarantined}, func() error {
		d := docs[place-1]
		switch {
		case !there:
			out.missing = append(out.missing, d)
		case !*same:
			out.changed = append(out.changed, d)
		}
		if quarantined {
			out.quarantined = append(out.quarantined, d.ID)
		}
		return nil
	})
	return out, err
}

// attempt runs do in a savepoint. What it changed counts only if it succeeds.
func (w *writing) attempt(ctx context.Context, docs []hashed, do func(context.Context, pgx.Tx, []hashed) ([]change, error)) error {
	var changes []change
	err := pgx.BeginFunc(ctx, w.tx, func(tx pgx.Tx) (err error) {
		changes, err = do(ctx, tx, docs)
		return err
	})
	if err == nil {
		w.changes = append(w.changes, changes...)
	}
	return err
}

// orHalve deals with the error of an attempt. When a document cannot be read as its kind, it halves the documents until that
// one stands alone.
func (w *writing) orHalve(ctx context.Context, docs []hashed, err error, again func(context.Context, []hashed) error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case !ok || !unreadable(pg):
		return err
	case len(docs) == 1:
		reason, err := w.reason(ctx, docs[0], pg)
		w.rejected = append(w.rejected, domain.Rejected{ID: docs[0].ID, Reason: reason, JSON: docs[0].JSON})
		return err
	}
	half := len(docs) / 2
	if err := again(ctx, docs[:half]); err != nil {
		return err
	}
	return again(ctx, docs[half:])
}

// unreadable tells data errors (class 22), broken constraints (23) and values too large for an index (54) from
// everything else.
func unreadable(e *pgconn.PgError) bool {
	class := e.Code[:2]
	return class == "22" || class == "23" || class == "54"
}

// sum counts what became of n documents.
func (w *writing) sum(n int) domain.Written {
	out := domain.Written{Rejected: w.rejected}
	for _, c := range w.changes {
		switch c.op {
		case opInsert:
			out.Inserted++
		case opUpdate:
			out.Updated++
		case opDelete:
			out.Deleted++
		}
	}
	out.Unchanged = n - out.Records()
	return out
}
