package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
)

// op is what a change was to readers.
type op string

// What the log of changes tells of. A change that nobody can see, of a row that is and stays deleted, has none.
const (
	opInsert op = "INSERT"
	opUpdate op = "UPDATE"
	opDelete op = "DELETE"
)

// pruneBatch is how many changes one statement prunes: so few that nobody notices.
const pruneBatch = 5000

// change is what happened to one row.
type change struct {
	id int64
	op op
	// fields are the document's members that differ, in order; of an update alone.
	fields []string
}

// alike are the rows of one write to which the same happened.
type alike struct {
	Op     op       `json:"op"`
	IDs    []int64  `json:"ids"`
	Fields []string `json:"fields"`
}

// logChanges writes what a write did into the log of changes, which tells listeners when the transaction commits.
func logChanges(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, changes []change) error {
	groups := group(changes)
	if len(groups) == 0 {
		return nil
	}
	text, err := json.Marshal(groups)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `SELECT lazi.log_change($1, $2, c.op, c.ids, c.fields)
 FROM jsonb_to_recordset($3::jsonb) c(op text, ids bigint[], fields text[])`, planned, tenant, k.Name, text)
	return err
}

// group puts changes of one sort together, sorts and ids in order.
func group(changes []change) []*alike {
	groups := map[string]*alike{}
	for _, c := range changes {
		if c.op == "" {
			continue
		}
		key := string(c.op) + "\x00" + strings.Join(c.fields, "\x00")
		g, ok := groups[key]
		if !ok {
			g = &alike{Op: c.op, Fields: append([]string{}, c.fields...)}
			groups[key] = g
		}
		g.IDs = append(g.IDs, c.id)
	}
	out := make([]*alike, 0, len(groups))
	for _, g := range groups {
		slices.Sort(g.IDs)
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *alike) int {
		return cmp.Or(cmp.Compare(a.Op, b.Op), slices.Compare(a.Fields, b.Fields))
	})
	return out
}

// remove marks rows deleted inside the caller's transaction and returns how many there were. Those that are deleted already
// stay as they are.
func (s *Store) remove(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, ids []int64) (int, error) {
	if err := named(ctx, tx, tenant); err != nil {
		return 0, err
	}
	table := "raw." + k.Table
	rows, err := tx.Query(ctx, `UPDATE `+table+` SET deleted_at = $3 WHERE tenant_id = $1 AND st_id IN (
 SELECT st_id FROM `+table+` WHERE tenant_id = $1 AND st_id = ANY($2) AND deleted_at IS NULL ORDER BY st_id FOR UPDATE)
 RETURNING st_id, $4::text, '{}'::text[]`, planned, tenant, ids, s.now(), string(opDelete))
	if err != nil {
		return 0, err
	}
	changes, err := pgx.CollectRows(rows, toChange)
	if err != nil {
		return 0, err
	}
	return len(changes), logChanges(ctx, tx, tenant, k, changes)
}

func toChange(row pgx.CollectableRow) (c change, err error) {
	return c, row.Scan(&c.id, &c.op, &c.fields)
}

// PruneChanges removes what the log of changes holds from before a time, and returns how many entries there were.
func (s *Store) PruneChanges(ctx context.Context, before time.Time) (int64, error) {
	var pruned int64
	for {
		tag, err := s.pool.Exec(ctx, `DELETE FROM lazi.change_log WHERE seq IN (
 SELECT seq FROM lazi.change_log WHERE at < $1 ORDER BY at, seq LIMIT $2)`, before, pruneBatch)
		if err != nil {
			return pruned, fmt.Errorf("store: prune changes: %w", clean(err))
		}
		pruned += tag.RowsAffected()
		if tag.RowsAffected() < pruneBatch {
			return pruned, nil
		}
	}
}
