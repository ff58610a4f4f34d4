package domain

import (
	"encoding/json"
	"io"
	"time"
)

// Estimate is an offer. Source: GET /sales/v2/tenant/{tenant}/estimates; table raw.st_estimates.
type Estimate struct {
	Record
	JobID          *ID[Job]          `db:"job_id"`
	ProjectID      *ID[Project]      `db:"project_id"`
	CustomerID     *ID[Customer]     `db:"customer_id"`
	LocationID     *ID[Location]     `db:"location_id"`
	BusinessUnitID *ID[BusinessUnit] `db:"business_unit_id"`
	Name           *string           `db:"name"`
	Status         *EstimateStatus   `db:"status"`
	ReviewStatus   *string           `db:"review_status"`
	Summary        *string           `db:"summary"`
	SoldAt         *time.Time        `db:"sold_on"`
	SoldByID       *int64            `db:"sold_by"`
	Subtotal       *Money            `db:"subtotal"`
	Tax            *Money            `db:"tax"`
	Items          []EstimateItem    `db:"items"`
}

// StatusText is the status in ServiceTitan's own word.
func (e *Estimate) StatusText() *string { return (*string)(e.Status) }

// EstimateItem is a line of an estimate.
type EstimateItem struct {
	Description *string `json:"description"`
	Quantity    Decimal `json:"qty"`
	UnitRate    Decimal `json:"unitRate"`
	Total       Decimal `json:"total"`
	// SkuName and DisplayName are those of the price book item that the line is about, an object inside the line.
	SkuName     *string `json:"sku.name"`
	DisplayName *string `json:"sku.displayName"`
}

// UnmarshalJSON reads a line with the object inside it.
func (i *EstimateItem) UnmarshalJSON(b []byte) error {
	type flat EstimateItem
	line := struct {
		*flat
		Sku struct {
			Name        *string `json:"name"`
			DisplayName *string `json:"displayName"`
		} `json:"sku"`
	}{flat: (*flat)(i)}
	if err := json.Unmarshal(b, &line); err != nil {
		return err
	}
	i.SkuName, i.DisplayName = line.Sku.Name, line.Sku.DisplayName
	return nil
}

// Estimates describes the kind.
var Estimates = newKind[Estimate](Spec{
	Name: "Estimate", Domain: AreaEstimate, Table: "st_estimates",
	API: API{
		Base: "/sales/v2", Path: "estimates", Get: true, IDs: true, Export: "export/estimates", All: "active=Any",
		Params: map[string]string{
			"job_id": "jobId", "project_id": "projectId", "location_id": "locationId", "status": "status",
			"sold_by": "soldById", "sold_on": "soldAfter/soldBefore",
		},
	},
	Orders: map[string]string{"ID": "st_id", "SOLD_AT": "sold_on", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	Filter: EstimateFilter{},
	Made:   map[string]Made{"statusText": asText("status")},
})

// An estimate's links.
var (
	EstimateJob          = refersTo(Estimates, "job", "job_id", Jobs)
	EstimateProject      = refersTo(Estimates, "project", "project_id", Projects)
	EstimateCustomer     = refersTo(Estimates, "customer", "customer_id", Customers)
	EstimateLocation     = refersTo(Estimates, "location", "location_id", Locations)
	EstimateBusinessUnit = refersTo(Estimates, "businessUnit", "business_unit_id", BusinessUnits)
)

// EstimateFilter says which estimates; all that is given must hold.
type EstimateFilter struct {
	IDs         []GlobalID       `json:"ids" where:"st_id in" kind:"Estimate"`
	CustomerIDs []GlobalID       `json:"customerIds" where:"customer_id in" kind:"Customer"`
	JobIDs      []GlobalID       `json:"jobIds" where:"job_id in" kind:"Job"`
	LocationIDs []GlobalID       `json:"locationIds" where:"location_id in" kind:"Location"`
	Statuses    []EstimateStatus `json:"statuses" where:"status in"`
	SoldAt      *TimeRange       `json:"soldAt" where:"sold_on range"`
	Active      *bool            `json:"active" where:"active is"`
	CreatedAt   *TimeRange       `json:"createdAt" where:"created_on range"`
	ModifiedAt  *TimeRange       `json:"modifiedAt" where:"modified_on range"`
}

// EstimateStatus is the state of an estimate.
type EstimateStatus string

var estimateStatuses = words("Open", "Sold", "Dismissed")

// MarshalGQL writes the enum value.
func (s EstimateStatus) MarshalGQL(w io.Writer) { estimateStatuses.marshal(w, string(s)) }

// UnmarshalGQL reads the enum value.
func (s *EstimateStatus) UnmarshalGQL(v any) error {
	return estimateStatuses.unmarshal(v, (*string)(s))
}
