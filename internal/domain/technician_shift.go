package domain

import (
	"io"
	"time"
)

// TechnicianShift is a time at which a technician works, is on call or is off.
// Source: GET /dispatch/v2/tenant/{tenant}/technician-shifts; table raw.st_technician_shifts.
type TechnicianShift struct {
	Record
	TechnicianID *ID[Technician] `db:"technician_id"`
	Type         *ShiftType      `db:"shift_type"`
	Title        *string         `db:"title"`
	Note         *string         `db:"note"`
	Start        *time.Time      `db:"start_time"`
	End          *time.Time      `db:"end_time"`
}

// TypeText is the type in ServiceTitan's own word.
func (s *TechnicianShift) TypeText() *string { return (*string)(s.Type) }

// Scheduled is the time of the shift.
func (s *TechnicianShift) Scheduled() *TimeWindow { return window(s.Start, s.End) }

// TechnicianShifts describes the kind.
var TechnicianShifts = newKind[TechnicianShift](Spec{
	Name: "TechnicianShift", Domain: AreaTechnician, Table: "st_technician_shifts",
	API: API{
		Base: "/dispatch/v2", Path: "technician-shifts", Get: true, All: "active=Any", Sort: "+Id",
		Params: map[string]string{"technician_id": "technicianId", "shift_type": "shiftType"},
	},
	Orders:       startOrders,
	DefaultOrder: "start_time",
	Filter:       TechnicianShiftFilter{},
	Made:         map[string]Made{"typeText": asText("shift_type"), "scheduled": asWindow("start_time", "end_time")},
})

// startOrders are the orders of what stands on a technician's schedule.
var startOrders = map[string]string{"ID": "st_id", "START": "start_time", "CREATED_AT": "created_on", "MODIFIED_AT": "modified_on"}

// ShiftTechnician is whose shift it is.
var ShiftTechnician = refersTo(TechnicianShifts, "technician", "technician_id", Technicians)

// TechnicianShiftFilter says which shifts; all that is given must hold.
type TechnicianShiftFilter struct {
	IDs           []GlobalID  `json:"ids" where:"st_id in" kind:"TechnicianShift"`
	TechnicianIDs []GlobalID  `json:"technicianIds" where:"technician_id in" kind:"Technician"`
	Types         []ShiftType `json:"types" where:"shift_type in"`
	Within        *TimeWindow `json:"within" where:"during overlaps"`
	Active        *bool       `json:"active" where:"active is"`
	ModifiedAt    *TimeRange  `json:"modifiedAt" where:"modified_on range"`
}

// ShiftType says what a shift is for.
type ShiftType string

var shiftTypes = words("Normal", "OnCall", "TimeOff")

// MarshalGQL writes the enum value.
func (t ShiftType) MarshalGQL(w io.Writer) { shiftTypes.marshal(w, string(t)) }

// UnmarshalGQL reads the enum value.
func (t *ShiftType) UnmarshalGQL(v any) error { return shiftTypes.unmarshal(v, (*string)(t)) }

// ShiftRepeat says how a shift comes again.
type ShiftRepeat string

var shiftRepeats = words("Never", "Daily", "Weekly")

// MarshalGQL writes the enum value.
func (r ShiftRepeat) MarshalGQL(w io.Writer) { shiftRepeats.marshal(w, string(r)) }

// UnmarshalGQL reads the enum value.
func (r *ShiftRepeat) UnmarshalGQL(v any) error { return shiftRepeats.unmarshal(v, (*string)(r)) }
