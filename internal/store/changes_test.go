package store_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// logged is an entry of the log of changes.
type logged struct {
	Kind, Op string
	IDs      []int64
	Fields   []string
}

// changes reads the tenant's log in the order in which readers do. They stop where others may still commit, which a test may
// not: transactions of the server's other databases count, too.
func changes(t *testing.T, conn *pgx.Conn) []logged {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT kind, op, ids, fields FROM lazi.change_log WHERE tenant_id = $1 ORDER BY xid, seq", tenant)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[logged])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func execute(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// remove marks rows deleted in a transaction of its own.
func remove(t *testing.T, s *store.Store, k *domain.Kind, ids ...int64) (n int) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx pgx.Tx) (err error) {
		n, err = s.Remove(t.Context(), tx, tenant, k, ids)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestChanges_areLoggedByWhatHappened(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Jobs.Kind
	put(t, s, tenant, k, job(t, 3, "3", 1), job(t, 1, "1", 1), job(t, 2, "2", 1), tombstone(job(t, 9, "9", 1)))
	put(t, s, tenant, k, job(t, 1, "1", 1)) // unchanged
	put(t, s, tenant, k,
		job(t, 1, "one", 2), job(t, 2, "two", 2), tombstone(job(t, 3, "3", 2)), job(t, 4, "4", 2),
		tombstone(job(t, 9, "nobody sees it", 2)))
	put(t, s, tenant, k,
		doc(t, 1, map[string]any{"jobNumber": "one", "modifiedOn": at(3), "summary": "new"}),
		doc(t, 2, map[string]any{"jobNumber": "two"}), // a member goes
		job(t, 3, "back", 3))
	check(t, "log", []logged{
		{"Job", "INSERT", []int64{1, 2, 3}, []string{}},
		{"Job", "DELETE", []int64{3}, []string{}},
		{"Job", "INSERT", []int64{4}, []string{}},
		{"Job", "UPDATE", []int64{1, 2}, []string{"jobNumber", "modifiedOn"}},
		{"Job", "INSERT", []int64{3}, []string{}},
		{"Job", "UPDATE", []int64{2}, []string{"modifiedOn"}},
		{"Job", "UPDATE", []int64{1}, []string{"modifiedOn", "summary"}},
	}, changes(t, conn))
}

func TestRemove_marksLogsAndLeavesWhatIsDeleted(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Jobs.Kind
	put(t, s, tenant, k, job(t, 1, "1", 1), job(t, 2, "2", 1), job(t, 3, "3", 1))
	put(t, s, otherTenant, k, job(t, 1, "1", 1))
	if n := remove(t, s, k, 2, 1, 77); n != 2 {
		t.Errorf("%d removed, want 2", n)
	}
	before := physical(t, conn, k, 1)
	if n := remove(t, s, k, 1, 2); n != 0 {
		t.Errorf("%d removed again", n)
	}
	if physical(t, conn, k, 1) != before {
		t.Error("a row that was deleted already is written")
	}
	put(t, s, tenant, k, job(t, 1, "1", 1)) // it is there after all
	check(t, "log", []logged{
		{"Job", "INSERT", []int64{1, 2, 3}, []string{}},
		{"Job", "DELETE", []int64{1, 2}, []string{}},
		{"Job", "INSERT", []int64{1}, []string{}},
	}, changes(t, conn))
	if n, err := s.Count(t.Context(), otherTenant, k, domain.Query{}); err != nil || n != 1 {
		t.Errorf("the other tenant has %d jobs, %v", n, err)
	}
}

func TestChanges_areAnnouncedOnceAWriteAndOnlyWhenKept(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Jobs.Kind
	execute(t, conn, "LISTEN lazi_changes")
	put(t, s, tenant, k, job(t, 1, "1", 1), job(t, 2, "2", 1))
	put(t, s, tenant, k, job(t, 1, "1", 1))                                                    // nothing changes
	put(t, s, tenant, k, job(t, 1, "one", 2), tombstone(job(t, 2, "2", 2)), job(t, 3, "3", 2)) // three sorts
	err := s.InTx(t.Context(), func(tx pgx.Tx) error {
		if _, err := s.Write(t.Context(), tx, tenant, k, []domain.Document{job(t, 4, "4", 1)}, 0); err != nil {
			return err
		}
		return context.Canceled
	})
	if err == nil {
		t.Fatal("the transaction was kept")
	}
	put(t, s, otherTenant, domain.Zones.Kind, doc(t, 1, nil)) // the last
	type notice struct {
		Tenant int64
		Kind   string
	}
	var got []notice
	for len(got) == 0 || got[len(got)-1].Kind != "Zone" {
		n, err := conn.WaitForNotification(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var one notice
		if err := json.Unmarshal([]byte(n.Payload), &one); err != nil {
			t.Fatal(err)
		}
		got = append(got, one)
	}
	check(t, "notices", []notice{{1, "Job"}, {1, "Job"}, {2, "Zone"}}, got)
}

func TestChanges_phonesOfCustomersAreTheirs(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	contact := func(id, customer int64, kind, value string) domain.Document {
		return doc(t, id, map[string]any{"customerId": customer, "type": kind, "value": value})
	}
	put(t, s, tenant, domain.Customers.Kind, doc(t, 1, nil), doc(t, 2, nil), doc(t, 3, nil))
	remove(t, s, domain.Customers.Kind, 3)
	put(t, s, tenant, domain.CustomerContacts.Kind, contact(11, 1, "Phone", "555-0101"), contact(12, 1, "Email", "one@example.test"),
		contact(21, 2, "Phone", "555-0102"), contact(31, 3, "Phone", "555-0103"))
	check(t, "log", []logged{
		{"Customer", "INSERT", []int64{1, 2, 3}, []string{}},
		{"Customer", "DELETE", []int64{3}, []string{}},
		{"Customer", "UPDATE", []int64{1}, []string{"email", "phone"}},
		{"Customer", "UPDATE", []int64{2}, []string{"phone"}},
		{"CustomerContact", "INSERT", []int64{11, 12, 21, 31}, []string{}},
	}, changes(t, conn))
}

func TestPruneChanges_removesTheOldInBatches(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	now := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	execute(t, conn, `INSERT INTO lazi.change_log (tenant_id, kind, op, ids, fields, at)
 SELECT 1, 'Job', 'INSERT', '{1}', '{}', $1::timestamptz - i * interval '1 minute' FROM generate_series(0, 12000) i`, now)
	n, err := s.PruneChanges(t.Context(), now.Add(-100*time.Minute))
	if err != nil || n != 11900 {
		t.Errorf("%d pruned, %v, want 11900", n, err)
	}
	if left := len(changes(t, conn)); left != 101 {
		t.Errorf("%d are left, want 101", left)
	}
}
