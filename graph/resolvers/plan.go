package resolvers

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/dispatch"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/scheduling"
	"lazilabs.com/lazi/internal/table"
)

// longestPlan is the longest span that is planned or watched at once, and mostSlots how many slots one request gets.
const (
	longestPlan = 62 * 24 * time.Hour
	mostSlots   = 200
)

// zoneOf is the company's time zone.
func zoneOf(ctx context.Context) (*time.Location, error) {
	t, err := loaders.Tenant(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(t.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("resolvers: time zone of tenant %d: %w", t.ID, err)
	}
	return zone, nil
}

// planned refuses a span that is too long to be planned or watched, or none.
func planned(within domain.TimeWindow) error {
	switch {
	case !within.End.After(within.Start):
		return domain.Invalid("within", "it must end after it starts")
	case within.End.Sub(within.Start) > longestPlan:
		return domain.Invalid("within", "at most %.0f days can be looked at", longestPlan.Hours()/24)
	}
	return nil
}

// frame is what a plan of a span is made in.
func (r *Resolver) frame(ctx context.Context, within domain.TimeWindow) (dispatch.Frame, error) {
	f := dispatch.Frame{Within: within, Now: loaders.Now(ctx)}
	err := planned(within)
	if err != nil {
		return f, err
	}
	if f.Zone, err = zoneOf(ctx); err != nil {
		return f, err
	}
	tenant, err := tenantOf(ctx)
	if err != nil {
		return f, err
	}
	d, err := r.Plans.Dispatcher(ctx, tenant)
	if err != nil {
		return f, err
	}
	open, err := d.BusinessHours(ctx, tenant)
	f.Hours = make(map[time.Weekday][]scheduling.Hours, len(open))
	for day, hours := range open {
		for _, h := range hours {
			f.Hours[day] = append(f.Hours[day], scheduling.Hours(h))
		}
	}
	return f, err
}

// working is a caller's filter, or one that chooses technicians who are switched on, as an empty filter does. Of them it chooses
// those with the ids, if there are any.
func working(filter *domain.TechnicianFilter, ids []*domain.GlobalID) *domain.TechnicianFilter {
	f := domain.TechnicianFilter{Active: new(true)}
	if filter != nil {
		f = *filter
	}
	switch chosen := values(ids); {
	case ids == nil:
	case f.IDs == nil:
		f.IDs = chosen
	default:
		f.IDs = slices.DeleteFunc(chosen, func(id domain.GlobalID) bool { return !slices.Contains(f.IDs, id) })
	}
	return &f
}

// plan reads what happens on the days of a span: one statement for each of five kinds.
func (r *Resolver) plan(ctx context.Context, within domain.TimeWindow, who *domain.TechnicianFilter) (*dispatch.Rows, dispatch.Frame, error) {
	f, err := r.frame(ctx, within)
	if err != nil {
		return nil, f, err
	}
	technicians, err := loaders.Whole(ctx, domain.Technicians, who)
	if err != nil {
		return nil, f, err
	}
	rows, err := happenings(ctx, dispatch.WholeDays(within, f.Zone), who.IDs)
	if err != nil {
		return nil, f, err
	}
	rows.Technicians = technicians
	return rows, f, nil
}

// day reads what happens on a day of the company's calendar, to everybody: a board shows what nobody does, too.
func (r *Resolver) day(ctx context.Context, date domain.Date, filter *domain.TechnicianFilter) (*dispatch.Rows, dispatch.Frame, error) {
	zone, err := zoneOf(ctx)
	if err != nil {
		return nil, dispatch.Frame{}, err
	}
	day := dispatch.DayOf(date, zone)
	f, err := r.frame(ctx, day)
	if err != nil {
		return nil, f, err
	}
	who := working(filter, nil)
	onDuty := who.Active != nil && *who.Active
	if onDuty {
		who.Active = nil // those who have left may have visits
	}
	narrowed := !reflect.ValueOf(*who).IsZero()
	technicians, err := loaders.Whole(ctx, domain.Technicians, who)
	if err != nil {
		return nil, f, err
	}
	rows, err := happenings(ctx, day, nil)
	if err != nil {
		return nil, f, err
	}
	rows.Technicians = technicians
	if narrowed {
		rows.Narrow()
	}
	if onDuty {
		rows.OnDuty()
	}
	return rows, f, nil
}

// happenings reads what happens in a span: to the named technicians, or, when nobody is named, to all and to none.
func happenings(ctx context.Context, within domain.TimeWindow, named []domain.GlobalID) (*dispatch.Rows, error) {
	rows := &dispatch.Rows{}
	var err error
	if rows.Visits, err = loaders.Whole(ctx, domain.Appointments,
		&domain.AppointmentFilter{Within: &within, TechnicianIDs: named, Active: new(true)}); err != nil {
		return nil, err
	}
	if rows.Shifts, err = loaders.Whole(ctx, domain.TechnicianShifts,
		&domain.TechnicianShiftFilter{Within: &within, TechnicianIDs: named, Active: new(true)}); err != nil {
		return nil, err
	}
	if rows.NonJobs, err = loaders.Whole(ctx, domain.NonJobAppointments,
		&domain.NonJobAppointmentFilter{Within: &within, TechnicianIDs: named, Active: new(true)}); err != nil {
		return nil, err
	}
	for _, v := range rows.Visits { // the first loads for all
		assignments, err := loaders.All(ctx, domain.AppointmentAssigned, v)
		if err != nil {
			return nil, err
		}
		for _, a := range assignments {
			if a.Active {
				rows.Assignments = append(rows.Assignments, a)
			}
		}
	}
	return rows, nil
}

// slots finds where a visit fits.
func (r *Resolver) slots(ctx context.Context, in model.AvailableSlotsInput) (*dispatch.Slots, error) {
	req, err := r.slotRequest(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := outOfBounds(req.Check()); err != nil {
		return nil, err
	}
	if now := loaders.Now(ctx); req.Within.Start.Before(now) && now.Before(req.Within.End) {
		req.Within.Start = now
	}
	// Visits of the whole first and last day count, and the way from the job before.
	rows, f, err := r.plan(ctx, *in.Within, working(in.Filter, in.TechnicianIds))
	if err != nil {
		return nil, err
	}
	var places dispatch.Places
	if req.Place != nil {
		if places, err = placesOf(ctx, rows.Visits); err != nil {
			return nil, err
		}
	}
	return dispatch.FindSlots(ctx, rows, f, req, places)
}

// outOfBounds names the input's field for a field of a request.
func outOfBounds(err error) error {
	wrong, ok := errors.AsType[*scheduling.FieldError](err)
	if !ok {
		return err
	}
	field, place, _ := strings.Cut(wrong.Field, "[")
	if place != "" {
		place = "." + strings.TrimSuffix(place, "]")
	}
	return domain.Invalid("input."+slotFields[field]+place, "%s", wrong.Reason)
}

// slotFields are the input's names of a request's fields.
var slotFields = map[string]string{
	"Within": "within", "Duration": "duration", "Step": "step", "ZoneID": "zoneId", "MaxResults": "maxResults", "PerTechnician": "perTechnician",
	"Place": "locationId", "Travel": "locationId", "ArrivalWindows": "arrivalWindows",
}

// slotRequest reads an input. Where it is silent, the location and the job type speak.
func (r *Resolver) slotRequest(ctx context.Context, in model.AvailableSlotsInput) (req scheduling.SlotRequest, err error) {
	if in.MaxResults < 1 || in.MaxResults > mostSlots {
		return req, domain.Invalid("input.maxResults", "%d is not between 1 and %d", in.MaxResults, mostSlots)
	}
	req = scheduling.SlotRequest{
		Within: scheduling.Interval(*in.Within), Step: in.Step, Skills: in.Skills, ZoneRequired: in.ZoneRequired,
		MaxResults: in.MaxResults, PerTechnician: in.PerTechnician, Travel: r.Travel,
	}
	if req.Zone, err = zoneOf(ctx); err != nil {
		return req, err
	}
	for _, w := range in.ArrivalWindows {
		req.ArrivalWindows = append(req.ArrivalWindows, scheduling.Hours{From: w.From, Until: w.Until})
	}
	if in.LocationID != nil {
		location, err := needed(ctx, domain.Locations, *in.LocationID, "locationId")
		if err != nil {
			return req, err
		}
		req.Place = pointOf(location)
		if location.ZoneID != nil {
			req.ZoneID = int64(*location.ZoneID)
		}
	}
	if in.ZoneID != nil {
		zone, err := needed(ctx, domain.Zones, *in.ZoneID, "zoneId")
		if err != nil {
			return req, err
		}
		req.ZoneID = zone.STID
	}
	if in.TypeID != nil {
		kind, err := needed(ctx, domain.JobTypes, *in.TypeID, "typeId")
		if err != nil {
			return req, err
		}
		if in.Skills == nil {
			req.Skills = kind.Skills
		}
		if kind.DurationSeconds != nil {
			req.Duration = time.Duration(*kind.DurationSeconds) * time.Second
		}
	}
	if in.Duration != nil {
		req.Duration = *in.Duration
	}
	return req, nil
}

// needed reads a record that an input names.
func needed[T any](ctx context.Context, k domain.Of[T], id domain.GlobalID, field string) (*T, error) {
	row, err := loaders.Get(ctx, k, id)
	if err == nil && row == nil {
		err = domain.Invalid("input."+field, "there is no such %s", k.Singular())
	}
	return row, err
}

func pointOf(l *domain.Location) *scheduling.Point {
	if l == nil || l.Address == nil || l.Address.Latitude == nil || l.Address.Longitude == nil {
		return nil
	}
	return &scheduling.Point{Latitude: *l.Address.Latitude, Longitude: *l.Address.Longitude}
}

// placesOf tells where the visits' jobs are: one statement for jobs, one for locations.
func placesOf(ctx context.Context, visits []*domain.Appointment) (dispatch.Places, error) {
	var jobIDs, locationIDs []int64
	for _, v := range visits {
		if v.JobID != nil {
			jobIDs = append(jobIDs, int64(*v.JobID))
		}
	}
	jobs, err := loaders.Values(ctx, domain.Jobs.Kind, distinct(jobIDs), columnOf(domain.Jobs.Kind, "location_id", ""))
	if err != nil {
		return nil, err
	}
	for row := range jobs.Len() {
		if v := jobs.Value(row, 1); v != nil {
			locationIDs = append(locationIDs, table.Int(v))
		}
	}
	locations, err := loaders.Values(ctx, domain.Locations.Kind, distinct(locationIDs),
		columnOf(domain.Locations.Kind, "address", "latitude"), columnOf(domain.Locations.Kind, "address", "longitude"))
	if err != nil {
		return nil, err
	}
	points := make(map[int64]scheduling.Point, locations.Len())
	for row := range locations.Len() {
		latitude, err1 := strconv.ParseFloat(string(locations.Value(row, 1)), 64)
		longitude, err2 := strconv.ParseFloat(string(locations.Value(row, 2)), 64)
		if err1 == nil && err2 == nil {
			points[locations.ID(row)] = scheduling.Point{Latitude: latitude, Longitude: longitude}
		}
	}
	places := make(dispatch.Places, jobs.Len())
	for row := range jobs.Len() {
		if v := jobs.Value(row, 1); v != nil {
			if p, ok := points[table.Int(v)]; ok {
				places[jobs.ID(row)] = p
			}
		}
	}
	return places, nil
}

// columnOf is a column of a kind, or a member of one that holds an object.
func columnOf(k *domain.Kind, name, member string) table.Column {
	c, _ := k.Column(name)
	return table.Column{Column: c, Member: member}
}

// capacity is what can be done on each day.
func (r *Resolver) capacity(ctx context.Context, within domain.TimeWindow, filter *domain.TechnicianFilter) ([]*dispatch.CapacityDay, error) {
	rows, f, err := r.plan(ctx, within, working(filter, nil))
	if err != nil {
		return nil, err
	}
	days := dispatch.Capacity(rows, f)
	var unitIDs, zoneIDs []int64
	for _, d := range days {
		for _, u := range d.BusinessUnits {
			unitIDs = append(unitIDs, u.ID)
		}
		for _, z := range d.Zones {
			zoneIDs = append(zoneIDs, z.ID)
		}
	}
	units, err := loaders.Rows(ctx, domain.BusinessUnits, distinct(unitIDs))
	if err != nil {
		return nil, err
	}
	zones, err := loaders.Rows(ctx, domain.Zones, distinct(zoneIDs))
	ask := r.askCapacity(within, distinct(unitIDs))
	for _, d := range days {
		for _, u := range d.BusinessUnits {
			u.BusinessUnit, u.Ask = units[u.ID], ask
		}
		for _, z := range d.Zones {
			z.Zone = zones[z.ID]
		}
	}
	return days, err
}

func distinct(ids []int64) []int64 { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// errOthers is why a technician is not told what ServiceTitan says of a business unit.
var errOthers = errors.New("ServiceTitan's figures are about other technicians too")

// askCapacity asks the source of truth for its own figures, when somebody wants them, once. Its errors are for callers to read.
func (r *Resolver) askCapacity(within domain.TimeWindow, units []int64) func(context.Context) (map[domain.UnitDay]domain.UpstreamCapacity, error) {
	var once sync.Once
	var said map[domain.UnitDay]domain.UpstreamCapacity
	var err error
	return func(ctx context.Context) (map[domain.UnitDay]domain.UpstreamCapacity, error) {
		once.Do(func() {
			if _, limited := domain.OwnRowsOf(ctx); limited {
				err = errOthers
				return
			}
			tenant, _ := tenantOf(ctx) // looked at before
			d, failed := r.Plans.Dispatcher(ctx, tenant)
			if err = failed; err == nil {
				said, err = d.UpstreamCapacity(ctx, tenant, within, units)
			}
			err = readable(err)
		})
		return said, err
	}
}

// readable says for callers why ServiceTitan's figures lack.
func readable(err error) error {
	wrong, isWrong := errors.AsType[*domain.InvalidError](err)
	switch {
	case err == nil:
		return nil
	case isWrong:
		return errors.New(wrong.Reason)
	case errors.Is(err, domain.ErrUnsupported):
		return errors.New("ServiceTitan is not asked: it is not the source of technicians' time here")
	case errors.Is(err, domain.ErrUnauthorized):
		return errors.New("ServiceTitan does not let this account ask")
	case errors.Is(err, domain.ErrRateLimited):
		return errors.New("the calls to ServiceTitan are spent for now")
	}
	return errors.New("ServiceTitan does not answer")
}

// beside is what a maker makes for a row, with the others of its level.
func beside[A, V any](ctx context.Context, row domain.Entity, name string, args A,
	values func(ctx context.Context, tenant domain.TenantID, ids []int64, args A) (map[int64][]V, error),
) ([]V, error) {
	found, err := loaders.Beside(ctx, row, name, func(ctx context.Context, tenant domain.TenantID, ids []int64) (map[int64][]V, error) {
		return values(ctx, tenant, ids, args)
	})
	if found == nil {
		found = []V{}
	}
	return found, err
}

// withRows reads the rows of clashes: one statement for each kind.
func withRows(ctx context.Context, clashes map[int64][]domain.Clash) (map[int64][]*dispatch.Conflict, error) {
	ids := map[string][]int64{}
	for _, list := range clashes {
		for _, c := range list {
			ids[c.Kind] = append(ids[c.Kind], c.ID)
			ids[domain.Technicians.Name] = append(ids[domain.Technicians.Name], c.Technician)
		}
	}
	technicians, err1 := loaders.Shown(ctx, domain.Technicians, distinct(ids[domain.Technicians.Name]))
	visits, err2 := loaders.Shown(ctx, domain.Appointments, distinct(ids[domain.Appointments.Name]))
	shifts, err3 := loaders.Shown(ctx, domain.TechnicianShifts, distinct(ids[domain.TechnicianShifts.Name]))
	nonJobs, err4 := loaders.Shown(ctx, domain.NonJobAppointments, distinct(ids[domain.NonJobAppointments.Name]))
	out := map[int64][]*dispatch.Conflict{}
	for id, list := range clashes {
		for _, c := range list {
			conflict := &dispatch.Conflict{Technician: technicians[c.Technician], During: c.During}
			switch c.Kind {
			case domain.Appointments.Name:
				conflict.Appointment = visits[c.ID]
			case domain.TechnicianShifts.Name:
				conflict.TimeOff = shifts[c.ID]
			case domain.NonJobAppointments.Name:
				conflict.NonJobAppointment = nonJobs[c.ID]
			}
			out[id] = append(out[id], conflict)
		}
	}
	return out, errors.Join(err1, err2, err3, err4)
}
