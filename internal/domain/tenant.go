package domain

// Tenant is a company that LAZI serves.
type Tenant struct {
	ID   TenantID
	Name string
	// TimeZone is the IANA name of the zone that the company's days are counted in.
	TimeZone string
	// Currency is the ISO 4217 code of its amounts.
	Currency string
}
