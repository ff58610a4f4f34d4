package graph

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/graph/body"
	"lazilabs.com/lazi/graph/gqlerr"
)

// readGet reads a request from the parameters of a GET request's address. It refuses what it cannot read, and tells so
// itself.
func readGet(w http.ResponseWriter, r *http.Request) (params *graphql.RawParams, ok bool) {
	started := graphql.Now()
	params = &graphql.RawParams{Headers: r.Header}
	query, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case err != nil || !utf8.ValidString(query.Get("query")+query.Get("operationName")+query.Get("documentId")):
		return nil, refuseGet(w, "the parameters of the address cannot be read")
	case !decodeParameter(query.Get("variables"), &params.Variables):
		return nil, refuseGet(w, "the parameter variables must be one JSON object")
	case !decodeParameter(query.Get("extensions"), &params.Extensions):
		return nil, refuseGet(w, "the parameter extensions must be one JSON object")
	case !query.Has("query") && !query.Has("documentId") && params.Extensions == nil:
		return nil, refuseGet(w, "the parameter query is missing")
	}
	if query.Has("documentId") {
		body.Name(params, query.Get("documentId"))
	}
	params.Query, params.OperationName = query.Get("query"), query.Get("operationName")
	params.ReadTime = graphql.TraceTiming{Start: started, End: graphql.Now()}
	return params, true
}

func refuseGet(w http.ResponseWriter, message string) bool {
	refuse(w, http.StatusBadRequest, gqlerr.BadRequest, message)
	return false
}

// decodeParameter reads an object from JSON. An empty text is none.
func decodeParameter(text string, dst *map[string]any) bool {
	if text == "" {
		return true
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return body.Depth([]byte(text)) <= body.MaxDepth && utf8.ValidString(text) && d.Decode(dst) == nil && !d.More()
}
