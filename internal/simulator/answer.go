package simulator

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// write sends JSON that is ready. A client that has gone needs no answer, hence nobody looks at the error.
func write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = bytes.NewReader(body).WriteTo(w)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// gateway answers in the words of the gateway in front of the API.
func gateway(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]any{"statusCode": status, "message": message})
}

func noOperation(w http.ResponseWriter) {
	gateway(w, http.StatusNotFound, "Unable to match incoming request to an operation.")
}

// problem answers in the API's own shape.
func problem(w http.ResponseWriter, status int, title string, errs map[string][]string) {
	if errs == nil {
		errs = map[string][]string{}
	}
	writeJSON(w, status, map[string]any{
		"type": "https://httpstatuses.example/" + strconv.Itoa(status), "title": title, "status": status,
		"traceId": strings.ToLower(rand.Text()), "errors": errs, "data": map[string]any{},
	})
}

// tooMany answers 429 in the way that the settings say.
func (s *Simulator) tooMany(w http.ResponseWriter, seconds int) {
	set := s.faults.Get()
	seconds = max(seconds, set.RetrySeconds)
	switch set.RetryAfter {
	case "seconds":
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	case "date":
		w.Header().Set("Retry-After", time.Now().Add(time.Duration(seconds)*time.Second).UTC().Format(http.TimeFormat))
	}
	writeJSON(w, http.StatusTooManyRequests, map[string]any{
		"status": http.StatusTooManyRequests, "title": fmt.Sprintf("Rate limit is exceeded. Try again in %d seconds.", seconds), "traceId": strings.ToLower(rand.Text()),
	})
}

// strike lets a fault happen. It returns false when the call goes on all the same.
func (s *Simulator) strike(w *recorder, r *http.Request, set Settings) bool {
	if set.Delay > 0 {
		select {
		case <-time.After(set.Delay):
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case set.Drop:
		w.status = 0 // there is none
		panic(http.ErrAbortHandler)
	case set.HTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(max(set.Status, http.StatusOK))
		_, _ = io.WriteString(w, "<html><body><h1>Sorry</h1></body></html>")
	case set.Status == http.StatusTooManyRequests:
		s.tooMany(w, 1)
	case set.Status > 0:
		problem(w, set.Status, http.StatusText(set.Status), nil)
	default:
		w.cut = set.Truncate
		return false
	}
	return true
}
