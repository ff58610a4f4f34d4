package domain

// Area is one of the capability areas in which a tenant can be served by ServiceTitan's mirror, by LAZI's own tables
// or by both.
type Area string

// The areas that have a reader yet; requirements.md, section 4, lists all seventeen.
const (
	AreaCustomer           Area = "customer"
	AreaLocation           Area = "location"
	AreaContact            Area = "contact"
	AreaJob                Area = "job"
	AreaAppointment        Area = "appointment"
	AreaTechnician         Area = "technician"
	AreaPricebook          Area = "pricebook"
	AreaInvoice            Area = "invoice"
	AreaPayment            Area = "payment"
	AreaEstimate           Area = "estimate"
	AreaInstalledEquipment Area = "installed-equipment"
	AreaMarketing          Area = "marketing"
	AreaSettings           Area = "settings"
)
