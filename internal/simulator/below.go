package simulator

import (
	"net/http"
	"slices"
	"strconv"

	"lazilabs.com/lazi/internal/stspec"
)

// ownership says whose an entity's records are: those are read and written below the path of their owner.
type ownership struct {
	owner string
	// member holds the owner's id.
	member string
}

var owners = map[string]ownership{
	"CustomerContact": {"Customer", "customerId"}, "CustomerNote": {"Customer", "customerId"},
	"LocationContact": {"Location", "locationId"}, "LocationNote": {"Location", "locationId"},
	"JobNote": {"Job", "jobId"}, "JobCanceledLog": {"Job", "jobId"},
}

// withHidden adds to an entity's fields what its records need here and the API never shows: it has no feed, and only feeds
// show such fields.
func withHidden(e stspec.Entity) stspec.Entity {
	hidden := []stspec.Field{{Name: "id", Type: "integer"}}
	if o, ok := owners[e.Name]; ok {
		hidden = append(hidden, stspec.Field{Name: o.member, Type: "integer"})
	}
	if _, ok := e.Filter("createdBefore"); ok {
		hidden = append(hidden, stspec.Field{Name: "createdOn", Type: "string"})
	}
	for _, h := range hidden {
		if !slices.ContainsFunc(e.Fields, func(f stspec.Field) bool { return f.Name == h.Name }) {
			h.ExportOnly = true
			e.Fields = append(slices.Clone(e.Fields), h)
		}
	}
	return e
}

// below serves what belongs to one owner, as /customers/{id}/contacts does. Contacts of one that is not active are refused.
func (s *Simulator) below(w http.ResponseWriter, r *http.Request, c *company, t *table) {
	id, of := idIn(r.URL.Path), owners[t.entity.Name]
	s.mu.RLock()
	defer s.mu.RUnlock()
	rec, ok := c.tables[of.owner].byID[id]
	if !ok || rec.deleted {
		problem(w, http.StatusNotFound, "Not Found", nil)
		return
	}
	if err := c.open(t.entity.Name, rec); err != nil {
		problem(w, http.StatusConflict, err.title, nil)
		return
	}
	q := r.URL.Query()
	q.Set(of.member+"s", strconv.FormatInt(id, 10)) // lists of contacts want to be narrowed
	if errs := check(t.entity, q); len(errs) > 0 {
		problem(w, http.StatusBadRequest, "One or more validation errors occurred.", errs)
		return
	}
	rows := slices.DeleteFunc(s.find(c, t, q), func(r *record) bool { return t.value(r, of.member) != id })
	s.writePage(w, t, rows, q)
}

// open refuses contacts of an owner that is not active.
func (c *company) open(entity string, owner *record) *refusal {
	t := c.tables[owners[entity].owner]
	if (entity == "CustomerContact" || entity == "LocationContact") && !t.activity()(owner) {
		return &refusal{status: http.StatusConflict, title: t.entity.Name + " " + strconv.FormatInt(owner.id, 10) + " is not active"}
	}
	return nil
}
