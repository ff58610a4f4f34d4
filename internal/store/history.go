package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// historyMost is how many entries of one record are told, the newest.
const historyMost = 100

// addHistory adds an entry inside the caller's transaction.
func addHistory(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, e *domain.HistoryEntry) error {
	if e == nil {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO lazi.write_history (tenant_id, subject, role, mutation, kind, st_id, job_id, from_state, to_state, fields, note)
 VALUES ($1, $2, $3, $4, $5, $6, nullif($7::bigint, 0), $8, $9, $10, $11)`,
		tenant, e.Subject, e.Role, e.Mutation, e.RecordID.Kind, e.RecordID.ID, e.Job, e.From, e.To, orEmpty(e.Fields), e.Reason)
	return err
}

// History returns what was done to records of a kind through LAZI, by id, the newest first: for jobs, to their appointments too.
// Of each record the newest hundred entries are told.
func (s *Store) History(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) (map[int64][]*domain.HistoryEntry, error) {
	rows, err := s.read(ctx, tenant, `SELECT i.id, h.number, h.at, h.subject, h.role, h.mutation, h.kind, h.st_id, h.from_state, h.to_state, h.fields, h.note
 FROM unnest($2::bigint[]) i(id) CROSS JOIN LATERAL (
  SELECT * FROM (
   SELECT * FROM lazi.write_history WHERE tenant_id = $1 AND kind = $3 AND st_id = i.id
   UNION SELECT * FROM lazi.write_history WHERE tenant_id = $1 AND $3 = 'Job' AND job_id = i.id) u
  ORDER BY number DESC LIMIT $4) h ORDER BY i.id, h.number DESC`, tenant, ids, k.Name, historyMost)
	if err != nil {
		return nil, fmt.Errorf("store: history: %w", clean(err))
	}
	out := map[int64][]*domain.HistoryEntry{}
	var id int64
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		e := &domain.HistoryEntry{}
		err := row.Scan(&id, &e.Number, &e.At, &e.Subject, &e.Role, &e.Mutation, &e.RecordID.Kind, &e.RecordID.ID, &e.From, &e.To, &e.Fields, &e.Reason)
		out[id] = append(out[id], e)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("store: history: %w", clean(err))
	}
	return out, nil
}
