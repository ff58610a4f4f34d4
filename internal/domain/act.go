package domain

import "slices"

// Act is a change that callers can ask for: a mutation of the graph, and the operation of ServiceTitan's that makes it. There
// is no call that sets a state: each is reached by an act of its own (behaviour.md, section 5).
//
// An act's input is what the mutation's input holds, by the graph's names. ServiceTitan's body has the same members, but for
// the few that it calls otherwise.
type Act struct {
	// Name is the mutation's: "cancelJob".
	Name string
	// On is the kind of the record that the act is done to, which the input's member ID names; nil for acts that need none.
	On *Kind
	ID string
	// Makes is the kind of the records that the act makes; nil for acts that make none. Without On and Makes there is nothing
	// to show for an act.
	Makes *Kind
	// Method and Path are ServiceTitan's operation. Beside {tenant}, a name in braces is a column of the record that the act is
	// done to, or a member of the body.
	Method, Path string
	// Through leads from the record that the act is named by to those that it is done to, as far as they are in a state that it
	// starts from: ServiceTitan lets appointments go on, not jobs.
	Through *Link
	// Fixed are members of the body that no caller chooses.
	Fixed map[string]any
	// Names are members of the body that are called otherwise in the input, by their name there, where the customary name does
	// not hold.
	Names map[string]string
	// Moves says from which states to which one the act leads; nil for acts that change no state.
	Moves *Move
	// Removes is true when the record is gone afterwards.
	Removes bool
	// Books says how the act takes technicians' time, and Ends which assignments it ends; "" for acts that do not.
	Books Books
	Ends  Ends
	// Rereads lead to the records that ServiceTitan changes along with the outcome's: each from what was read before it.
	Rereads []*Link
	// MarksExternal is true when what the act makes can be marked with a key of ours and found by it.
	MarksExternal bool
	// Repeatable is true for a POST that leaves one outcome however often it is done. PUT, PATCH and DELETE are so by themselves.
	Repeatable bool
	// Same are the members of the body by which what the act has made is recognised, where it cannot be marked.
	Same []string
	// Notes is the path of a list in which what the act makes can be found, where it is of no kind.
	Notes string
}

// Move is a change of state.
type Move struct {
	// Column holds the state in the mirror; Member is its place in ServiceTitan's document, inner members behind a dot.
	Column, Member string
	// From are the states in which ServiceTitan makes the change, and To the one that it leads to.
	From []string
	To   string
}

// The methods of HTTP that acts are made by, DELETE aside.
const (
	post  = "POST"
	patch = "PATCH"
	put   = "PUT"
)

// Books says how an act takes technicians' time.
type Books string

// How technicians' time is taken.
const (
	// BooksNothing is for acts that take nobody's time.
	BooksNothing Books = ""
	// BooksInput takes the time of the technicians in the input's member technicianIds, over its span `scheduled`.
	BooksInput Books = "INPUT"
	// BooksVisits does so for each of the input's appointments.
	BooksVisits Books = "VISITS"
	// BooksTarget takes the time of the technicians in the input, over the span of the appointment that the act is done to.
	BooksTarget Books = "TARGET"
	// BooksAssigned takes the time of those who are assigned to the appointment, over the input's span.
	BooksAssigned Books = "ASSIGNED"
	// BooksReturning takes the time of those who are assigned to appointments that come back with their job.
	BooksReturning Books = "RETURNING"
)

// Ends says which assignments an act ends.
type Ends string

// Which assignments are ended.
const (
	// EndsNothing is for acts that end none.
	EndsNothing Ends = ""
	// EndsInput takes the technicians in the input's member technicianIds off.
	EndsInput Ends = "INPUT"
	// EndsAll takes everybody off.
	EndsAll Ends = "ALL"
	// EndsDone takes nobody off and leaves everybody done. No document says that ServiceTitan does it.
	EndsDone Ends = "DONE"
)

// ActByName finds an act by its mutation.
func ActByName(name string) (*Act, bool) {
	i := slices.IndexFunc(acts, func(a *Act) bool { return a.Name == name })
	if i < 0 {
		return nil, false
	}
	return acts[i], true
}

// Of is the kind of the record that the outcome shows.
func (a *Act) Of() *Kind {
	if a.Makes != nil {
		return a.Makes
	}
	return a.On
}

// Creates tells whether the act makes records, so that doing it twice would make two.
func (a *Act) Creates() bool { return a.Method == post && !a.Repeatable }

// Edits tells whether the act gives a record the values of the input's members.
func (a *Act) Edits() bool {
	return a.Method == patch || a.Method == put && a.Moves == nil
}

var acts = slices.Concat(customerActs, workActs, dispatchActs, pricebookActs, estimateActs)

// Acts lists every act.
func Acts() []*Act { return acts }

// Transition is a change of state that a record can make now.
type Transition struct {
	// Mutation makes the change, and To is the state that it leads to.
	Mutation, To string
}

// Transitions returns what can be done with a record in its present state.
func Transitions(row Entity) []*Transition {
	out := []*Transition{}
	for _, a := range acts {
		if a.On == row.Base().kind && a.Moves != nil && a.Moves.Starts(row) {
			out = append(out, &Transition{Mutation: a.Name, To: a.Moves.To})
		}
	}
	return out
}

// inputKinds are the kinds of the records that ids in inputs name, by the input's member.
var inputKinds = map[string]*Kind{
	"customerId": Customers.Kind, "locationId": Locations.Kind, "jobId": Jobs.Kind, "projectId": Projects.Kind,
	"appointmentId": Appointments.Kind, "technicianId": Technicians.Kind, "technicianIds": Technicians.Kind,
	"typeId": JobTypes.Kind, "businessUnitId": BusinessUnits.Kind, "businessUnitIds": BusinessUnits.Kind, "campaignId": Campaigns.Kind,
	"tagId": TagTypes.Kind, "tagIds": TagTypes.Kind,
	"parentId": PricebookCategories.Kind, "categoryIds": PricebookCategories.Kind,
	"materialId": PricebookMaterials.Kind, "equipmentId": PricebookEquipments.Kind,
	"recommendationIds": PricebookServices.Kind, "upgradeIds": PricebookServices.Kind,
}

// KindOfInput returns the kind of the records that a member of the act's input names.
func (a *Act) KindOfInput(member string) (*Kind, bool) {
	if member == a.ID {
		return a.On, true
	}
	k, ok := inputKinds[member]
	return k, ok
}
