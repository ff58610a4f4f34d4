package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// CopyFrom is from how many new rows on a write copies.
const CopyFrom = copyFrom

// InTx, Write and Remove are what a page of the sync engine is stored with.

func (s *Store) InTx(ctx context.Context, do func(tx pgx.Tx) error) error { return s.inTx(ctx, do) }

func (s *Store) Write(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, docs []domain.Document, run int64) (domain.Written, error) {
	return s.write(ctx, tx, tenant, k, docs, run)
}

func (s *Store) Remove(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, ids []int64) (int, error) {
	return s.remove(ctx, tx, tenant, k, ids)
}
