package simulator_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stspec"
)

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// company is a simulated company of the default size, read without calls.
func company(t *testing.T) (*simulator.Simulator, world) {
	t.Helper()
	s, err := simulator.New(simulator.Config{Seed: 1, Anchor: anchor, Tenants: []simulator.Tenant{{ID: tenant, Sizes: simulator.DefaultSizes()}}})
	if err != nil {
		t.Fatal(err)
	}
	w := world{}
	for _, name := range []string{"Customer", "Location", "Job", "Appointment", "AppointmentAssignment", "Invoice", "PricebookCategory", "Technician"} {
		for _, doc := range s.Each(tenant, name) {
			w[name] = append(w[name], parseRow(t, doc))
		}
	}
	return s, w
}

// share is the percentage of rows that a condition holds for.
func share(rows []row, holds func(row) bool) int {
	n := 0
	for _, r := range rows {
		if holds(r) {
			n++
		}
	}
	return 100 * n / len(rows)
}

func TestCompany(t *testing.T) {
	t.Parallel()
	s, w := company(t)
	t.Run("looks like a real one", func(t *testing.T) { looksReal(t, s, w) })
	t.Run("the board of the day is full", func(t *testing.T) { boardIsFull(t, w) })
	t.Run("ids rise across entities", func(t *testing.T) { idsRise(t, s, w) })
	t.Run("visits have all lengths", func(t *testing.T) { visitsVary(t, w) })
}

func looksReal(t *testing.T, s *simulator.Simulator, w world) {
	t.Helper()
	sizes := simulator.DefaultSizes()
	for name, want := range map[string]int{
		"Customer": sizes.Customers, "Location": sizes.Locations, "PricebookService": sizes.Services, "PricebookCategory": sizes.Categories,
		"PricebookMaterial": sizes.Materials, "PricebookEquipment": sizes.Equipment, "PricebookDiscountAndFee": sizes.Discounts,
	} {
		if got := s.Count(tenant, name); got != want {
			t.Errorf("%d of %s, want %d", got, name, want)
		}
	}
	imported := func(r row) bool {
		return r.text("createdOn") == "0001-01-01T00:00:00Z" && number(t, r.text("createdById")) <= 0
	}
	for name, tt := range map[string]struct{ got, from, to int }{
		"imported customers":     {share(w["Customer"], imported), 33, 43},
		"imported locations":     {share(w["Location"], imported), 31, 41},
		"no country":             {share(w["Customer"], func(r row) bool { return r.text("address.country") == "" }), 29, 39},
		"no city":                {share(w["Customer"], func(r row) bool { return r.text("address.city") == "" }), 1, 6},
		"completed for nothing":  {share(w["Job"], func(r row) bool { return r.text("jobStatus") == "Completed" && r.text("total") == "0" }), 25, 45},
		"inactive customers":     {share(w["Customer"], func(r row) bool { return r["active"] == false }), 3, 15},
		"history of assignments": {share(w["AppointmentAssignment"], func(r row) bool { return r["active"] == false }), 3, 15},
	} {
		if tt.got < tt.from || tt.got > tt.to {
			t.Errorf("%s: %d %%, want %d to %d", name, tt.got, tt.from, tt.to)
		}
	}
	locations := map[string]int{}
	for _, l := range w["Location"] {
		locations[l.text("customerId")]++
	}
	if got := locations[itoa(s.IDs(tenant, "Customer")[0])]; got != sizes.LargestCustomer {
		t.Errorf("the largest customer has %d locations, want %d", got, sizes.LargestCustomer)
	}
}

func boardIsFull(t *testing.T, w world) {
	t.Helper()
	day := map[string]bool{}
	for _, a := range w["Appointment"] {
		start, err := time.Parse(time.RFC3339, a.text("start"))
		if err != nil {
			t.Fatal(err)
		}
		if a["active"] == true && start.After(anchor.Add(6*time.Hour)) && start.Before(anchor.Add(30*time.Hour)) {
			day[a.text("id")] = true
		}
	}
	lanes, assigned := map[string]bool{}, map[string]bool{}
	for _, a := range w["AppointmentAssignment"] {
		if a["active"] == true && day[a.text("appointmentId")] {
			lanes[a.text("technicianId")] = true
			assigned[a.text("appointmentId")] = true
		}
	}
	if len(day) < 240 || len(lanes) < 40 || len(assigned) == len(day) {
		t.Errorf("%d appointments in %d lanes, %d of them assigned; want 240 in 40, some unassigned", len(day), len(lanes), len(assigned))
	}
}

