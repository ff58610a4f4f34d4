package model

import "lazilabs.com/lazi/internal/domain"

// Payload is what became of a change to a record of the struct type T.
type Payload[T any] struct {
	// Rows are the records as they now are; none when there are none to show.
	Rows []*T
	// UserErrors say why the change was not made, or what is not as it was asked for.
	UserErrors []*UserError
}

// Row is the only record, nil when there is none.
func (p *Payload[T]) Row() *T {
	if len(p.Rows) == 0 {
		return nil
	}
	return p.Rows[0]
}

// Payloads, under the names that the schema gives them.
type (
	CustomerPayload           = Payload[domain.Customer]
	LocationPayload           = Payload[domain.Location]
	CustomerContactPayload    = Payload[domain.CustomerContact]
	LocationContactPayload    = Payload[domain.LocationContact]
	JobPayload                = Payload[domain.Job]
	AppointmentPayload        = Payload[domain.Appointment]
	TechnicianShiftsPayload   = Payload[domain.TechnicianShift]
	TechnicianShiftPayload    = Payload[domain.TechnicianShift]
	NonJobAppointmentPayload  = Payload[domain.NonJobAppointment]
	PricebookCategoryPayload  = Payload[domain.PricebookCategory]
	PricebookServicePayload   = Payload[domain.PricebookService]
	PricebookMaterialPayload  = Payload[domain.PricebookMaterial]
	PricebookEquipmentPayload = Payload[domain.PricebookEquipment]
	PricebookDiscountPayload  = Payload[domain.PricebookDiscount]
	EstimatePayload           = Payload[domain.Estimate]
)
