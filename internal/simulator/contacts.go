package simulator

import (
	"net/http"
	"strconv"
)

// contactsOf serves /customers/{id}/contacts and /locations/{id}/contacts: pages of the contacts of one owner. Those of
// one that is not active are refused.
func (s *Simulator) contactsOf(owner string) func(http.ResponseWriter, *http.Request, *company, *table) {
	return func(w http.ResponseWriter, r *http.Request, c *company, t *table) {
		id := idIn(r.URL.Path)
		s.mu.RLock()
		defer s.mu.RUnlock()
		owners := c.tables[owner]
		rec, ok := owners.byID[id]
		switch {
		case !ok || rec.deleted:
			problem(w, http.StatusNotFound, "Not Found", nil)
		case !owners.activity()(rec):
			problem(w, http.StatusConflict, owner+" "+strconv.FormatInt(id, 10)+" is not active", nil)
		default:
			q := r.URL.Query()
			q.Set(ownerIDs(owner), strconv.FormatInt(id, 10))
			if errs := check(t.entity, q); len(errs) > 0 {
				problem(w, http.StatusBadRequest, "One or more validation errors occurred.", errs)
				return
			}
			s.writePage(w, t, s.find(c, t, q), q)
		}
	}
}

// ownerIDs is the parameter that narrows a list of contacts by its owners.
func ownerIDs(owner string) string {
	if owner == "Customer" {
		return "customerIds"
	}
	return "locationIds"
}
