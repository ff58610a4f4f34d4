package domain

import "io"

// CustomerContact is a way to reach a customer. Source: GET /crm/v2/tenant/{tenant}/customers/contacts, which wants
// customers' ids or a modified range; table raw.st_customer_contacts.
type CustomerContact struct {
	Record
	Contact
	CustomerID *ID[Customer] `db:"customer_id"`
}

// LocationContact is a way to reach someone at a location. Source: GET /crm/v2/tenant/{tenant}/locations/contacts;
// table raw.st_location_contacts.
type LocationContact struct {
	Record
	Contact
	LocationID *ID[Location] `db:"location_id"`
}

// Contact is what customers' and locations' contacts have in common.
type Contact struct {
	Type          *ContactType   `db:"type"`
	Value         *string        `db:"value"`
	Memo          *string        `db:"memo"`
	PhoneSettings *PhoneSettings `db:"phone_settings"`
}

// PhoneSettings says how a phone may be used.
type PhoneSettings struct {
	PhoneNumber *string `json:"phoneNumber"`
	DoNotText   *bool   `json:"doNotText"`
}

// CustomerContacts describes the kind.
var CustomerContacts = newKind[CustomerContact](Spec{
	Name: "CustomerContact", Domain: AreaContact, Table: "st_customer_contacts",
	API: API{
		Base: "/crm/v2", Path: "customers/contacts", Export: "export/customers/contacts", Since: true, Tombstones: true,
		Params: map[string]string{"customer_id": "customerIds,"},
	},
	Filter: BasicFilter{},
})

// LocationContacts describes the kind.
var LocationContacts = newKind[LocationContact](Spec{
	Name: "LocationContact", Domain: AreaContact, Table: "st_location_contacts",
	API: API{
		Base: "/crm/v2", Path: "locations/contacts", Export: "export/locations/contacts", Since: true, Tombstones: true,
		Params: map[string]string{"location_id": "locationIds,"},
	},
	Filter: BasicFilter{},
})

// Contacts' links back to their owners.
var (
	ContactCustomer = refersTo(CustomerContacts, "customer", "customer_id", Customers)
	ContactLocation = refersTo(LocationContacts, "location", "location_id", Locations)
)

// ContactType is a way to reach someone.
type ContactType string

var contactTypes = words("Phone", "MobilePhone", "Email", "Fax")

// MarshalGQL writes the enum value.
func (t ContactType) MarshalGQL(w io.Writer) { contactTypes.marshal(w, string(t)) }

// UnmarshalGQL reads the enum value.
func (t *ContactType) UnmarshalGQL(v any) error { return contactTypes.unmarshal(v, (*string)(t)) }
