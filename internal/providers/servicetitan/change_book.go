package servicetitan

import (
	"context"
	"fmt"
	"slices"

	"lazilabs.com/lazi/internal/domain"
)

// book takes the technicians' time that the change needs.
func (c *change) book(ctx context.Context) error {
	if len(c.takes) == 0 {
		return nil
	}
	clashes, err := c.mirror.Book(ctx, c.tenant, c.claim, c.takes, c.AllowConflict)
	if err != nil {
		return err
	}
	if len(clashes) > 0 && !c.AllowConflict {
		return c.doubleBooked(clashes)
	}
	return nil
}

// bookings are the technicians' time that the change takes.
func (c *change) bookings(ctx context.Context) ([]domain.Booking, error) {
	visit, _ := c.target.(*domain.Appointment)
	switch c.Act.Books {
	case domain.BooksInput:
		return planned(c.Input), nil
	case domain.BooksVisits:
		var all []domain.Booking
		for _, v := range each(c.Input["appointments"]) {
			if input, ok := v.(map[string]any); ok {
				all = append(all, planned(input)...)
			}
		}
		return all, nil
	case domain.BooksTarget:
		w, technicians := visit.Scheduled(), idsOf(c.Input["technicianIds"])
		if w != nil && len(technicians) > 0 {
			return []domain.Booking{{Appointment: visit.STID, Technicians: technicians, During: *w}}, nil
		}
	case domain.BooksAssigned:
		if w, ok := windowOf(c.Input["scheduled"]); ok {
			return []domain.Booking{{Appointment: visit.STID, During: w}}, nil
		}
	case domain.BooksReturning:
		return c.returning(ctx)
	case domain.BooksNothing:
	}
	return nil, nil
}

// planned is the time of the technicians of an appointment that is yet to be made.
func planned(input map[string]any) []domain.Booking {
	w, ok := windowOf(input["scheduled"])
	technicians := idsOf(input["technicianIds"])
	if !ok || len(technicians) == 0 {
		return nil
	}
	return []domain.Booking{{Technicians: technicians, During: w}}
}

// returning is the time of the appointments that come back with their job.
func (c *change) returning(ctx context.Context) (all []domain.Booking, err error) {
	l := domain.JobAppointments.Link
	linked, err := c.mirror.Linked(domain.AllRows(ctx), c.tenant, l, l.Keys(c.target), domain.Query{})
	for _, rows := range linked {
		for _, row := range rows {
			visit := row.(*domain.Appointment) // the link leads to them
			if w := visit.Scheduled(); w != nil && c.Act.Moves.Holds(visit) {
				all = append(all, domain.Booking{Appointment: visit.STID, During: *w})
			}
		}
	}
	return all, err
}

func idsOf(v any) (ids []int64) {
	for _, v := range each(v) {
		if id, ok := v.(domain.GlobalID); ok && !slices.Contains(ids, id.ID) {
			ids = append(ids, id.ID)
		}
	}
	return ids
}

// bookingField is the member of the input that a clash is about.
var bookingField = map[domain.Books]string{
	domain.BooksInput: "technicianIds", domain.BooksVisits: "appointments", domain.BooksTarget: "technicianIds",
	domain.BooksAssigned: "scheduled", domain.BooksReturning: "id",
}

// doubleBooked says which technicians are busy.
func (c *change) doubleBooked(clashes []domain.Clash) (out problems) {
	for _, clash := range clashes {
		text := "somebody else is booking a technician for this time at this moment, or two of these visits are at the same time"
		if k, ok := domain.KindByName(clash.Kind); ok {
			text = fmt.Sprintf("the technician %s has a %s (%s) from %s to %s", domain.GlobalID{Kind: domain.Technicians.Name, ID: clash.Technician},
				k.Singular(), domain.GlobalID{Kind: clash.Kind, ID: clash.ID}, instant(clash.During.Start), instant(clash.During.End))
		}
		out = append(out, domain.Problem{Code: domain.ProblemDoubleBooked, Field: bookingField[c.Act.Books], Message: text})
	}
	return out
}
