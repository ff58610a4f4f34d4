package obs

import "net/http"

// response remembers what was answered. It keeps streaming (SSE) and hijacking (websockets) possible.
type response struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the first final status; the 1xx ones before it are only hints.
func (w *response) WriteHeader(status int) {
	if w.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the body's bytes.
func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Flush sends what is written so far; a flush is an answer. gqlgen's streams ask for http.Flusher by type.
func (w *response) Flush() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	// A writer that cannot flush sends the whole body at the end.
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }
