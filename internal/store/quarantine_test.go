package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

func quarantined(t *testing.T, s *store.Store, f domain.QuarantineFilter) []domain.Quarantined {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 100
	}
	got, err := s.Quarantine(t.Context(), tenant, f)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// write stores documents as a page of a sync run.
func write(t *testing.T, s *store.Store, k *domain.Kind, run int64, docs ...domain.Document) (w domain.Written) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx pgx.Tx) (err error) {
		w, err = s.Write(t.Context(), tx, tenant, k, docs, run)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestQuarantine_keepsWhatCannotBeReadUntilItCan(t *testing.T) {
	t.Parallel()
	s, _ := openBoth(t)
	k := domain.Customers.Kind
	bad := doc(t, 7, map[string]any{"balance": "much"})
	nameless := domain.Document{JSON: []byte(`{"name": "Sample"}`)}
	write(t, s, k, 4, bad, nameless)
	write(t, s, k, 5, bad, doc(t, 8, nil))
	put(t, s, otherTenant, k, bad)
	got := quarantined(t, s, domain.QuarantineFilter{})
	want := []domain.Quarantined{
		{Kind: "Customer", STID: 7, Reason: "balance is no numeric(15,2)", Times: 2, Run: 5},
		{Kind: "Customer", Reason: "the record has no id", Times: 1, Run: 4},
	}
	check(t, "quarantine", "", cmp.Diff(want, got, cmpopts.IgnoreFields(domain.Quarantined{}, "Number", "FirstSeenAt", "LastSeenAt")))
	if !got[0].LastSeenAt.After(got[0].FirstSeenAt) {
		t.Errorf("first seen %s, last seen %s", got[0].FirstSeenAt, got[0].LastSeenAt)
	}
	put(t, s, tenant, k, doc(t, 7, map[string]any{"balance": 1}))
	if got := quarantined(t, s, domain.QuarantineFilter{}); len(got) != 1 || got[0].STID != 0 {
		t.Errorf("after a good document: %+v", got)
	}
}

func TestQuarantine_endsWhenTheRecordIsAsItWasBefore(t *testing.T) {
	t.Parallel()
	s, _ := openBoth(t)
	k := domain.Customers.Kind
	good := doc(t, 7, map[string]any{"balance": 1})
	put(t, s, tenant, k, good)
	put(t, s, tenant, k, doc(t, 7, map[string]any{"balance": "much"}))
	if got := quarantined(t, s, domain.QuarantineFilter{}); len(got) != 1 {
		t.Fatalf("quarantine: %+v", got)
	}
	check(t, "the stored one again", domain.Written{Unchanged: 1}, put(t, s, tenant, k, good))
	if got := quarantined(t, s, domain.QuarantineFilter{}); len(got) != 0 {
		t.Errorf("after the stored one again: %+v", got)
	}
}

func TestQuarantine_isPagedNewestFirst(t *testing.T) {
	t.Parallel()
	s, _ := openBoth(t)
	for id := range int64(5) {
		put(t, s, tenant, domain.Customers.Kind, doc(t, id+1, map[string]any{"balance": "much"}))
	}
	put(t, s, tenant, domain.Jobs.Kind, doc(t, 9, map[string]any{"total": "much"}), doc(t, 10, map[string]any{"total": "much"}))
	walk := func(kinds ...string) (seen []int64) {
		for f := (domain.QuarantineFilter{Kinds: kinds, Limit: 2}); ; {
			page := quarantined(t, s, f)
			for _, q := range page {
				seen = append(seen, q.STID)
				f.Before = &domain.QuarantinePlace{LastSeenAt: q.LastSeenAt, Number: q.Number}
			}
			if len(page) < f.Limit {
				return seen
			}
		}
	}
	check(t, "all", []int64{10, 9, 5, 4, 3, 2, 1}, walk())
	check(t, "customers", []int64{5, 4, 3, 2, 1}, walk("Customer"))
}

func TestQuarantine_reasonsAreWordsWithoutValues(t *testing.T) {
	t.Parallel()
	s, _ := openBoth(t)
	secret := "sample-secret"
	for _, tt := range []struct{ name, json, want string }{
		{"number", `{"id": 1, "balance": "sample-secret"}`, "balance is no numeric(15,2)"},
		{"too large", `{"id": 1, "balance": 12345678901234567890}`, "balance is no numeric(15,2)"},
		{
			"two", `{"id": 1, "active": "sample-secret", "modifiedOn": "sample-secret"}`,
			"active is no boolean, modified_on is no timestamp with time zone",
		},
		{"NUL", `{"id": 1, "name": "sample-secret\u0000"}`, "a text holds a character that cannot be stored"},
		{"not UTF-8", "{\"id\": 1, \"name\": \"sample-secret\xff\x00\"}", "a text holds a character that cannot be stored"},
		{"no JSON", `{"id": 1, sample-secret`, "the record is no JSON"},
		{"another id", `{"sample-secret": 1}`, "st_id is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := domain.Customers.Kind
			var rejected []domain.Rejected
			err := s.InTx(t.Context(), func(tx pgx.Tx) error {
				w, err := s.Write(t.Context(), tx, 3, k, []domain.Document{{ID: 1, JSON: []byte(tt.json)}}, 0)
				rejected = w.Rejected
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(rejected) != 1 || rejected[0].Reason != tt.want || strings.Contains(rejected[0].Reason, secret) {
				t.Errorf("rejected %+v, want reason %q", rejected, tt.want)
			}
		})
	}
}

func TestWrite_rejectsOneOfManyAndLeavesTheCallersTransactionAlive(t *testing.T) {
	t.Parallel()
	s, conn := openBoth(t)
	k := domain.Customers.Kind
	var docs []domain.Document
	var want []int64
	for id := range int64(3 * store.CopyFrom) {
		members := map[string]any{"name": "Sample", "modifiedOn": at(1)}
		if id%20 == 19 {
			members["balance"] = "much"
		} else {
			want = append(want, id+1)
		}
		docs = append(docs, doc(t, id+1, members))
	}
	err := s.InTx(t.Context(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "INSERT INTO lazi.tenants (id, name) VALUES (77, 'before')"); err != nil {
			return err
		}
		w, err := s.Write(t.Context(), tx, tenant, k, docs, 1)
		if err != nil {
			return err
		}
		if w.Inserted != len(want) || len(w.Rejected) != 2 {
			t.Errorf("%d inserted, %d rejected, want %d and 2", w.Inserted, len(w.Rejected), len(want))
		}
		_, err = tx.Exec(t.Context(), "INSERT INTO lazi.tenants (id, name) VALUES (78, 'after')")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "customers", want, list(t, s, k, domain.Query{}))
	check(t, "log", []logged{{"Customer", "INSERT", want, []string{}}}, changes(t, conn))
	for _, id := range []domain.TenantID{77, 78} {
		if _, err := s.Tenant(t.Context(), id); err != nil {
			t.Errorf("what the caller wrote is gone: %v", err)
		}
	}
	if got := quarantined(t, s, domain.QuarantineFilter{}); len(got) != 2 {
		t.Errorf("quarantine: %+v", got)
	}
	// The same for changed rows.
	for i := range docs {
		docs[i] = doc(t, docs[i].ID, map[string]any{"name": "Changed", "modifiedOn": at(2)})
	}
	docs[5] = doc(t, docs[5].ID, map[string]any{"balance": "much", "modifiedOn": at(2)})
	w := write(t, s, k, 2, docs...)
	if w.Updated != len(want)-1 || w.Inserted != 2 || len(w.Rejected) != 1 || w.Unchanged != 0 {
		t.Errorf("second write: %d updated, %d inserted, %d rejected", w.Updated, w.Inserted, len(w.Rejected))
	}
	if got := quarantined(t, s, domain.QuarantineFilter{}); len(got) != 1 || got[0].STID != docs[5].ID {
		t.Errorf("quarantine: %+v", got)
	}
}