func idsRise(t *testing.T, s *simulator.Simulator, w world) {
	t.Helper()
	seen := map[int64]string{}
	for _, e := range stspec.Entities() {
		for _, id := range s.IDs(tenant, e.Name) {
			if other, twice := seen[id]; twice {
				t.Fatalf("id %d is given to %s and %s", id, other, e.Name)
			}
			seen[id] = e.Name
		}
	}
	for _, j := range w["Job"] {
		id := number(t, j.text("id"))
		if j.text("jobNumber") != itoa(id) || j.text("firstAppointmentId") != itoa(id+1) || j.text("invoiceId") != itoa(id+3) {
			t.Fatalf("job %d: number %s, first appointment %s, invoice %s", id, j.text("jobNumber"), j.text("firstAppointmentId"), j.text("invoiceId"))
		}
	}
	for _, a := range w["Appointment"] {
		if !strings.HasPrefix(a.text("appointmentNumber"), a.text("jobId")+"-") {
			t.Fatalf("appointment %s of job %s has the number %s", a.text("id"), a.text("jobId"), a.text("appointmentNumber"))
		}
	}
}

func visitsVary(t *testing.T, w world) {
	t.Helper()
	var none, days, usual int
	for _, a := range w["Appointment"] {
		start, err1 := time.Parse(time.RFC3339, a.text("start"))
		end, err2 := time.Parse(time.RFC3339, a.text("end"))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		switch length := end.Sub(start); {
		case length == 0:
			none++
		case length >= 20*time.Hour && length <= 56*time.Hour:
			days++
		case length >= time.Hour && length <= 4*time.Hour:
			usual++
		default:
			t.Errorf("appointment %s takes %s", a.text("id"), length)
		}
	}
	if none == 0 || days == 0 || usual < 20*(none+days) {
		t.Errorf("%d of no length, %d of days, %d of one to four hours", none, days, usual)
	}
}

func TestCategories_areTreesOfSevenLevels(t *testing.T) {
	t.Parallel()
	f := setup(t)
	e := entity(t, "PricebookCategory")
	p := f.page(t, all(e, "includeTotal", "true"))
	if *p.TotalCount != simulator.SmallSizes().Roots || len(p.Data) != *p.TotalCount {
		t.Errorf("%d roots, total count %d, want %d", len(p.Data), *p.TotalCount, simulator.SmallSizes().Roots)
	}
	nodes, depth := 0, 0
	var walk func(r row, level int)
	walk = func(r row, level int) {
		nodes++
		depth = max(depth, level)
		for _, child := range r["subcategories"].([]any) {
			c := row(child.(map[string]any))
			if c.text("parentId") != r.text("id") {
				t.Fatalf("%s stands under %s", c.text("id"), r.text("id"))
			}
			walk(c, level+1)
		}
	}
	for _, doc := range p.Data {
		walk(parseRow(t, doc), 1)
	}
	if nodes != f.Count(tenant, e.Name) || depth != 7 {
		t.Errorf("%d nodes on %d levels, want %d on 7", nodes, depth, f.Count(tenant, e.Name))
	}
	_, body := f.get(t, "/pricebook/v2/tenant/{tenant}/categories/"+itoa(f.IDs(tenant, e.Name)[0]))
	if !strings.Contains(body, `"subcategories":[]`) {
		t.Errorf("a single read shows %.200s", body)
	}
}

// madeUp are the shapes that phones and addresses of mail may have.
var madeUp = regexp.MustCompile(`^(\(\d{3}\) 555-01\d\d|\d{3}-555-01\d\d|\d{3}55501\d\d|[\w.]+@example\.(test|com))$`)

func TestCompany_isVisiblyMadeUp(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.world(t)
	for _, name := range []string{"Customer", "Location", "Technician", "Employee", "Campaign", "JobType", "Project", "Zone", "Team", "BusinessUnit"} {
		for _, r := range w[name] {
			if text := r.text("name"); text != "" && !strings.Contains(text, "Sample") {
				t.Errorf("%s is named %q", name, text)
			}
		}
	}
	contacts := slices.Concat(w["CustomerContact"], w["LocationContact"])
	for _, c := range contacts {
		if !madeUp.MatchString(c.text("value")) {
			t.Errorf("a contact is %q", c.text("value"))
		}
	}
	if share(w["Customer"], func(r row) bool { return strings.Contains(r.text("name"), "ö") }) == 0 {
		t.Error("no name needs Unicode")
	}
}
