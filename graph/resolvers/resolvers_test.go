package resolvers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/graph/resolvers"
	"lazilabs.com/lazi/internal/domain"
)

var now = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

func id(k *domain.Kind, n int64) string { return domain.GlobalID{Kind: k.Name, ID: n}.String() }

// company is a fake with a few rows of the kinds whose resolvers do more than follow a link.
func company() *fake {
	f := &fake{rows: map[string][]domain.Entity{}}
	add(f, domain.Customers, 1, func(c *domain.Customer) {
		c.Name, c.Balance = "Sample One", &domain.Money{Amount: "-12.50"}
		c.Type = new(domain.CustomerType("Martian"))
	})
	add(f, domain.Jobs, 1, func(j *domain.Job) { j.Number, j.Status = "J1", new(domain.JobStatus("InProgress")) })
	add(f, domain.JobTypes, 1, func(t *domain.JobType) { t.Name, t.DurationSeconds = "Repair", new(int64(5400)) })
	add(f, domain.PricebookCategories, 1, func(c *domain.PricebookCategory) { c.Name = "Root" })
	add(f, domain.PricebookMaterials, 8, func(m *domain.PricebookMaterial) {
		m.Code, m.PrimaryVendor = "M8", &domain.Vendor{}
	})
	add(f, domain.PricebookServices, 1, func(s *domain.PricebookService) {
		s.Code = "S1"
		s.MaterialIDs = []domain.ID[domain.PricebookMaterial]{7, 8}
		s.Materials = []domain.SkuLink{{SkuID: 7, Quantity: "1"}, {SkuID: 8, Quantity: "2.5"}}
	})
	add(f, domain.Invoices, 4, func(i *domain.Invoice) {
		i.Items = []domain.InvoiceItem{{Quantity: "1", Price: "10.00"}}
	})
	add(f, domain.Payments, 1, func(p *domain.Payment) {
		p.InvoiceIDs = []domain.ID[domain.Invoice]{4, 5}
		p.AppliedTo = []domain.Application{{InvoiceExternalID: 4, Amount: "3.00"}, {InvoiceExternalID: 5}}
	})
	return f
}

// ask runs a query against the fake and returns the answer's data as JSON. An error of the answer fails the test.
func ask(t *testing.T, f *fake, query string) string {
	t.Helper()
	root := &resolvers.Resolver{Viewer: func(context.Context) (*model.Viewer, error) {
		return &model.Viewer{Subject: "tester", TenantID: 1}, nil
	}}
	s := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: root}))
	s.AddTransport(transport.POST{})
	body, _ := json.Marshal(map[string]string{"query": query})
	ctx := loaders.With(t.Context(), loaders.New(f, 1, now))
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer struct{ Data, Errors json.RawMessage }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Errors != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return string(answer.Data)
}

