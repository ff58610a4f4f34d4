package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestContacts_ofOneOwner(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	for name, path := range map[string]string{"CustomerContact": customers, "LocationContact": "/crm/v2/tenant/{tenant}/locations"} {
		owner := strings.TrimSuffix(name, "Contact")
		member := strings.ToLower(owner) + "Id"
		var busy string // an active owner with several contacts
		for _, o := range w[owner] {
			if o["active"] == true && share(w[name], func(r row) bool { return r.text(member) == o.text("id") }) > 0 {
				busy = o.text("id")
			}
		}
		want := w.where(t, name, func(r row) bool { return r.text(member) == busy })
		var got []string
		for _, doc := range f.page(t, path+"/"+busy+"/contacts").Data {
			got = append(got, parseRow(t, doc).text("id"))
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		p := f.page(t, path+"/"+busy+"/contacts?pageSize=1&includeTotal=true")
		if len(p.Data) != 1 || p.HasMore != (len(want) > 1) || p.TotalCount == nil || *p.TotalCount != len(want) {
			t.Errorf("%s: a page of one: %d rows, more %v of %v", name, len(p.Data), p.HasMore, p.TotalCount)
		}
		if status, _ := f.get(t, path+"/5/contacts"); status != http.StatusNotFound {
			t.Errorf("contacts of nobody: %d", status)
		}
	}
}
