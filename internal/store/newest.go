package store

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// newestOfEach returns the documents in order of id, of those with one id the newest: one statement must not touch a row
// twice, and writers that lock rows in one order never wait for each other in a circle. Of equally old ones, and where a
// time cannot be read, the later in docs is the newest.
func newestOfEach(docs []domain.Document) []domain.Document {
	at := make(map[int64]int, len(docs))
	for i, d := range docs {
		if j, twice := at[d.ID]; twice && modified(d).Before(modified(docs[j])) {
			continue
		}
		at[d.ID] = i
	}
	out := make([]domain.Document, 0, len(at))
	for _, id := range slices.Sorted(maps.Keys(at)) {
		out = append(out, docs[at[id]])
	}
	return out
}

// modified is when ServiceTitan changed a document, zero when it does not say. A time without an offset is in UTC, as for
// raw.ts.
func modified(d domain.Document) time.Time {
	var head struct {
		ModifiedOn string `json:"modifiedOn"`
	}
	if json.Unmarshal(d.JSON, &head) != nil {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, head.ModifiedOn); err == nil {
			return t
		}
	}
	return time.Time{}
}
