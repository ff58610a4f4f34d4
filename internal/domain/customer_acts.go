package domain

// Acts on customers, locations, and the phones, e-mail addresses, notes and tags of both.
// Source: behaviour.md, section 5, crm/v2. Phones and e-mail addresses are contacts, never members of their owners.
var (
	CustomerCreate = &Act{
		Name: "createCustomer", Makes: Customers.Kind, Method: "POST", Path: "/crm/v2/tenant/{tenant}/customers", MarksExternal: true,
		Rereads: []*Link{CustomerLocations.Link, LocationContactsOf.Link, CustomerContactsOf.Link},
	}
	CustomerUpdate = &Act{
		Name: "updateCustomer", On: Customers.Kind, ID: "id", Method: "PATCH", Path: "/crm/v2/tenant/{tenant}/customers/{st_id}",
	}
	CustomerDeactivate = &Act{
		Name: "deactivateCustomer", On: Customers.Kind, ID: "id", Method: "PATCH", Path: "/crm/v2/tenant/{tenant}/customers/{st_id}",
		Fixed: map[string]any{"active": false},
	}
	CustomerTagAdd = &Act{
		Name: "addCustomerTag", On: Customers.Kind, ID: "customerId", Method: "POST", Repeatable: true,
		Path: "/crm/v2/tenant/{tenant}/customers/{st_id}/tags/{tagTypeId}",
	}
	CustomerTagRemove = &Act{
		Name: "removeCustomerTag", On: Customers.Kind, ID: "customerId", Method: "DELETE",
		Path: "/crm/v2/tenant/{tenant}/customers/{st_id}/tags/{tagTypeId}",
	}
	CustomerNoteAdd = &Act{
		Name: "addCustomerNote", On: Customers.Kind, ID: "customerId", Method: "POST",
		Path: "/crm/v2/tenant/{tenant}/customers/{st_id}/notes", Notes: "/crm/v2/tenant/{tenant}/customers/{st_id}/notes", Same: []string{"text"},
	}
	CustomerContactAdd = &Act{
		Name: "addCustomerContact", On: Customers.Kind, ID: "customerId", Makes: CustomerContacts.Kind, Method: "POST", Same: []string{"type", "value"},
		Path: "/crm/v2/tenant/{tenant}/customers/{st_id}/contacts",
	}
	CustomerContactUpdate = &Act{
		Name: "updateCustomerContact", On: CustomerContacts.Kind, ID: "id", Method: "PATCH",
		Path: "/crm/v2/tenant/{tenant}/customers/{customer_id}/contacts/{st_id}",
	}
	CustomerContactRemove = &Act{
		Name: "removeCustomerContact", On: CustomerContacts.Kind, ID: "id", Method: "DELETE", Removes: true,
		Path: "/crm/v2/tenant/{tenant}/customers/{customer_id}/contacts/{st_id}",
	}
	LocationCreate = &Act{
		Name: "createLocation", Makes: Locations.Kind, Method: "POST", Path: "/crm/v2/tenant/{tenant}/locations", MarksExternal: true,
		Rereads: []*Link{LocationContactsOf.Link, LocationCustomer.Link, CustomerContactsOf.Link}, // contacts are copied to the customer
	}
	LocationUpdate = &Act{
		Name: "updateLocation", On: Locations.Kind, ID: "id", Method: "PATCH", Path: "/crm/v2/tenant/{tenant}/locations/{st_id}",
	}
	LocationTagAdd = &Act{
		Name: "addLocationTag", On: Locations.Kind, ID: "locationId", Method: "POST", Repeatable: true,
		Path: "/crm/v2/tenant/{tenant}/locations/{st_id}/tags/{tagTypeId}",
	}
	LocationTagRemove = &Act{
		Name: "removeLocationTag", On: Locations.Kind, ID: "locationId", Method: "DELETE",
		Path: "/crm/v2/tenant/{tenant}/locations/{st_id}/tags/{tagTypeId}",
	}
	LocationNoteAdd = &Act{
		Name: "addLocationNote", On: Locations.Kind, ID: "locationId", Method: "POST",
		Path: "/crm/v2/tenant/{tenant}/locations/{st_id}/notes", Notes: "/crm/v2/tenant/{tenant}/locations/{st_id}/notes", Same: []string{"text"},
	}
	LocationContactAdd = &Act{
		Name: "addLocationContact", On: Locations.Kind, ID: "locationId", Makes: LocationContacts.Kind, Method: "POST", Same: []string{"type", "value"},
		Path: "/crm/v2/tenant/{tenant}/locations/{st_id}/contacts",
	}
	LocationContactUpdate = &Act{
		Name: "updateLocationContact", On: LocationContacts.Kind, ID: "id", Method: "PATCH",
		Path: "/crm/v2/tenant/{tenant}/locations/{location_id}/contacts/{st_id}",
	}
	LocationContactRemove = &Act{
		Name: "removeLocationContact", On: LocationContacts.Kind, ID: "id", Method: "DELETE", Removes: true,
		Path: "/crm/v2/tenant/{tenant}/locations/{location_id}/contacts/{st_id}",
	}
)

var customerActs = []*Act{
	CustomerCreate, CustomerUpdate, CustomerDeactivate, CustomerTagAdd, CustomerTagRemove, CustomerNoteAdd,
	CustomerContactAdd, CustomerContactUpdate, CustomerContactRemove,
	LocationCreate, LocationUpdate, LocationTagAdd, LocationTagRemove, LocationNoteAdd,
	LocationContactAdd, LocationContactUpdate, LocationContactRemove,
}
