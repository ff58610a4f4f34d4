package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"lazilabs.com/lazi/graph/gqlerr"
)

// maxBodyBytes bounds a request: the largest of our documents with its variables takes a hundredth of it.
const maxBodyBytes = 1 << 20

// checkBody reads a POST's body and refuses what is not one JSON object, with words of our own: gqlgen's would repeat
// the body.
func checkBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", maxBodyBytes))
			return
		case err != nil:
			refuse(w, http.StatusBadRequest, "the body could not be read")
			return
		}
		if err := jsonObject(body); err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// jsonObject says what is wrong with a body that is not exactly one JSON object of a GraphQL request.
func jsonObject(body []byte) error {
	var request struct {
		Query         *string         `json:"query"`
		OperationName *string         `json:"operationName"`
		Variables     map[string]any  `json:"variables"`
		Extensions    json.RawMessage `json:"extensions"`
	}
	err := json.Unmarshal(body, &request)
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return errors.New("the body is empty: send a JSON object with a query")
	case errors.As(err, &syntax):
		return fmt.Errorf("the body is not valid JSON at byte %d", syntax.Offset)
	case errors.As(err, &wrong) && wrong.Field == "":
		return errors.New("the body must be one JSON object, batches are not supported")
	case errors.As(err, &wrong):
		return fmt.Errorf("the body's member %q has the wrong type", wrong.Field)
	case err != nil:
		return errors.New("the body is not valid JSON")
	}
	return nil
}

// refuse answers a request that is no GraphQL request.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/graphql-response+json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"errors": []any{map[string]any{"message": message, "extensions": map[string]any{"code": gqlerr.BadRequest}}},
	})
}
