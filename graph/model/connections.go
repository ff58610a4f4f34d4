package model

import (
	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
)

// Connections and edges, under the names that the schema gives them.
type (
	CustomerConnection = paging.Connection[domain.Customer]
	CustomerEdge       = paging.Edge[domain.Customer]

	CustomerContactConnection = paging.Connection[domain.CustomerContact]
	CustomerContactEdge       = paging.Edge[domain.CustomerContact]

	LocationConnection = paging.Connection[domain.Location]
	LocationEdge       = paging.Edge[domain.Location]

	LocationContactConnection = paging.Connection[domain.LocationContact]
	LocationContactEdge       = paging.Edge[domain.LocationContact]

	JobConnection = paging.Connection[domain.Job]
	JobEdge       = paging.Edge[domain.Job]

	ProjectConnection = paging.Connection[domain.Project]
	ProjectEdge       = paging.Edge[domain.Project]

	AppointmentConnection = paging.Connection[domain.Appointment]
	AppointmentEdge       = paging.Edge[domain.Appointment]

	AppointmentAssignmentConnection = paging.Connection[domain.AppointmentAssignment]
	AppointmentAssignmentEdge       = paging.Edge[domain.AppointmentAssignment]

	TechnicianShiftConnection = paging.Connection[domain.TechnicianShift]
	TechnicianShiftEdge       = paging.Edge[domain.TechnicianShift]

	NonJobAppointmentConnection = paging.Connection[domain.NonJobAppointment]
	NonJobAppointmentEdge       = paging.Edge[domain.NonJobAppointment]

	TechnicianConnection = paging.Connection[domain.Technician]
	TechnicianEdge       = paging.Edge[domain.Technician]

	TeamConnection = paging.Connection[domain.Team]
	TeamEdge       = paging.Edge[domain.Team]

	ZoneConnection = paging.Connection[domain.Zone]
	ZoneEdge       = paging.Edge[domain.Zone]

	BusinessUnitConnection = paging.Connection[domain.BusinessUnit]
	BusinessUnitEdge       = paging.Edge[domain.BusinessUnit]

	EmployeeConnection = paging.Connection[domain.Employee]
	EmployeeEdge       = paging.Edge[domain.Employee]

	TagTypeConnection = paging.Connection[domain.TagType]
	TagTypeEdge       = paging.Edge[domain.TagType]

	JobTypeConnection = paging.Connection[domain.JobType]
	JobTypeEdge       = paging.Edge[domain.JobType]

	CampaignConnection = paging.Connection[domain.Campaign]
	CampaignEdge       = paging.Edge[domain.Campaign]

	PricebookCategoryConnection = paging.Connection[domain.PricebookCategory]
	PricebookCategoryEdge       = paging.Edge[domain.PricebookCategory]

	PricebookServiceConnection = paging.Connection[domain.PricebookService]
	PricebookServiceEdge       = paging.Edge[domain.PricebookService]

	PricebookMaterialConnection = paging.Connection[domain.PricebookMaterial]
	PricebookMaterialEdge       = paging.Edge[domain.PricebookMaterial]

	PricebookEquipmentConnection = paging.Connection[domain.PricebookEquipment]
	PricebookEquipmentEdge       = paging.Edge[domain.PricebookEquipment]

	PricebookDiscountConnection = paging.Connection[domain.PricebookDiscount]
	PricebookDiscountEdge       = paging.Edge[domain.PricebookDiscount]

	InvoiceConnection = paging.Connection[domain.Invoice]
	InvoiceEdge       = paging.Edge[domain.Invoice]

	PaymentConnection = paging.Connection[domain.Payment]
	PaymentEdge       = paging.Edge[domain.Payment]

	EstimateConnection = paging.Connection[domain.Estimate]
	EstimateEdge       = paging.Edge[domain.Estimate]

	InstalledEquipmentConnection = paging.Connection[domain.InstalledEquipment]
	InstalledEquipmentEdge       = paging.Edge[domain.InstalledEquipment]

	SyncRunConnection = paging.Rows[domain.SyncRun]
	SyncRunEdge       = paging.Edge[domain.SyncRun]

	QuarantineConnection = paging.Rows[domain.Quarantined]
	QuarantineEdge       = paging.Edge[domain.Quarantined]

	AuditConnection = paging.Rows[domain.AuditEntry]
	AuditEdge       = paging.Edge[domain.AuditEntry]
)
