package stclient

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
)

// ExportPage is one page of an export feed.
type ExportPage struct {
	// Items are the records as the API wrote them: active, inactive and deleted ones (active=false) together, possibly
	// more than once.
	Items []json.RawMessage
	// ContinueFrom is never empty: Export from here resumes after this page, now or at a later run.
	ContinueFrom string
	// HasMore is false when the feed has nothing more for now; ask again after 5 to 10 minutes.
	HasMore bool
}

// Export streams a feed from a token of an earlier page, a date, or the beginning when from is "", until the feed has no
// more for now. The query may set includeRecentChanges, and active where the feed has it. To resume after an error or a
// stop, keep ContinueFrom of the last page that was dealt with. An error ends the stream.
func (t *Tenant) Export(ctx context.Context, r Resource, from string, q url.Values) iter.Seq2[ExportPage, error] {
	return func(yield func(ExportPage, error) bool) {
		for {
			page, err := t.exportPage(ctx, r, from, q)
			if !yield(page, err) || err != nil || !page.HasMore {
				return
			}
			from = page.ContinueFrom
		}
	}
}

// exportPage reads one page of a feed. A page that leads back to itself would never end, so it is an error.
func (t *Tenant) exportPage(ctx context.Context, r Resource, from string, q url.Values) (ExportPage, error) {
	op := "export " + r.Name
	if from != "" {
		q = withQuery(q, "from", from)
	}
	c, failure := t.newCall(op, r, r.ExportPath, 0, q)
	if failure != nil {
		return ExportPage{}, failure
	}
	var e envelope
	err := t.do(ctx, c, func(dec *json.Decoder) error {
		if err := e.decode(dec); err != nil {
			return err
		}
		if e.continueFrom == "" {
			return errShape
		}
		return nil
	})
	if err != nil {
		return ExportPage{}, err
	}
	if *e.hasMore && e.continueFrom == from {
		return ExportPage{}, &Error{Op: op, Code: CodeBadResponse, Hint: "the feed leads back to the same page"}
	}
	return ExportPage{Items: e.items, ContinueFrom: e.continueFrom, HasMore: *e.hasMore}, nil
}
