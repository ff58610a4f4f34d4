package graph_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/internal/domain"
)

// Every test that a filter struct knows is offered, under the name that its errors use.
func TestSchema_filtersAreDomains(t *testing.T) {
	t.Parallel()
	filters := map[string]any{
		"AppointmentFilter":        domain.AppointmentFilter{},
		"AssignmentFilter":         domain.AssignmentFilter{},
		"BasicFilter":              domain.BasicFilter{},
		"CustomerFilter":           domain.CustomerFilter{},
		"EmployeeFilter":           domain.EmployeeFilter{},
		"EstimateFilter":           domain.EstimateFilter{},
		"InstalledEquipmentFilter": domain.InstalledEquipmentFilter{},
		"InvoiceFilter":            domain.InvoiceFilter{},
		"JobFilter":                domain.JobFilter{},
		"JobTypeFilter":            domain.JobTypeFilter{},
		"LocationFilter":           domain.LocationFilter{},
		"PaymentFilter":            domain.PaymentFilter{},
		"PricebookCategoryFilter":  domain.PricebookCategoryFilter{},
		"PricebookItemFilter":      domain.SkuFilter{},
		"ProjectFilter":            domain.ProjectFilter{},
		"TechnicianFilter":         domain.TechnicianFilter{},
		"ZoneFilter":               domain.ZoneFilter{},
	}
	s := loadSchema(t)
	for name, filter := range filters {
		var want, got []string
		for f := range reflect.TypeOf(filter).Fields() {
			want = append(want, f.Tag.Get("json"))
		}
		for _, f := range s.Types[name].Fields {
			got = append(got, f.Name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-domain +schema):\n%s", name, diff)
		}
	}
}
