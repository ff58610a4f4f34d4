package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// The log of changes is read in the order of (xid, seq), up to where transactions under way may still put something in
// between (migration 18). A long transaction anywhere on the server holds readers back.

// changeColumns are what toLogged reads.
const changeColumns = "xid, seq, tenant_id, kind, op, ids, fields, at, xid < pg_snapshot_xmin(pg_current_snapshot())"

// loggedChange is an entry as one reader sees it.
type loggedChange struct {
	domain.Change
	settled bool // nothing will come before it any more
}

func toLogged(row pgx.CollectableRow) (c loggedChange, err error) {
	err = row.Scan(&c.Place.XID, &c.Place.Seq, &c.Tenant, &c.Kind, &c.Op, &c.IDs, &c.Fields, &c.At, &c.settled)
	c.Place.Records = len(c.IDs)
	return c, err
}

// LatestChange returns the place that changes are behind which become visible from now on.
func (s *Store) LatestChange(ctx context.Context) (domain.Place, error) {
	var p domain.Place
	if err := s.pool.QueryRow(ctx, "SELECT pg_snapshot_xmin(pg_current_snapshot())").Scan(&p.XID); err != nil {
		return p, fmt.Errorf("store: latest change: %w", clean(err))
	}
	return p, nil
}

// ReadChanges returns the next entries of all tenants behind an entry, in order. Held tells that there are more which cannot be
// told yet, because of transactions under way.
func (s *Store) ReadChanges(ctx context.Context, after domain.Place, limit int) (changes []domain.Change, held bool, err error) {
	rows, err := s.pool.Query(ctx, "SELECT "+changeColumns+" FROM lazi.change_log WHERE (xid, seq) > ($1, $2) ORDER BY xid, seq LIMIT $3",
		after.XID, after.Seq, limit)
	if err != nil {
		return nil, false, fmt.Errorf("store: read changes: %w", clean(err))
	}
	all, err := pgx.CollectRows(rows, toLogged)
	if err != nil {
		return nil, false, fmt.Errorf("store: read changes: %w", clean(err))
	}
	for _, c := range all {
		if !c.settled {
			return changes, true, nil
		}
		changes = append(changes, c.Change)
	}
	return changes, false, nil
}

// ReadTenantChanges returns a tenant's next entries behind a place, of kinds, in order: of the entry that the place is in, the
// records behind it. More tells that the page is full. The error is domain.ErrResumeExpired when the log no longer holds that
// entry, since others that followed it may be gone, too.
func (s *Store) ReadTenantChanges(ctx context.Context, tenant domain.TenantID, kinds []string, after domain.Place, limit int) (changes []domain.Change, more bool, err error) {
	rows, err := s.read(domain.AllRows(ctx), tenant, "SELECT "+changeColumns+` FROM lazi.change_log
 WHERE tenant_id = $1 AND (xid, seq) >= ($2, $3) AND (kind = ANY($4) OR xid = $2 AND seq = $3) ORDER BY xid, seq LIMIT $5`,
		tenant, after.XID, after.Seq, kinds, limit)
	if err != nil {
		return nil, false, fmt.Errorf("store: read a tenant's changes: %w", clean(err))
	}
	all, err := pgx.CollectRows(rows, toLogged)
	if err != nil {
		return nil, false, fmt.Errorf("store: read a tenant's changes: %w", clean(err))
	}
	if len(all) == 0 || all[0].Place.Seq != after.Seq || all[0].Place.XID != after.XID || all[0].Place.Records < after.Records {
		return nil, false, fmt.Errorf("store: read a tenant's changes: %w", domain.ErrResumeExpired)
	}
	all[0].IDs = all[0].IDs[after.Records:]
	for i, c := range all {
		if !c.settled {
			return changes, false, nil
		}
		if i > 0 || len(c.IDs) > 0 && slices.Contains(kinds, c.Kind) {
			changes = append(changes, c.Change)
		}
	}
	return changes, len(all) == limit, nil
}

// References returns the ids that rows refer to by a link's column, by the rows' ids: of deleted rows, too, and whoever asks.
func (s *Store) References(ctx context.Context, tenant domain.TenantID, l *domain.Link, ids []int64) (map[int64]int64, error) {
	rows, err := s.read(domain.AllRows(ctx), tenant, "SELECT st_id, "+l.FromColumn+" FROM raw."+l.From.Table+
		" WHERE tenant_id = $1 AND st_id = ANY($2) AND "+l.FromColumn+" IS NOT NULL", tenant, ids)
	if err != nil {
		return nil, fmt.Errorf("store: references of %s: %w", l.Name(), clean(err))
	}
	out := make(map[int64]int64, len(ids))
	var row, to int64
	if _, err := pgx.ForEachRow(rows, []any{&row, &to}, func() error { out[row] = to; return nil }); err != nil {
		return nil, fmt.Errorf("store: references of %s: %w", l.Name(), clean(err))
	}
	return out, nil
}

// ListenChanges calls wake once it listens for changes and at each, over a connection of its own, until the connection breaks or
// the context ends. Who listens must look by himself now and then, too: behind a pooler in transaction mode nothing is heard.
func (s *Store) ListenChanges(ctx context.Context, wake func()) error {
	if s.pooled {
		<-ctx.Done()
		return ctx.Err()
	}
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("store: listen for changes: %w", clean(err))
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // a broken one is closed already
	if _, err := conn.Exec(ctx, "LISTEN lazi_changes"); err != nil {
		return fmt.Errorf("store: listen for changes: %w", clean(err))
	}
	for {
		wake()
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("store: listen for changes: %w", clean(err))
		}
	}
}