func TestFields(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, query, want string }{
		{
			"money has the tenant's currency, an unknown word a name",
			`{customer(id: "` + id(domain.Customers.Kind, 1) + `") {externalId type balance {amount currency}}}`,
			`{"customer":{"externalId":"1","type":"UNKNOWN","balance":{"amount":"-12.50","currency":"USD"}}}`,
		},
		{
			"freshness tells the age when the operation began",
			`{job(id: "` + id(domain.Jobs.Kind, 1) + `") {status statusText freshness {syncedAt ageSeconds stale source}}}`,
			`{"job":{"status":"IN_PROGRESS","statusText":"InProgress",` +
				`"freshness":{"syncedAt":"2026-01-02T15:02:35Z","ageSeconds":90,"stale":false,"source":"CACHE"}}}`,
		},
		{
			"a duration is ISO 8601",
			`{jobType(id: "` + id(domain.JobTypes.Kind, 1) + `") {duration skills}}`,
			`{"jobType":{"duration":"PT1H30M","skills":[]}}`,
		},
		{
			"a service's materials have their quantities, a missing one is null",
			`{pricebookService(id: "` + id(domain.PricebookServices.Kind, 1) + `") {materials {quantity material {code primaryVendor {cost {amount}}}}}}`,
			`{"pricebookService":{"materials":[{"quantity":"1","material":null},` +
				`{"quantity":"2.5","material":{"code":"M8","primaryVendor":{"cost":null}}}]}}`,
		},
		{
			"a bill's amounts are money, those that are missing null",
			`{invoice(id: "` + id(domain.Invoices.Kind, 4) + `") {items {quantity price {amount currency} total {amount}}}}`,
			`{"invoice":{"items":[{"quantity":"1","price":{"amount":"10.00","currency":"USD"},"total":null}]}}`,
		},
		{
			"a payment's parts name their invoices, a missing one by its number only",
			`{payment(id: "` + id(domain.Payments.Kind, 1) + `") {applications {invoiceExternalId invoice {externalId} amount {amount}}}}`,
			`{"payment":{"applications":[{"invoiceExternalId":"4","invoice":{"externalId":"4"},"amount":{"amount":"3.00"}},` +
				`{"invoiceExternalId":"5","invoice":null,"amount":null}]}}`,
		},
		{
			"nodes keep their order and show their type",
			`{nodes(ids: ["` + id(domain.PricebookServices.Kind, 1) + `", "` + id(domain.Jobs.Kind, 9) + `", "` + id(domain.Jobs.Kind, 1) + `"]) ` +
				`{__typename ... on Job {number} ... on PricebookItem {code}}}`,
			`{"nodes":[{"__typename":"PricebookService","code":"S1"},null,{"__typename":"Job","number":"J1"}]}`,
		},
		{
			"federation finds entities by either key, in order",
			`{_entities(representations: [{__typename: "Job", externalId: "9"}, {__typename: "Job", externalId: "1"}, ` +
				`{__typename: "Customer", id: "` + id(domain.Customers.Kind, 1) + `"}]) {... on Job {number} ... on Customer {name}}}`,
			`{"_entities":[null,{"number":"J1"},{"name":"Sample One"}]}`,
		},
		{"the viewer comes from outside", `{viewer {subject tenantId}}`, `{"viewer":{"subject":"tester","tenantId":"1"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, ask(t, company(), tt.query)); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLists_queries(t *testing.T) {
	t.Parallel()
	category := id(domain.PricebookCategories.Kind, 1)
	tests := []struct{ name, query, want string }{
		{"active ones without a filter", `{customers {nodes {id}}}`, "Customer active is true by st_id"},
		{"active ones with another filter", `{customers(filter: {owing: true}) {nodes {id}}}`, "Customer active is true balance positive true by st_id"},
		{"all for null", `{customers(filter: {active: null}) {nodes {id}}}`, "Customer by st_id"},
		{"in an order", `{customers(orderBy: {field: NAME, direction: DESC}) {nodes {id}}}`, "Customer active is true by name desc"},
		{"only counted", `{customers {totalCount}}`, "count Customer active is true by st_id"},
		{"a job by its number", `{jobByNumber(number: "J1") {id}}`, "Job job_number in [J1] by st_id"},
		{
			"branches of a category", `{pricebookCategory(id: "` + category + `") {children {id}}}`,
			"PricebookCategory.st_id>PricebookCategory.parent_id active is true by position",
		},
		{
			"services of a category and below", `{pricebookCategory(id: "` + category + `") {services(includeDescendants: true) {nodes {id}}}}`,
			"PricebookCategory.st_id>PricebookService.categories active is true by code with descendants",
		},
		{"a search", `{searchCustomers(query: "sam") {field score customer {name}}}`, "search sam 25"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := company()
			ask(t, f, tt.query)
			if diff := cmp.Diff([]string{tt.want}, f.queries); diff != "" {
				t.Errorf("queries (-want +got):\n%s", diff)
			}
		})
	}
}
