package domain

import "time"

// InstalledEquipment is an appliance at a location.
// Source: GET /equipmentsystems/v2/tenant/{tenant}/installed-equipment; table raw.st_installed_equipment.
type InstalledEquipment struct {
	Record
	LocationID                   *ID[Location]           `db:"location_id"`
	CustomerID                   *ID[Customer]           `db:"customer_id"`
	EquipmentID                  *ID[PricebookEquipment] `db:"equipment_id"`
	Name                         string                  `db:"name"`
	Type                         *string                 `db:"type"`
	Manufacturer                 *string                 `db:"manufacturer"`
	Model                        *string                 `db:"model"`
	SerialNumber                 *string                 `db:"serial_number"`
	InstalledAt                  *time.Time              `db:"installed_on"`
	ManufacturerWarrantyStart    *time.Time              `db:"manufacturer_warranty_start"`
	ManufacturerWarrantyEnd      *time.Time              `db:"manufacturer_warranty_end"`
	ServiceProviderWarrantyStart *time.Time              `db:"service_provider_warranty_start"`
	ServiceProviderWarrantyEnd   *time.Time              `db:"service_provider_warranty_end"`
	Status                       *string                 `db:"status"`
}

// ManufacturerWarranty is the maker's warranty; nil when none is known.
func (e *InstalledEquipment) ManufacturerWarranty() *TimeWindow {
	return window(e.ManufacturerWarrantyStart, e.ManufacturerWarrantyEnd)
}

// ServiceProviderWarranty is the company's own warranty; nil when none is known.
func (e *InstalledEquipment) ServiceProviderWarranty() *TimeWindow {
	return window(e.ServiceProviderWarrantyStart, e.ServiceProviderWarrantyEnd)
}

// InstalledEquipments describes the kind.
var InstalledEquipments = newKind[InstalledEquipment](Spec{
	Name: "InstalledEquipment", Domain: AreaInstalledEquipment, Table: "st_installed_equipment",
	API: API{
		Base: "/equipmentsystems/v2", Path: "installed-equipment", Get: true, IDs: true, Export: "export/installed-equipment",
		All: "active=Any", Sort: "+Id", Params: map[string]string{"location_id": "locationIds,"},
	},
	Orders: map[string]string{"ID": "st_id", "INSTALLED_AT": "installed_on", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"},
	Filter: InstalledEquipmentFilter{},
	Made: map[string]Made{
		"manufacturerWarranty":    asWindow("manufacturer_warranty_start", "manufacturer_warranty_end"),
		"serviceProviderWarranty": asWindow("service_provider_warranty_start", "service_provider_warranty_end"),
	},
})

// Installed equipment's links.
var (
	InstalledAtLocation  = refersTo(InstalledEquipments, "location", "location_id", Locations)
	InstalledForCustomer = refersTo(InstalledEquipments, "customer", "customer_id", Customers)
	InstalledFromBook    = refersTo(InstalledEquipments, "pricebookEquipment", "equipment_id", PricebookEquipments)
)

// InstalledEquipmentFilter says which equipment; all that is given must hold.
type InstalledEquipmentFilter struct {
	IDs         []GlobalID `json:"ids" where:"st_id in" kind:"InstalledEquipment"`
	LocationIDs []GlobalID `json:"locationIds" where:"location_id in" kind:"Location"`
	CustomerIDs []GlobalID `json:"customerIds" where:"customer_id in" kind:"Customer"`
	InstalledAt *TimeRange `json:"installedAt" where:"installed_on range"`
	Active      *bool      `json:"active" where:"active is"`
	ModifiedAt  *TimeRange `json:"modifiedAt" where:"modified_on range"`
}
