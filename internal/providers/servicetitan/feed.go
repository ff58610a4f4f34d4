package servicetitan

import (
	"context"
	"encoding/json"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// complete turns rows of a feed into documents that say what the list would. A feed shows inactive and deleted records
// alike (behaviour.md, section 3): those that are switched off are asked for by id, and what is not there is deleted. Rows
// of a feed that lacks members are asked for as well. What the list says counts, unless it lags behind.
func (r *reading) complete(ctx context.Context, docs []domain.Document) error {
	var ask []int64
	for i := range docs {
		d := &docs[i]
		d.Partial = true
		off := switchedOff(d.JSON)
		switch {
		case r.kind.API.Tombstones:
			d.Deleted, d.JSON = off, without(d.JSON, "active") // the list's rows do not have it
		case off || r.kind.API.ThinExport:
			ask = append(ask, d.ID)
		}
	}
	if len(ask) == 0 || !r.kind.API.IDs && !r.kind.API.Get {
		return nil // what is deleted stays switched off until the next reconcile
	}
	listed, err := r.p.named(ctx, r.account, r.kind, ask)
	if err != nil {
		return err
	}
	for i := range docs {
		whole, there := listed[docs[i].ID]
		switch {
		case !there && switchedOff(docs[i].JSON):
			docs[i].Deleted = true
		case there && !modified(whole.JSON).Before(modified(docs[i].JSON)):
			docs[i] = whole
		}
	}
	return nil
}

// switchedOff tells whether a document says that its record is not active.
func switchedOff(doc []byte) bool {
	var head struct {
		Active *bool `json:"active"`
	}
	return json.Unmarshal(doc, &head) == nil && head.Active != nil && !*head.Active
}

// modified is when a document says that its record was changed; zero when it does not say.
func modified(doc []byte) time.Time {
	var head struct {
		ModifiedOn time.Time `json:"modifiedOn"`
	}
	_ = json.Unmarshal(doc, &head) // what cannot be read is rejected when it is stored
	return head.ModifiedOn
}

// without takes a member off a document. One that is no object stays as it is: it is rejected when it is stored.
func without(doc []byte, member string) []byte {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(doc, &members); err != nil {
		return doc
	}
	delete(members, member)
	short, err := json.Marshal(members)
	if err != nil {
		return doc
	}
	return short
}
