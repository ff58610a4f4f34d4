package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// Quarantine returns a tenant's records that could not be read, the latest first.
func (s *Store) Quarantine(ctx context.Context, tenant domain.TenantID, f domain.QuarantineFilter) ([]domain.Quarantined, error) {
	var st statement
	st.write(`SELECT number, kind, st_id, reason, first_seen, last_seen, times, run_id FROM lazi.quarantine WHERE tenant_id = ?`, tenant)
	if len(f.Kinds) > 0 {
		st.write(" AND kind = ANY(?)", f.Kinds)
	}
	if f.Before != nil {
		st.write(" AND (last_seen, number) < (?, ?)", f.Before.LastSeenAt, f.Before.Number)
	}
	st.write(" ORDER BY last_seen DESC, number DESC LIMIT ?", f.Limit)
	rows, err := s.read(ctx, tenant, st.text.String(), st.args...)
	if err != nil {
		return nil, fmt.Errorf("store: quarantine: %w", clean(err))
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (q domain.Quarantined, err error) {
		return q, row.Scan(&q.Number, &q.Kind, &q.STID, &q.Reason, &q.FirstSeenAt, &q.LastSeenAt, &q.Times, &q.Run)
	})
	if err != nil {
		return nil, fmt.Errorf("store: quarantine: %w", clean(err))
	}
	return out, nil
}

// quarantine keeps rejected documents inside the caller's transaction. A record that has no id is known by its document.
func (s *Store) quarantine(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, rejected []domain.Rejected, run int64) error {
	if len(rejected) == 0 {
		return nil
	}
	n := len(rejected)
	ids, hashes, reasons, texts := make([]int64, n), make([][]byte, n), make([]string, n), make([]string, n)
	for i, r := range rejected {
		ids[i], hashes[i], reasons[i], texts[i] = r.ID, []byte{}, r.Reason, storable(r.JSON)
		if r.ID == 0 {
			sum := sha256.Sum256(r.JSON)
			hashes[i] = sum[:16]
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO lazi.quarantine AS q (tenant_id, kind, st_id, document_hash, reason, document, run_id, first_seen, last_seen)
 SELECT DISTINCT ON (r.id, r.hash) $1, $2, r.id, r.hash, r.reason, r.document, $7, $8, $8
 FROM unnest($3::bigint[], $4::bytea[], $5::text[], $6::text[]) WITH ORDINALITY r(id, hash, reason, document, place)
 ORDER BY r.id, r.hash, r.place DESC
 ON CONFLICT (tenant_id, kind, st_id, document_hash) DO UPDATE SET reason = excluded.reason, document = excluded.document,
  run_id = excluded.run_id, last_seen = excluded.last_seen, times = q.times + 1`,
		planned, tenant, k.Name, ids, hashes, reasons, texts, run, s.now())
	return err
}

// release takes records out of quarantine.
func (s *Store) release(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "DELETE FROM lazi.quarantine WHERE tenant_id = $1 AND kind = $2 AND st_id = ANY($3)", planned, tenant, k.Name, ids)
	return err
}

// without returns the ids that are none of rejected documents.
func without(ids []int64, rejected []domain.Rejected) []int64 {
	return slices.DeleteFunc(ids, func(id int64) bool {
		return slices.ContainsFunc(rejected, func(r domain.Rejected) bool { return r.ID == id })
	})
}

// storable is a document as a text that Postgres takes: without NUL and with whole characters only.
func storable(document []byte) string {
	return strings.ToValidUTF8(strings.ReplaceAll(string(document), "\x00", "�"), "�")
}
