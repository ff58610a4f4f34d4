package graph

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// fromHere tells whether a websocket may be opened by the page that the browser names, or by no page at all: it is ours, or
// its origin is on the list. Browsers open websockets to everywhere and leave it to the server to refuse.
func fromHere(r *http.Request, origins []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, r.Host)
}
