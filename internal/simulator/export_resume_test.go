package simulator_test

import (
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/stspec"
)

func TestExport_resumesWithNothingLostOrDoubled(t *testing.T) {
	t.Parallel()
	f := settled(t)
	for _, e := range stspec.Entities() {
		if e.ExportPath == "" {
			continue
		}
		active := ""
		if slices.ContainsFunc(e.ExportFilters, func(p stspec.Filter) bool { return p.Name == "active" }) {
			active = "&active=Any"
		}
		got, end := f.feed(t, e, "", active)
		times := map[string]int{}
		for _, r := range got {
			times[r.text("id")]++
		}
		for _, id := range f.IDs(tenant, e.Name) {
			if times[itoa(id)] == 0 {
				t.Errorf("%s %d is not in the feed", e.Name, id)
			}
		}
		if len(got) < 2 || len(times) != len(got) {
			t.Errorf("%s: %d rows of %d records", e.Name, len(got), len(times))
		}
		if again, place := f.feed(t, e, end, active); len(again) > 0 || place != end {
			t.Errorf("%s: nothing has changed, but %d rows come from %s", e.Name, len(again), end)
		}
	}
}

func TestExport_showsChangesOnceAndInTheirOrder(t *testing.T) {
	t.Parallel()
	f := settled(t)
	e := entity(t, "Job")
	_, end := f.feed(t, e, "", "")
	ids := f.IDs(tenant, e.Name)
	for _, id := range []int64{ids[9], ids[2], ids[5], ids[9]} {
		f.Clock().Advance(time.Second)
		if err := f.Change(tenant, e.Name, id, map[string]any{"noCharge": true}); err != nil {
			t.Fatal(err)
		}
	}
	f.Clock().Advance(time.Hour)
	f.token = f.login(t)
	got, _ := f.feed(t, e, end, "")
	if diff := gocmp.Diff([]string{itoa(ids[2]), itoa(ids[5]), itoa(ids[9])}, idsInOrder(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExport_hasTombstonesOfContactsAndMergedCustomers(t *testing.T) {
	t.Parallel()
	f := settled(t)
	contacts, owners := entity(t, "CustomerContact"), entity(t, "Customer")
	_, contactsEnd := f.feed(t, contacts, "", "")
	_, ownersEnd := f.feed(t, owners, "", "")
	gone, ids := f.IDs(tenant, contacts.Name)[0], f.IDs(tenant, owners.Name)
	if err := f.Delete(tenant, contacts.Name, gone); err != nil {
		t.Fatal(err)
	}
	if err := f.MergeCustomers(tenant, ids[4], ids[5]); err != nil {
		t.Fatal(err)
	}
	f.Clock().Advance(16 * time.Minute)
	f.token = f.login(t)
	rows, _ := f.feed(t, contacts, contactsEnd, "")
	i := slices.IndexFunc(rows, func(r row) bool { return r.text("id") == itoa(gone) })
	if i < 0 || rows[i].text("active") != "false" || slices.Contains(f.ids(t, contacts), itoa(gone)) {
		t.Errorf("the feed of contacts shows %v", rows)
	}
	merged, _ := f.feed(t, owners, ownersEnd, "")
	if len(merged) != 1 || merged[0].text("mergedToId") != itoa(ids[5]) || merged[0].text("active") != "false" {
		t.Errorf("the feed of customers shows %v", merged)
	}
}
