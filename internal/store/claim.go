package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// claimLife is how long a claim that nobody finishes belongs to whoever made it: longer than any change takes.
const claimLife = 2 * time.Minute

// Claim notes that a change is about to be made, so that it is made once. A claim that is left over from a process that is gone
// is taken over.
func (s *Store) Claim(ctx context.Context, tenant domain.TenantID, c domain.Claim) (domain.ClaimState, error) {
	for {
		st, err := s.claim(ctx, tenant, c)
		if errors.Is(err, pgx.ErrNoRows) {
			continue // it was given up between the two statements
		}
		if err != nil {
			return domain.ClaimState{}, fmt.Errorf("store: claim %s: %w", c.Act, clean(err))
		}
		return st, nil
	}
}

func (s *Store) claim(ctx context.Context, tenant domain.TenantID, c domain.Claim) (domain.ClaimState, error) {
	var target domain.GlobalID
	if c.Target != nil {
		target = *c.Target
	}
	var st domain.ClaimState
	err := s.pool.QueryRow(ctx, `INSERT INTO lazi.write_requests AS w (tenant_id, subject, key, act, fingerprint, target_kind, target_id)
 VALUES ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7::bigint, 0))
 ON CONFLICT (tenant_id, subject, key) DO UPDATE SET touched_at = now()
 WHERE w.finished_at IS NULL AND w.fingerprint = excluded.fingerprint AND w.touched_at < now() - $8::interval
 RETURNING xmax <> 0, began_at`,
		tenant, c.Subject, c.Key, c.Act, c.Fingerprint, target.Kind, target.ID, claimLife).Scan(&st.Resumed, &st.Began)
	if !errors.Is(err, pgx.ErrNoRows) {
		return st, err
	}
	return s.claimed(ctx, tenant, c)
}

// claimed tells what is known of a claim that is somebody's.
func (s *Store) claimed(ctx context.Context, tenant domain.TenantID, c domain.Claim) (st domain.ClaimState, err error) {
	var same bool
	var outcome []byte
	err = s.pool.QueryRow(ctx, `SELECT began_at, fingerprint = $4, outcome FROM lazi.write_requests
 WHERE tenant_id = $1 AND subject = $2 AND key = $3`, tenant, c.Subject, c.Key, c.Fingerprint).Scan(&st.Began, &same, &outcome)
	switch {
	case err != nil:
	case !same:
		st.Problem = &domain.Problem{Code: domain.ProblemKeyReused, Field: "idempotencyKey", Message: "this key was used for another change"}
	case outcome == nil:
		st.Problem = &domain.Problem{Code: domain.ProblemInProgress, Field: "idempotencyKey", Message: "the change with this key is being made at this moment"}
	default:
		st.Finished = new(domain.Outcome)
		err = json.Unmarshal(outcome, st.Finished)
	}
	return st, err
}

// GiveUp forgets a claim of which nothing came, with what it has booked: the same key may be tried again.
func (s *Store) GiveUp(ctx context.Context, tenant domain.TenantID, c domain.Claim) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := unbook(ctx, tx, tenant, c); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM lazi.write_requests WHERE tenant_id = $1 AND subject = $2 AND key = $3 AND finished_at IS NULL",
			tenant, c.Subject, c.Key)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: give up %s: %w", c.Act, clean(err))
	}
	return nil
}

// Doubt gives a claim up whose outcome nobody knows: whoever takes it next looks first.
func (s *Store) Doubt(ctx context.Context, tenant domain.TenantID, c domain.Claim) error {
	_, err := s.pool.Exec(ctx, "UPDATE lazi.write_requests SET touched_at = '-infinity' WHERE tenant_id = $1 AND subject = $2 AND key = $3 AND finished_at IS NULL",
		tenant, c.Subject, c.Key)
	if err != nil {
		return fmt.Errorf("store: doubt %s: %w", c.Act, clean(err))
	}
	return nil
}

// Finish puts what a change has left behind into the mirror and the log of changes, writes history, gives the technicians' time
// free, which the mirror holds now, and ends the claim: all or nothing. It returns the documents that could not be read. The error is
// domain.ErrLost when somebody else has ended the claim.
func (s *Store) Finish(ctx context.Context, tenant domain.TenantID, c domain.Claim, left domain.Stored) (rejected []domain.Rejected, err error) {
	outcome, err := json.Marshal(left.Outcome)
	if err != nil {
		return nil, fmt.Errorf("store: finish %s: %w", c.Act, err)
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		rejected = nil
		for _, d := range left.Documents {
			w, err := s.write(ctx, tx, tenant, d.Kind, d.Documents, 0)
			if err != nil {
				return err
			}
			rejected = append(rejected, w.Rejected...)
		}
		for _, id := range left.Removed {
			k, _ := domain.KindByName(id.Kind)
			if _, err := s.remove(ctx, tx, tenant, k, []int64{id.ID}); err != nil {
				return err
			}
		}
		if err := addHistory(ctx, tx, tenant, left.History); err != nil {
			return err
		}
		if err := unbook(ctx, tx, tenant, c); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE lazi.write_requests SET finished_at = now(), outcome = $4
 WHERE tenant_id = $1 AND subject = $2 AND key = $3 AND finished_at IS NULL`, tenant, c.Subject, c.Key, outcome)
		if err == nil && tag.RowsAffected() == 0 {
			err = domain.ErrLost
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: finish %s: %w", c.Act, clean(err))
	}
	return rejected, nil
}

// TakeOpenClaims takes over claims whose makers are gone, of all tenants, at most limit.
func (s *Store) TakeOpenClaims(ctx context.Context, limit int) ([]domain.OpenClaim, error) {
	rows, err := s.pool.Query(ctx, `UPDATE lazi.write_requests SET touched_at = now() WHERE (tenant_id, subject, key) IN (
 SELECT tenant_id, subject, key FROM lazi.write_requests WHERE finished_at IS NULL AND touched_at < now() - $1::interval
 ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED)
 RETURNING tenant_id, began_at, subject, key, act, coalesce(target_kind, ''), coalesce(target_id, 0)`, claimLife, limit)
	if err != nil {
		return nil, fmt.Errorf("store: open claims: %w", clean(err))
	}
	open, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o domain.OpenClaim, err error) {
		var target domain.GlobalID
		err = row.Scan(&o.Tenant, &o.Began, &o.Subject, &o.Key, &o.Act, &target.Kind, &target.ID)
		if target.ID != 0 {
			o.Target = &target
		}
		return o, err
	})
	if err != nil {
		return nil, fmt.Errorf("store: open claims: %w", clean(err))
	}
	return open, nil
}

// PruneClaims forgets changes that were finished before a time.
func (s *Store) PruneClaims(ctx context.Context, before time.Time) error {
	if _, err := s.pool.Exec(ctx, "DELETE FROM lazi.write_requests WHERE finished_at < $1", before); err != nil {
		return fmt.Errorf("store: prune claims: %w", clean(err))
	}
	return nil
}
