package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
	"lazilabs.com/lazi/internal/store/storetest"
)

// TestTables_deriveModifiedOnAsWritesCompareIt holds the copy of that expression which a write needs, in place of one for
// each table.
func TestTables_deriveModifiedOnAsWritesCompareIt(t *testing.T) {
	t.Parallel()
	_, conn := openBoth(t)
	rows, err := conn.Query(t.Context(), `SELECT table_name, generation_expression FROM information_schema.columns
 WHERE table_schema = 'raw' AND column_name = 'modified_on'`)
	if err != nil {
		t.Fatal(err)
	}
	derived := map[string]string{}
	var table, expression string
	if _, err := pgx.ForEachRow(rows, []any{&table, &expression}, func() error { derived[table] = expression; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, k := range domain.Kinds() {
		if got := derived[k.Table]; got != "raw.ts((full_data ->> 'modifiedOn'::text))" {
			t.Errorf("%s derives modified_on as %s", k.Table, got)
		}
	}
}

func TestWrite_storesEveryKindByBothWays(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	for _, k := range domain.Kinds() {
		var many []domain.Document
		for id := range int64(store.CopyFrom) {
			many = append(many, doc(t, id+1, map[string]any{"modifiedOn": at(1), "name": "many"}))
		}
		check(t, k.Name, domain.Written{Inserted: len(many)}, put(t, s, tenant, k, many...))
		few := doc(t, 99, map[string]any{"modifiedOn": at(1), "name": "few"})
		check(t, k.Name, domain.Written{Inserted: 1}, put(t, s, tenant, k, few))
		rows := stored(t, conn, k)
		for _, d := range append(many, few) {
			check(t, k.Name, storedRow{Document: any(members(t, d.JSON))}, rows[d.ID])
		}
	}
}

// TestWrite_waitsForAnotherWriterOfTheSameRows lets a read fill the mirror while a page of the same records is stored.
func TestWrite_waitsForAnotherWriterOfTheSameRows(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Jobs.Kind
	var page []domain.Document
	for id := range int64(2 * store.CopyFrom) {
		page = append(page, job(t, id+1, "page", 5))
	}
	var all sync.WaitGroup
	err := s.InTx(t.Context(), func(tx pgx.Tx) error {
		if _, err := s.Write(t.Context(), tx, tenant, k, []domain.Document{job(t, 3, "older", 4), job(t, 4, "newer", 6)}, 0); err != nil {
			return err
		}
		all.Go(func() {
			w, err := s.Upsert(t.Context(), tenant, k, page)
			if err != nil || w.Inserted != len(page)-2 || w.Updated != 1 || w.Unchanged != 1 {
				t.Errorf("Upsert = %+v, %v", w, err)
			}
		})
		return waitForLock(t, conn)
	})
	all.Wait()
	if err != nil {
		t.Fatal(err)
	}
	rows := stored(t, conn, k)
	for id, want := range map[int64]string{1: "page", 3: "page", 4: "newer"} {
		check(t, "number", any(want), rows[id].Document.(map[string]any)["jobNumber"])
	}
}

// waitForLock returns once some transaction of the database waits for another.
func waitForLock(t *testing.T, conn *pgx.Conn) error {
	t.Helper()
	for waits := false; !waits; {
		const query = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
		if err := conn.QueryRow(t.Context(), query).Scan(&waits); err != nil {
			return err
		}
	}
	return nil
}

func TestUpsert_manyAtOnceEndWithTheNewest(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Customers.Kind
	const records, writers = 60, 6
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(n)))
			for round := range 8 {
				minute := round*writers + n // of all writers' rounds the last is the newest
				var docs []domain.Document
				for _, i := range random.Perm(records) {
					docs = append(docs, doc(t, int64(i+1), map[string]any{"name": fmt.Sprint(minute), "modifiedOn": at(minute)}))
				}
				if _, err := s.Upsert(t.Context(), tenant, k, docs); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	rows := stored(t, conn, k)
	if len(rows) != records {
		t.Errorf("%d rows, want %d", len(rows), records)
	}
	for id, row := range rows {
		if got := row.Document.(map[string]any)["name"]; got != fmt.Sprint(8*writers-1) {
			t.Errorf("customer %d is of minute %v", id, got)
		}
	}
}

// model says in plain Go what writes do.
type model map[int64]storedRow

// apply is Upsert of one document.
func (m model) apply(d domain.Document, content map[string]any) {
	row, there := m[d.ID]
	next := maps.Clone(content)
	if there {
		old := row.Document.(map[string]any)
		if d.Partial {
			next = maps.Clone(old)
			maps.Copy(next, content)
		}
		was, hasOld := old["modifiedOn"].(string)
		is, hasNew := next["modifiedOn"].(string)
		if hasOld && hasNew && is < was {
			return
		}
	}
	switchedOff := d.Partial && content["active"] == false // a feed's row, which may as well mean deleted
	m[d.ID] = storedRow{next, d.Deleted || there && row.Deleted && switchedOff}
}

// TestWrite_randomSequencesEndAsTheModel stores pages of random documents, whole, partial and tombstones, new and old, and
// removes rows, and compares the mirror with the model after each page and what the log says with what is visible.
func TestWrite_randomSequencesEndAsTheModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s, conn := openBoth(t)
			k, random, want, visible := domain.Jobs.Kind, rand.New(rand.NewPCG(seed, 1)), model{}, map[int64]bool{}
			for page := range 30 {
				feed := random.IntN(2) == 0
				var docs []domain.Document
				for _, i := range random.Perm(60)[:1+random.IntN(50)] {
					content := map[string]any{"id": float64(i + 1)}
					for _, member := range []string{"jobNumber", "summary", "total"} {
						if random.IntN(3) > 0 {
							content[member] = float64(random.IntN(3))
						}
					}
					if random.IntN(4) == 0 {
						content["active"] = random.IntN(2) == 0
					}
					if random.IntN(10) > 0 {
						content["modifiedOn"] = at(page + random.IntN(8))
					}
					d := doc(t, int64(i+1), content)
					d.Partial, d.Deleted = feed, feed && random.IntN(5) == 0
					want.apply(d, content)
					docs = append(docs, d)
				}
				put(t, s, tenant, k, docs...)
				if random.IntN(3) == 0 {
					id := int64(1 + random.IntN(60))
					if row, ok := want[id]; ok {
						want[id] = storedRow{row.Document, true}
					}
					remove(t, s, k, id)
				}
				check(t, fmt.Sprint("rows after page ", page), map[int64]storedRow(want), stored(t, conn, k))
				again := put(t, s, tenant, k, docs...)
				if page%5 == 0 && again.Updated > 0 {
					t.Errorf("the same page again: %+v", again)
				}
				for _, d := range docs { // what remove took is there after all
					want.apply(d, members(t, d.JSON))
				}
			}
			for _, c := range changes(t, conn) {
				for _, id := range c.IDs {
					if c.Op == "INSERT" == visible[id] {
						t.Errorf("%s of job %d, visible before: %v", c.Op, id, visible[id])
					}
					visible[id] = c.Op != "DELETE"
				}
			}
			for id, row := range want {
				if visible[id] == row.Deleted {
					t.Errorf("job %d is deleted %v, and by the log visible %v", id, row.Deleted, visible[id])
				}
			}
		})
	}
}

func TestWrite_sendsNoUnchangedDocument(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var statements []string
	s, err := store.Open(t.Context(), storetest.New(t), store.Options{Observe: func(sql string) {
		mu.Lock()
		defer mu.Unlock()
		statements = append(statements, strings.Fields(sql)[0])
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	docs := []domain.Document{job(t, 1, "1", 1), job(t, 2, "2", 1)}
	put(t, s, tenant, domain.Jobs.Kind, docs...)
	mu.Lock()
	statements = nil
	mu.Unlock()
	put(t, s, tenant, domain.Jobs.Kind, docs...)
	mu.Lock()
	defer mu.Unlock()
	check(t, "statements", []string{"begin", "SELECT", "SELECT", "commit"}, statements)
}
