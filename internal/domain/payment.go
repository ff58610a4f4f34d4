package domain

import "time"

// Payment is money received. Source: GET /accounting/v2/tenant/{tenant}/payments, which writes money as text and has
// no read by id; table raw.st_payments.
type Payment struct {
	Record
	CustomerID      *ID[Customer] `db:"customer_id"`
	ReferenceNumber *string       `db:"reference_number"`
	Type            *string       `db:"payment_type"`
	PaidAt          *time.Time    `db:"payment_date"`
	Total           *Money        `db:"total"`
	Unapplied       *Money        `db:"unapplied_amount"`
	AppliedTo       []Application `db:"applied_to"`
	InvoiceIDs      []ID[Invoice] `db:"invoice_ids"`
}

// Application is a part of a payment that settles an invoice.
type Application struct {
	InvoiceExternalID BigInt  `json:"appliedTo"`
	ReferenceNumber   *string `json:"appliedToReferenceNumber"`
	Amount            Decimal `json:"appliedAmount"`
}

// Payments describes the kind.
var Payments = newKind[Payment](Spec{
	Name: "Payment", Domain: AreaPayment, Table: "st_payments",
	API: API{
		Base: "/accounting/v2", Path: "payments", IDs: true, Export: "export/payments", All: "activeState=All",
		Params: map[string]string{
			"customer_id": "customerId", "invoice_ids": "appliedToInvoiceIds,", "payment_date": "paidOnAfter/paidOnBefore",
		},
	},
	Orders: map[string]string{"ID": "st_id", "PAID_AT": "payment_date", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	Filter: PaymentFilter{},
	Made: map[string]Made{
		"applications": asLines("applied_to", Lines{Element: Application{}, Key: "InvoiceExternalID", Link: "invoices", Row: "invoice"}),
	},
})

// A payment's links.
var (
	PaymentCustomer = refersTo(Payments, "customer", "customer_id", Customers)
	PaymentInvoices = listsIDs(Payments, "invoices", "invoice_ids", Invoices)
)

// PaymentFilter says which payments; all that is given must hold.
type PaymentFilter struct {
	IDs         []GlobalID `json:"ids" where:"st_id in" kind:"Payment"`
	CustomerIDs []GlobalID `json:"customerIds" where:"customer_id in" kind:"Customer"`
	InvoiceIDs  []GlobalID `json:"invoiceIds" where:"invoice_ids in" kind:"Invoice"`
	PaidAt      *TimeRange `json:"paidAt" where:"payment_date range"`
	Active      *bool      `json:"active" where:"active is"`
	CreatedAt   *TimeRange `json:"createdAt" where:"created_on range"`
	ModifiedAt  *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
