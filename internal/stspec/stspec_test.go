package stspec_test

import (
	"net/url"
	"strings"
	"testing"

	"lazilabs.com/lazi/internal/stspec"
)

func TestValidateRequest(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // path and query → a part of the error, "" when it is fine
		"/crm/v2/tenant/1/customers?page=1&pageSize=5000&sort=%2BId&active=Any&ids=1,2": "",
		"/crm/v2/tenant/1/customers/12":                               "",
		"/crm/v2/tenant/1/export/customers?from=x":                    "",
		"/crm/v2/customers":                                           "no operation",
		"/accounting/v2/tenant/1/invoices/5":                          "no operation",
		"/crm/v2/tenant/1/customers?activ=Any":                        "no parameter",
		"/crm/v2/tenant/1/customers?active=Every":                     "active",
		"/crm/v2/tenant/1/customers?pageSize=5001":                    "pageSize",
		"/crm/v2/tenant/1/customers?sort=Id":                          "sort",
		"/crm/v2/tenant/1/customers?sort=%2BName":                     "sort",
		"/crm/v2/tenant/1/customers?createdBefore=yesterday":          "createdBefore",
		"/jpm/v2/tenant/1/jobs?customerId=x":                          "customerId",
		"/jpm/v2/tenant/1/jobs?ids=" + strings.Repeat("1,", 50) + "1": "at most 50",
		"/jpm/v2/tenant/1/jobs?jobStatus=Done":                        "jobStatus",
		"/dispatch/v2/tenant/1/teams?includeInactive=maybe":           "includeInactive",
		"/accounting/v2/tenant/1/invoices?totalGreater=lots":          "totalGreater",
		"/crm/v2/tenant/1/export/customers?page=1":                    "no parameter",
		// Operations outside the mirrored lists and feeds.
		"/crm/v2/tenant/1/customers/12/contacts?page=1&pageSize=50":                                 "",
		"/pricebook/v2/tenant/1/services/12?calculatePrices=true":                                   "",
		"/sales/v2/tenant/1/estimates/export?from=x":                                                "",
		"/crm/v2/tenant/1/contacts/not-a-number":                                                    "",
		"/jpm/v2/tenant/1/jobs/12/history?page=1":                                                   "no parameter",
		"/accounting/v2/tenant/1/invoices?statuses=Posted&statuses=Pending&customField.Fields[a]=b": "",
		"/accounting/v2/tenant/1/invoices?statuses=Paid":                                            "statuses",
		"/accounting/v2/tenant/1/invoices?assignedToIds=x":                                          "assignedToIds",
		"/crm/v2/tenant/one/customers":                                                              "no operation",
	}
	for target, want := range tests {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		err = stspec.ValidateRequest("GET", u)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want one about %q", target, err, want)
		}
	}
	if err := stspec.ValidateRequest("POST", &url.URL{Path: "/crm/v2/tenant/1/customers"}); err == nil {
		t.Error("a POST passes as a read")
	}
}

func TestValidateDocument_seesWhatIsWrong(t *testing.T) {
	t.Parallel()
	team, ok := stspec.Lookup("Team")
	if !ok {
		t.Fatal("no Team")
	}
	tests := map[string]string{
		`{"id":1,"active":true,"name":null,"createdBy":null,"createdOn":"2026-01-01T00:00:00.1234567Z","modifiedOn":"2026-01-01T00:00:00Z"}`: "",
		`{"id":null,"active":true,"name":null,"createdBy":null,"createdOn":null,"modifiedOn":null}`:                                          "Team.id is null",
		`{"id":1,"active":"yes","name":null,"createdBy":null,"createdOn":null,"modifiedOn":null}`:                                            "Team.active",
		`{"id":1,"active":true,"createdBy":null,"createdOn":null,"modifiedOn":null}`:                                                         "Team.name",
		`{"id":1,"active":true,"name":"x","createdBy":null,"createdOn":"today","modifiedOn":null}`:                                           "Team.createdOn",
		`{"id":1,"active":true,"name":"x","createdBy":null,"createdOn":null,"modifiedOn":null,"shoe":1}`:                                     "Team.shoe",
	}
	for doc, want := range tests {
		err := stspec.ValidateDocument(team, stspec.List, []byte(doc))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want one about %q", doc, err, want)
		}
	}
}

func TestEndpoints_holdEveryMirroredOperation(t *testing.T) {
	t.Parallel()
	if n := len(stspec.Endpoints()); n < 300 {
		t.Errorf("%d operations, the documents have more than 300", n)
	}
	for _, e := range stspec.Entities() {
		for _, path := range []string{e.ListPath, e.GetPath, e.ExportPath} {
			if path == "" {
				continue
			}
			sent := strings.NewReplacer("{tenant}", "1", "{id}", "2").Replace(path)
			if found, ok := stspec.EndpointOf(sent); !ok || found.Path != path {
				t.Errorf("%s: found %q", path, found.Path)
			}
		}
	}
}

func TestCheck_mostPagesHoldFiveThousandRows(t *testing.T) {
	t.Parallel()
	for _, e := range stspec.Entities() {
		size, ok := e.Filter("pageSize")
		if !ok || size.Check("5000") != nil || size.Check("5001") == nil || size.Check("0") == nil {
			t.Errorf("%s: a page size of 1 to 5000 is not what passes", e.Name)
		}
	}
}
