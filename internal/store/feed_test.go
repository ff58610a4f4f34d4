package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// feedPatience is how long a test waits for what comes as soon as no transaction of another test is in the way.
const feedPatience = time.Minute

// readAll reads the feed behind a place until it has so many entries.
func readAll(t *testing.T, s *store.Store, after domain.Place, want int) []domain.Change {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), feedPatience)
	defer cancel()
	var all []domain.Change
	for len(all) < want {
		page, _, err := s.ReadChanges(ctx, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
		if len(page) > 0 {
			after = page[len(page)-1].Place
		}
	}
	return all
}

func latest(t *testing.T, s *store.Store) domain.Place {
	t.Helper()
	p, err := s.LatestChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func kindsAndIDs(changes []domain.Change) (out []logged) {
	for _, c := range changes {
		out = append(out, logged{c.Kind, string(c.Op), c.IDs, c.Fields})
	}
	return out
}

func TestReadChanges_allTenantsInOrderBehindAPlace(t *testing.T) {
	t.Parallel()
	s, _ := openBoth(t)
	start := latest(t, s)
	put(t, s, tenant, domain.Jobs.Kind, job(t, 9, "before", 1))
	start = readAll(t, s, start, 1)[0].Place
	put(t, s, tenant, domain.Jobs.Kind, job(t, 1, "1", 1), job(t, 2, "2", 1))
	put(t, s, otherTenant, domain.Zones.Kind, doc(t, 1, nil))
	put(t, s, tenant, domain.Jobs.Kind, job(t, 2, "two", 2))
	got := readAll(t, s, start, 3)
	check(t, "feed", []logged{
		{"Job", "INSERT", []int64{1, 2}, []string{}},
		{"Zone", "INSERT", []int64{1}, []string{}},
		{"Job", "UPDATE", []int64{2}, []string{"jobNumber", "modifiedOn"}},
	}, kindsAndIDs(got))
	if got[1].Tenant != otherTenant || got[0].Place.Records != 2 || time.Since(got[0].At) > time.Hour {
		t.Errorf("entries %+v", got)
	}
}

func TestReadChanges_stopsWhereSomethingMayComeInBetween(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	start := latest(t, s)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SELECT lazi.log_change(1, 'Job', 'INSERT', '{1}', '{}')"); err != nil {
		t.Fatal(err)
	}
	put(t, s, tenant, domain.Jobs.Kind, job(t, 2, "2", 1))
	if changes, held, err := s.ReadChanges(t.Context(), start, 10); err != nil || len(changes) > 0 || !held {
		t.Fatalf("while the first is under way, %v is read, held %t, %v", changes, held, err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := readAll(t, s, start, 2)
	if got[0].IDs[0] != 1 || got[1].IDs[0] != 2 {
		t.Errorf("entries %+v", got)
	}
}

func TestReadTenantChanges_goesOnAmidAnEntry(t *testing.T) {
	t.Parallel()
	s, _ := openBoth(t)
	start := latest(t, s)
	k := domain.Jobs.Kind
	put(t, s, tenant, k, job(t, 1, "1", 1), job(t, 2, "2", 1), job(t, 3, "3", 1))
	put(t, s, tenant, domain.Zones.Kind, doc(t, 1, nil))
	put(t, s, otherTenant, k, job(t, 5, "5", 1))
	put(t, s, tenant, k, job(t, 4, "4", 1))
	all := readAll(t, s, start, 4)
	ctx := domain.OwnRows(t.Context(), 7) // LAZI reads the log for a technician, too, and shows him what he may see
	read := func(after domain.Place, limit int) ([]logged, bool) {
		changes, more, err := s.ReadTenantChanges(ctx, tenant, []string{"Job"}, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		return kindsAndIDs(changes), more
	}
	place := all[0].Place
	place.Records = 1
	rest, last := logged{"Job", "INSERT", []int64{2, 3}, []string{}}, logged{"Job", "INSERT", []int64{4}, []string{}}
	got, _ := read(place, 10)
	check(t, "amid an entry", []logged{rest, last}, got)
	got, more := read(place, 1)
	if !more {
		t.Error("a full page tells of no more")
	}
	check(t, "page", []logged{rest}, got)
	got, more = read(all[1].Place, 10) // of a kind that is not asked for
	if check(t, "behind another kind", []logged{last}, got); more {
		t.Error("the last page tells of more")
	}
	got, _ = read(all[3].Place, 10)
	check(t, "behind the last", []logged(nil), got)
}

func TestReadTenantChanges_prunedPlacesAreExpired(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	start := latest(t, s)
	put(t, s, tenant, domain.Jobs.Kind, job(t, 1, "1", 1))
	put(t, s, tenant, domain.Jobs.Kind, job(t, 2, "2", 1))
	all := readAll(t, s, start, 2)
	execute(t, conn, "UPDATE lazi.change_log SET at = at - interval '40 days' WHERE ids = '{1}'")
	if n, err := s.PruneChanges(t.Context(), time.Now().AddDate(0, 0, -30)); n != 1 || err != nil {
		t.Fatalf("%d pruned, %v", n, err)
	}
	for name, tt := range map[string]struct {
		tenant domain.TenantID
		place  domain.Place
		want   error
	}{
		"held":           {tenant, all[1].Place, nil},
		"pruned":         {tenant, all[0].Place, domain.ErrResumeExpired},
		"another tenant": {otherTenant, all[1].Place, domain.ErrResumeExpired},
		"too far":        {tenant, domain.Place{XID: all[1].Place.XID, Seq: all[1].Place.Seq, Records: 2}, domain.ErrResumeExpired},
		"never was":      {tenant, domain.Place{XID: 1, Seq: 1, Records: 1}, domain.ErrResumeExpired},
	} {
		if _, _, err := s.ReadTenantChanges(t.Context(), tt.tenant, []string{"Job"}, tt.place, 10); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestReferences_ofDeletedRowsToo(t *testing.T) {
	t.Parallel()
	s, _ := openBoth(t)
	k := domain.AppointmentAssignments.Kind
	assignment := func(id int64, appointment any) domain.Document {
		return doc(t, id, map[string]any{"appointmentId": appointment, "technicianId": 5, "active": true})
	}
	put(t, s, tenant, k, assignment(1, 11), assignment(2, 12), assignment(3, nil))
	put(t, s, otherTenant, k, assignment(4, 14))
	remove(t, s, k, 2)
	got, err := s.References(domain.OwnRows(t.Context(), 7), tenant, domain.AssignmentAppointment.Link, []int64{1, 2, 3, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "references", map[int64]int64{1: 11, 2: 12}, got)
}

func TestListenChanges_wakesAtEachAndEndsWithItsConnection(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	woken := make(chan struct{}, 100)
	ended := make(chan error, 1)
	go func() { ended <- s.ListenChanges(t.Context(), func() { woken <- struct{}{} }) }()
	<-woken // it listens
	put(t, s, tenant, domain.Jobs.Kind, job(t, 1, "1", 1))
	<-woken
	execute(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
	if err := <-ended; !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("it ends with %v", err)
	}
}

// TestFeed_isReadByIndex holds the plans of both readers: row-level security keeps indexes from comparisons that might leak.
func TestFeed_isReadByIndex(t *testing.T) {
	t.Parallel()
	_, conn := openBoth(t)
	execute(t, conn, "INSERT INTO lazi.change_log (tenant_id, kind, op, ids, fields) SELECT i % 5, 'Job', 'INSERT', '{1}', '{}' FROM generate_series(1, 20000) i")
	execute(t, conn, "ANALYZE lazi.change_log")
	execute(t, conn, "SET lazi.tenant_id = '1'")
	for _, tt := range []struct{ role, sql, index string }{
		{"NONE", "SELECT seq FROM lazi.change_log WHERE (xid, seq) > ('1'::xid8, 9) ORDER BY xid, seq LIMIT 10", "change_log_feed"},
		{"lazi_tenant", "SELECT seq FROM lazi.change_log WHERE tenant_id = 1 AND (xid, seq) >= ('1'::xid8, 9) ORDER BY xid, seq LIMIT 10", "change_log_xid"},
	} {
		execute(t, conn, "SET ROLE "+tt.role)
		rows, err := conn.Query(t.Context(), "EXPLAIN "+tt.sql)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if plan := strings.Join(lines, "\n"); !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "Index Cond") && strings.Contains(l, "ROW(xid, seq)") }) || !strings.Contains(plan, tt.index) {
			t.Errorf("as %s:\n%s", tt.role, plan)
		}
	}
}
