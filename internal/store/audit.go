package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// AppendAudit adds entries to a tenant's audit log. Their numbers and times are the database's.
func (s *Store) AppendAudit(ctx context.Context, tenant domain.TenantID, entries []domain.AuditEntry) error {
	var b pgx.Batch
	for _, e := range entries {
		b.Queue(`INSERT INTO lazi.audit_log (tenant_id, subject, role, operation, ids, outcome, codes, request_id)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, tenant, e.Subject, e.Role, e.Operation, orEmpty(e.IDs), e.Outcome, orEmpty(e.Codes), e.RequestID)
	}
	if err := s.pool.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("store: append to the audit log: %w", clean(err))
	}
	return nil
}

// AuditLog returns entries of a tenant's audit log, the newest first.
func (s *Store) AuditLog(ctx context.Context, tenant domain.TenantID, f domain.AuditFilter) ([]*domain.AuditEntry, error) {
	var st statement
	st.write(`SELECT number, at, subject, role, operation, ids, outcome, codes, request_id FROM lazi.audit_log WHERE tenant_id = ?`, tenant)
	narrow := func(wanted bool, sql string, arg any) {
		if wanted {
			st.write(sql, arg)
		}
	}
	narrow(f.Subject != "", " AND subject = ?", f.Subject)
	narrow(f.Operation != "", " AND operation = ?", f.Operation)
	narrow(len(f.Outcomes) > 0, " AND outcome = ANY(?)", f.Outcomes)
	narrow(f.Since != nil, " AND at >= ?", f.Since)
	narrow(f.Until != nil, " AND at < ?", f.Until)
	narrow(f.Before > 0, " AND number < ?", f.Before)
	st.write(" ORDER BY number DESC LIMIT ?", f.Limit)
	rows, err := s.read(ctx, tenant, st.text.String(), st.args...)
	if err != nil {
		return nil, fmt.Errorf("store: audit log: %w", clean(err))
	}
	all, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[domain.AuditEntry])
	if err != nil {
		return nil, fmt.Errorf("store: audit log: %w", clean(err))
	}
	return all, nil
}

// PruneAudit removes entries from before a time, of all tenants, and returns how many there were.
func (s *Store) PruneAudit(ctx context.Context, before time.Time) (int64, error) {
	for pruned := int64(0); ; {
		var n int64
		if err := s.pool.QueryRow(ctx, "SELECT lazi.prune_audit($1, $2)", before, pruneBatch).Scan(&n); err != nil {
			return pruned, fmt.Errorf("store: prune the audit log: %w", clean(err))
		}
		if pruned += n; n < pruneBatch {
			return pruned, nil
		}
	}
}
