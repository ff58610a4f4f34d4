package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/secretbox"
)

// fields are the parts that are sealed one by one, in the order of the table's columns.
func fields(c *domain.Credentials) []field {
	return []field{{"client_id", &c.ClientID}, {"client_secret", &c.ClientSecret}, {"app_key", &c.AppKey}, {"environment", &c.Environment}}
}

type field struct {
	column string
	text   *string
}

// Vault keeps tenants' credentials, encrypted with a box's first key. It is safe for concurrent use.
type Vault struct {
	store *Store
	box   *secretbox.Box
}

// Vault returns the credentials that the box opens. A box without keys opens none; all else can still be asked.
func (s *Store) Vault(box *secretbox.Box) *Vault { return &Vault{s, box} }

// PutCredentials adds or changes a tenant's account. The tenant must exist. The error is secretbox.ErrKey without a key.
func (v *Vault) PutCredentials(ctx context.Context, tenant domain.TenantID, c domain.Credentials) error {
	args, err := v.seal(tenant, c)
	if err == nil {
		_, err = v.store.pool.Exec(ctx, `INSERT INTO lazi.tenant_credentials AS t (tenant_id, key_id, client_id, client_secret, app_key, environment)
 VALUES ($1, $2, $3, $4, $5, $6)
 ON CONFLICT (tenant_id) DO UPDATE SET key_id = $2, client_id = $3, client_secret = $4, app_key = $5, environment = $6,
  updated_at = greatest(clock_timestamp(), t.updated_at + interval '1 microsecond')`, args...)
	}
	if err != nil {
		return fmt.Errorf("store: put credentials of tenant %d: %w", tenant, clean(err))
	}
	return nil
}

// Credentials returns a tenant's account and when it changed. Where that is still the time that the caller knows, nothing
// is decrypted and the account is zero. The error is domain.ErrNotFound for a tenant without an account, and
// secretbox.ErrKey or secretbox.ErrSealed for one that no key opens.
func (v *Vault) Credentials(ctx context.Context, tenant domain.TenantID, known time.Time) (domain.Credentials, time.Time, error) {
	row, err := readSealed(ctx, v.store.pool, "WHERE tenant_id = $1", tenant)
	if err == nil && len(row) == 0 {
		err = domain.ErrNotFound
	}
	if err != nil {
		return domain.Credentials{}, time.Time{}, fmt.Errorf("store: credentials of tenant %d: %w", tenant, clean(err))
	}
	if row[0].UpdatedAt.Equal(known) {
		return domain.Credentials{}, known, nil
	}
	c, err := v.open(row[0])
	return c, row[0].UpdatedAt, err
}

// Reencrypt seals with the box's first key what was sealed with another, and returns how many tenants' accounts that were.
// Accounts that no key opens are left as they are and returned. Running processes go on with what they hold.
func (v *Vault) Reencrypt(ctx context.Context) (done int, left []domain.TenantID, err error) {
	err = v.store.inTx(ctx, func(tx pgx.Tx) error {
		done, left = 0, nil
		rows, err := readSealed(ctx, tx, "WHERE key_id <> $1 ORDER BY tenant_id FOR UPDATE", v.box.KeyID())
		if err != nil {
			return err
		}
		for _, row := range rows {
			c, err := v.open(row)
			if err != nil {
				left = append(left, row.TenantID)
				continue
			}
			args, err := v.seal(row.TenantID, c)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE lazi.tenant_credentials
 SET key_id = $2, client_id = $3, client_secret = $4, app_key = $5, environment = $6 WHERE tenant_id = $1`, args...); err != nil {
				return err
			}
			done++
		}
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("store: encrypt credentials anew: %w", clean(err))
	}
	return done, left, nil
}

// AccountState says how a tenant's account is kept.
type AccountState struct {
	KeyID string
	// Opens is false when no key of the box opens it.
	Opens     bool
	UpdatedAt time.Time
}

// States returns how the accounts are kept, by tenant; tenants without one are absent.
func (v *Vault) States(ctx context.Context) (map[domain.TenantID]AccountState, error) {
	rows, err := readSealed(ctx, v.store.pool, "ORDER BY tenant_id")
	if err != nil {
		return nil, fmt.Errorf("store: states of accounts: %w", clean(err))
	}
	states := map[domain.TenantID]AccountState{}
	for _, row := range rows {
		_, err := v.open(row)
		states[row.TenantID] = AccountState{KeyID: row.KeyID, Opens: err == nil, UpdatedAt: row.UpdatedAt}
	}
	return states, nil
}

// sealedRow is a row of the table.
type sealedRow struct {
	TenantID  domain.TenantID
	KeyID     string
	UpdatedAt time.Time
	Texts     [][]byte // in the order of Credentials.fields
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func readSealed(ctx context.Context, from querier, where string, args ...any) ([]sealedRow, error) {
	rows, err := from.Query(ctx, `SELECT tenant_id, key_id, updated_at, ARRAY[client_id, client_secret, app_key, environment]
 FROM lazi.tenant_credentials `+where, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[sealedRow])
}

// seal returns the arguments of a statement that writes a row.
func (v *Vault) seal(tenant domain.TenantID, c domain.Credentials) ([]any, error) {
	args := []any{tenant, v.box.KeyID()}
	for _, f := range fields(&c) {
		text, err := v.box.Seal(*f.text, place(tenant, f.column))
		if err != nil {
			return nil, err
		}
		args = append(args, text)
	}
	return args, nil
}

func (v *Vault) open(row sealedRow) (domain.Credentials, error) {
	var c domain.Credentials
	for i, f := range fields(&c) {
		text, err := v.box.Open(row.KeyID, row.Texts[i], place(row.TenantID, f.column))
		if err != nil {
			return domain.Credentials{}, fmt.Errorf("store: %s of tenant %d, sealed with key %q: %w", f.column, row.TenantID, row.KeyID, err)
		}
		*f.text = text
	}
	return c, nil
}

// place ties a sealed text to its tenant and column.
func place(tenant domain.TenantID, column string) string {
	return fmt.Sprintf("lazi.tenant_credentials/%d/%s", tenant, column)
}
