package stclient

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// DefaultPageSize is asked for when a query sets no pageSize. The API's own default of 50 would cost ten times the
	// calls; its maximum makes pages of many megabytes.
	DefaultPageSize = 500
	// MaxPageSize is the most that the API allows.
	MaxPageSize = 5000
	// MaxIDs is the most ids that the API takes in one call.
	MaxIDs = 50
)

// Page is one page of a list.
type Page struct {
	// Number counts from 1.
	Number int
	// Items are the records as the API wrote them.
	Items []json.RawMessage
	// HasMore is true when another page follows.
	HasMore bool
	// Total is how many records match, nil unless the query sets includeTotal=true.
	Total *int64
}

// Get reads one record. The error's code is CodeNotFound when there is none and CodeNoSuchOperation when the API cannot
// read this entity by id.
func (t *Tenant) Get(ctx context.Context, r Resource, id int64) (json.RawMessage, error) {
	c, failure := t.newCall("get "+r.Name+" "+strconv.FormatInt(id, 10), r, r.GetPath, id, nil)
	if failure != nil {
		return nil, failure
	}
	var record json.RawMessage
	err := t.do(ctx, c, func(dec *json.Decoder) error {
		record = nil
		if err := dec.Decode(&record); err != nil {
			return err
		}
		if !bytes.HasPrefix(record, []byte("{")) {
			return errShape
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return record, nil
}

// List streams the pages of a list, from page 1 until the API says that there are no more; there is no cap. The query
// may set pageSize (1 to MaxPageSize, else DefaultPageSize), sort, includeTotal and filters; page is ours to set. An
// error ends the stream.
//
// Pages are no snapshot: rows that change while a crawl runs may be skipped or repeated. Callers key rows by id, and
// sort by id where the list allows it.
func (t *Tenant) List(ctx context.Context, r Resource, q url.Values) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		q, failure := pageQuery(r, q)
		if failure != nil {
			yield(Page{}, failure)
			return
		}
		for number := 1; ; number++ {
			page, err := t.page(ctx, r, q, number)
			if !yield(page, err) || err != nil || !page.HasMore {
				return
			}
		}
	}
}

// Page reads one page of a list, counted from 1; see List for the query. A caller who keeps its number can go on there
// later.
func (t *Tenant) Page(ctx context.Context, r Resource, q url.Values, number int) (Page, error) {
	q, failure := pageQuery(r, q)
	if failure != nil {
		return Page{}, failure
	}
	return t.page(ctx, r, q, number)
}

// ByIDs streams the records with the given ids in calls of at most MaxIDs; ids that do not exist are left out, repeated
// ones are asked for once. The query's filters apply too: most lists hide inactive records unless told otherwise. Page
// numbers start anew with each call. An error ends the stream.
func (t *Tenant) ByIDs(ctx context.Context, r Resource, ids []int64, q url.Values) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		unique := slices.Clone(ids)
		slices.Sort(unique)
		for chunk := range slices.Chunk(slices.Compact(unique), MaxIDs) {
			q := withQuery(q, "ids", joinIDs(chunk))
			if q.Get("pageSize") == "" {
				q.Set("pageSize", strconv.Itoa(MaxIDs))
			}
			for page, err := range t.List(ctx, r, q) {
				if !yield(page, err) || err != nil {
					return
				}
			}
		}
	}
}

// page reads one page of a list. A page that is empty and promises more would never end, so it is an error.
func (t *Tenant) page(ctx context.Context, r Resource, q url.Values, number int) (Page, error) {
	op := "list " + r.Name + " page " + strconv.Itoa(number)
	c, failure := t.newCall(op, r, r.ListPath, 0, withQuery(q, "page", strconv.Itoa(number)))
	if failure != nil {
		return Page{}, failure
	}
	var e envelope
	if err := t.do(ctx, c, e.decode); err != nil {
		return Page{}, err
	}
	if *e.hasMore && len(e.items) == 0 {
		return Page{}, &Error{Op: op, Code: CodeBadResponse, Hint: "the page is empty and promises more"}
	}
	return Page{Number: number, Items: e.items, HasMore: *e.hasMore, Total: e.total}, nil
}

// pageQuery completes and checks a list's query.
func pageQuery(r Resource, q url.Values) (url.Values, *Error) {
	size := q.Get("pageSize")
	if size == "" {
		size = strconv.Itoa(DefaultPageSize)
	}
	if n, err := strconv.Atoi(size); err != nil || n < 1 || n > MaxPageSize {
		return nil, &Error{Op: "list " + r.Name, Code: CodeInvalid, Hint: "pageSize must be 1 to " + strconv.Itoa(MaxPageSize)}
	}
	return withQuery(q, "pageSize", size), nil
}

// withQuery returns a copy of a query with one parameter set.
func withQuery(q url.Values, name, value string) url.Values {
	c := maps.Clone(q)
	if c == nil {
		c = url.Values{}
	}
	c.Set(name, value)
	return c
}

func joinIDs(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ",")
}
