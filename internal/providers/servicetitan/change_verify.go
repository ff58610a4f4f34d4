package servicetitan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"lazilabs.com/lazi/internal/domain"
)

// shows tells whether the records are read from a list that shows the change, or by id, which is the truth at once.
func (c *change) shows(docs []domain.Document) bool {
	return c.Act.Of().API.True() || len(c.unapplied(docs)) == 0
}

// expected tells whether records that hang on another show the change: as many as were made with it, and the technicians who were
// assigned or taken off.
func (c *change) expected(l *domain.Link, docs []domain.Document) bool {
	if l.To == domain.AppointmentAssignments.Kind {
		return c.assigned(docs)
	}
	made, _ := c.body[l.Field].([]any)
	return l.From != c.Act.Of() || len(docs) >= len(made)
}

// assigned tells whether assignments show the technicians of the change: on an appointment, off it, or done with it.
func (c *change) assigned(docs []domain.Document) bool {
	active, working := map[string]int{}, 0
	for _, d := range docs {
		if member(d.JSON, "active") != "true" {
			continue
		}
		active[member(d.JSON, "technicianId")]++
		if member(d.JSON, "status") != "Done" {
			working++
		}
	}
	switch c.Act.Ends {
	case domain.EndsAll:
		return len(active) == 0
	case domain.EndsDone:
		return working == 0
	case domain.EndsInput:
		return !slices.ContainsFunc(idsOf(c.Input["technicianIds"]), func(id int64) bool { return active[strconv.FormatInt(id, 10)] > 0 })
	case domain.EndsNothing:
	}
	wanted := map[string]int{}
	for _, b := range c.takes {
		for _, id := range b.Technicians {
			wanted[strconv.FormatInt(id, 10)]++
		}
	}
	for id, n := range wanted {
		if active[id] < n {
			return false
		}
	}
	return true
}

// unapplied are the members that ServiceTitan shows otherwise than they were sent: it drops what it does not like without a word.
func (c *change) unapplied(docs []domain.Document) (out []domain.Problem) {
	notApplied := func(field, format string, args ...any) {
		out = append(out, domain.Problem{Code: domain.ProblemNotApplied, Field: field, Message: fmt.Sprintf(format, args...)})
	}
	for _, d := range docs {
		if d.JSON == nil || c.Act.Makes == nil && d.ID != c.target.Base().STID {
			continue
		}
		if m := c.Act.Moves; m != nil && member(d.JSON, m.Member) != m.To {
			notApplied(c.Act.ID, "ServiceTitan accepted it and shows %q", member(d.JSON, m.Member))
		}
		for _, name := range c.dropped(d) {
			notApplied(c.inputOf(name), "ServiceTitan accepted it and shows another %s", name)
		}
	}
	return out
}

// dropped are the members of the body that a document shows otherwise.
func (c *change) dropped(d domain.Document) (names []string) {
	var have map[string]any
	if !c.Act.Edits() || decodeNumbers(d.JSON, &have) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.body)) {
		if shown, there := have[name]; there && name != "externalData" && name != "customFields" && !equal(c.body[name], shown) {
			names = append(names, name)
		}
	}
	return names
}
