package domain

// Kinds lists every mirrored kind in the order in which a full copy reads them: reference data first, then customers,
// locations and the price book, then work and what hangs on it (requirements.md, section 6).
func Kinds() []*Kind {
	return []*Kind{
		BusinessUnits.Kind, JobTypes.Kind, TagTypes.Kind, Campaigns.Kind, Teams.Kind, Zones.Kind, Employees.Kind, Technicians.Kind,
		Customers.Kind, CustomerContacts.Kind, Locations.Kind, LocationContacts.Kind,
		PricebookCategories.Kind, PricebookServices.Kind, PricebookMaterials.Kind, PricebookEquipments.Kind, PricebookDiscounts.Kind,
		Jobs.Kind, Projects.Kind, Appointments.Kind, AppointmentAssignments.Kind,
		TechnicianShifts.Kind, NonJobAppointments.Kind,
		Estimates.Kind, Invoices.Kind, Payments.Kind, InstalledEquipments.Kind,
	}
}

// kindsByName is never changed.
var kindsByName = func() map[string]*Kind {
	m := map[string]*Kind{}
	for _, k := range Kinds() {
		m[k.Name] = k
	}
	return m
}()

// KindByName finds a kind by its GraphQL name.
func KindByName(name string) (*Kind, bool) {
	k, ok := kindsByName[name]
	return k, ok
}
