package graph

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/graph/gqlerr"
)

const (
	graphqlResponse = "application/graphql-response+json"
	plainJSON       = "application/json"
	eventStream     = "text/event-stream"
)

// answerHead is what stands before the data of an answer without errors.
const answerHead = `{"data":`

// answerType chooses between GraphQL's media type and plain JSON, whichever the client names first. Who does not care gets
// plain JSON, by the specification of GraphQL over HTTP.
func answerType(accept string) string {
	if accept == graphqlResponse {
		return graphqlResponse
	}
	for part := range strings.SplitSeq(accept, ",") {
		switch mediaType, _, _ := mime.ParseMediaType(strings.TrimSpace(part)); mediaType {
		case plainJSON, "*/*", "application/*":
			return plainJSON
		case graphqlResponse:
			return graphqlResponse
		}
	}
	return plainJSON
}

// refusalStatus is the status of a well-formed request that is not executed: by the specification of GraphQL over HTTP,
// plain JSON answers it with 200.
func refusalStatus(contentType string) int {
	if contentType == graphqlResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// writeWhole writes an answer that stands in one piece.
func writeWhole(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a caller that has gone away is none of our business
}

// writeAnswer writes a response. Its data are JSON already and stay as they are. An operation that was not executed has
// none, not even null.
func writeAnswer(w http.ResponseWriter, status int, resp *graphql.Response, executed bool) {
	body := answerJSON(resp, executed)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// answerJSON is a response as JSON.
func answerJSON(resp *graphql.Response, executed bool) []byte {
	body := make([]byte, 0, len(resp.Data)+512)
	if len(resp.Errors) > 0 {
		text, _ := json.Marshal(resp.Errors) // errors are plain values
		body = append(append(body, `,"errors":`...), text...)
	}
	if executed {
		body = append(body, `,"data":`...)
		if resp.Data == nil {
			body = append(body, "null"...)
		}
		body = append(body, resp.Data...)
	}
	if len(resp.Extensions) > 0 {
		if text, err := json.Marshal(resp.Extensions); err == nil {
			body = append(append(body, `,"extensions":`...), text...)
		}
	}
	body[0] = '{' // where the first comma was: there are errors or data
	return append(body, '}')
}

// refuse answers a request that is no GraphQL request.
func refuse(w http.ResponseWriter, status int, code gqlerr.Code, message string) {
	w.Header().Set("Content-Type", graphqlResponse+"; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, refusal(code, message))
}

// refusal is an answer that holds one error and nothing else.
func refusal(code gqlerr.Code, message string) string {
	text, _ := json.Marshal(map[string]any{ // plain values
		"errors": []any{map[string]any{"message": message, "extensions": map[string]any{"code": code}}},
	})
	return string(text)
}
