package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// Tenant returns a company's settings. The error is domain.ErrNotFound when it is not one of this deployment's.
func (s *Store) Tenant(ctx context.Context, id domain.TenantID) (domain.Tenant, error) {
	t := domain.Tenant{ID: id}
	err := s.pool.QueryRow(ctx, "SELECT name, time_zone, currency FROM lazi.tenants WHERE id = $1", id).Scan(&t.Name, &t.TimeZone, &t.Currency)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, fmt.Errorf("store: tenant %d: %w", id, domain.ErrNotFound)
	}
	if err != nil {
		return t, fmt.Errorf("store: tenant %d: %w", id, clean(err))
	}
	return t, nil
}

// Tenants returns every company's settings, in order of id.
func (s *Store) Tenants(ctx context.Context) ([]domain.Tenant, error) {
	rows, err := s.pool.Query(ctx, "SELECT id, name, time_zone, currency FROM lazi.tenants ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("store: tenants: %w", clean(err))
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[domain.Tenant])
	if err != nil {
		return nil, fmt.Errorf("store: tenants: %w", clean(err))
	}
	return all, nil
}

// PutTenant adds a company or changes its settings.
func (s *Store) PutTenant(ctx context.Context, t domain.Tenant) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO lazi.tenants (id, name, time_zone, currency) VALUES ($1, $2, $3, $4)
 ON CONFLICT (id) DO UPDATE SET name = $2, time_zone = $3, currency = $4`, t.ID, t.Name, t.TimeZone, t.Currency)
	if err != nil {
		return fmt.Errorf("store: put tenant %d: %w", t.ID, clean(err))
	}
	return nil
}

// AddTenant adds a company. It returns false for one that is there already, which stays as it is.
func (s *Store) AddTenant(ctx context.Context, t domain.Tenant) (added bool, err error) {
	tag, err := s.pool.Exec(ctx, `INSERT INTO lazi.tenants (id, name, time_zone, currency) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
		t.ID, t.Name, t.TimeZone, t.Currency)
	if err != nil {
		return false, fmt.Errorf("store: add tenant %d: %w", t.ID, clean(err))
	}
	return tag.RowsAffected() == 1, nil
}
