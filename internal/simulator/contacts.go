package simulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lazilabs.com/lazi/internal/stspec"
)

// contactsOf serves the contacts of one customer or location: /customers/{id}/contacts and /locations/{id}/contacts.
func (s *Simulator) contactsOf(w http.ResponseWriter, r *http.Request, c *company) bool {
	for entity, owner := range map[string]string{"CustomerContact": "Customer", "LocationContact": "Location"} {
		t := c.tables[entity]
		base := strings.ReplaceAll(c.tables[owner].entity.ListPath, "{tenant}", strconv.FormatInt(c.ID, 10))
		rest, ok := strings.CutPrefix(r.URL.Path, base+"/")
		id, ok2 := strings.CutSuffix(rest, "/contacts")
		if !ok || !ok2 || !isID(id) {
			continue
		}
		s.mu.RLock()
		defer s.mu.RUnlock()
		n, _ := strconv.ParseInt(id, 10, 64)
		rec, found := c.tables[owner].byID[n]
		switch {
		case !found || rec.deleted:
			problem(w, r, http.StatusNotFound, "Not Found", nil)
		case !c.tables[owner].active(rec):
			problem(w, r, http.StatusConflict, owner+" "+id+" is not active", nil)
		default:
			rows := s.find(c, t, url.Values{strings.ToLower(owner) + "Ids": {id}})
			b := []byte(`{"page":1,"pageSize":` + strconv.Itoa(max(len(rows), defaultPageSize)) + `,"hasMore":false,"totalCount":null,"data":[`)
			for i, row := range rows {
				if i > 0 {
					b = append(b, ',')
				}
				b = t.append(b, row, stspec.List, false)
			}
			write(w, append(b, "]}"...))
		}
		return true
	}
	return false
}
