package domain

import "time"

// Invoice is a bill. Source: GET /accounting/v2/tenant/{tenant}/invoices, which writes money as text and has no read
// by id; table raw.st_invoices.
type Invoice struct {
	Record
	JobID           *ID[Job]          `db:"job_id"`
	ProjectID       *ID[Project]      `db:"project_id"`
	CustomerID      *ID[Customer]     `db:"customer_id"`
	LocationID      *ID[Location]     `db:"location_id"`
	BusinessUnitID  *ID[BusinessUnit] `db:"business_unit_id"`
	ReferenceNumber *string           `db:"reference_number"`
	InvoicedAt      *time.Time        `db:"invoice_date"`
	DueAt           *time.Time        `db:"due_date"`
	Subtotal        *Money            `db:"subtotal"`
	SalesTax        *Money            `db:"sales_tax"`
	Total           *Money            `db:"total"`
	Balance         *Money            `db:"balance"`
	Items           []InvoiceItem     `db:"items"`
	SyncStatus      *string           `db:"sync_status"`
}

// InvoiceItem is a line of an invoice.
type InvoiceItem struct {
	Description *string `json:"description"`
	Quantity    Decimal `json:"quantity"`
	Price       Decimal `json:"price"`
	Total       Decimal `json:"total"`
	Type        *string `json:"type"`
	SkuName     *string `json:"skuName"`
	DisplayName *string `json:"displayName"`
}

// Invoices describes the kind.
var Invoices = newKind[Invoice](Spec{
	Name: "Invoice", Domain: AreaInvoice, Table: "st_invoices",
	API: API{
		Base: "/accounting/v2", Path: "invoices", IDs: true, Export: "export/invoices", All: "activeState=All",
		Params: map[string]string{
			"job_id": "jobId", "customer_id": "customerId", "business_unit_id": "businessUnitId", "reference_number": "number",
			"invoice_date": "invoicedOnOrAfter/invoicedOnBefore", "due_date": "dueDateOnOrAfter/dueDateBefore",
		},
	},
	Orders: map[string]string{
		"ID": "st_id", "INVOICED_AT": "invoice_date", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on",
	},
	Filter: InvoiceFilter{},
})

// An invoice's links.
var (
	InvoiceJob          = refersTo(Invoices, "job", "job_id", Jobs)
	InvoiceProject      = refersTo(Invoices, "project", "project_id", Projects)
	InvoiceCustomer     = refersTo(Invoices, "customer", "customer_id", Customers)
	InvoiceLocation     = refersTo(Invoices, "location", "location_id", Locations)
	InvoiceBusinessUnit = refersTo(Invoices, "businessUnit", "business_unit_id", BusinessUnits)
	InvoicePayments     = owns(Invoices, "payments", Payments, "invoice_ids")
)

// InvoiceFilter says which invoices; all that is given must hold.
type InvoiceFilter struct {
	IDs              []GlobalID `json:"ids" where:"st_id in" kind:"Invoice"`
	CustomerIDs      []GlobalID `json:"customerIds" where:"customer_id in" kind:"Customer"`
	JobIDs           []GlobalID `json:"jobIds" where:"job_id in" kind:"Job"`
	BusinessUnitIDs  []GlobalID `json:"businessUnitIds" where:"business_unit_id in" kind:"BusinessUnit"`
	ReferenceNumbers []string   `json:"referenceNumbers" where:"reference_number in"`
	Outstanding      *bool      `json:"outstanding" where:"balance positive"`
	InvoicedAt       *TimeRange `json:"invoicedAt" where:"invoice_date range"`
	DueAt            *TimeRange `json:"dueAt" where:"due_date range"`
	Active           *bool      `json:"active" where:"active is"`
	CreatedAt        *TimeRange `json:"createdAt" where:"created_on range"`
	ModifiedAt       *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
