package servicetitan

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// softPatience is how long is waited for what ServiceTitan may do along with a change, or not.
const softPatience = 3 * time.Second

// readBack reads what the act has made or changed, and what ServiceTitan changes along with it. With an error it returns what
// could be read.
func (c *change) readBack(ctx context.Context) (left domain.Stored, err error) {
	if c.Act.Makes != nil && len(c.made) == 0 {
		if _, err := c.search(ctx, c.cfg.Patience); err != nil {
			return left, err
		}
	}
	docs, err := c.outcomeDocuments(ctx)
	if c.Act.Removes {
		if len(docs) == 0 {
			left.Removed = append(left.Removed, c.target.Base().ID())
		}
		docs = append(docs, domain.Document{ID: c.target.Base().STID}) // for what hangs on it
	}
	read := map[*domain.Kind][]domain.Document{c.Act.Of(): docs}
	for _, l := range c.Act.Rereads {
		for _, d := range read[l.From] {
			more, rereadErr := c.reread(ctx, l, d)
			err = errors.Join(err, rereadErr)
			read[l.To] = append(read[l.To], more.Documents...)
			left.Documents = append(left.Documents, more)
		}
	}
	docs = slices.DeleteFunc(docs, func(d domain.Document) bool { return d.JSON == nil })
	// What hangs on a record comes before it: whoever hears of the record finds the rest there.
	left.Documents = append(left.Documents, domain.KindDocuments{Kind: c.Act.Of(), Documents: docs})
	return left, err
}

// errNotShown says that ServiceTitan does not show yet what it has done.
var errNotShown = errors.New("servicetitan: not shown yet")

// outcomeDocuments reads the records that the act was done to or has made. Of a record that was removed nothing is left, or its
// document that is switched off.
func (c *change) outcomeDocuments(ctx context.Context) (docs []domain.Document, err error) {
	k, ids := c.Act.Of(), c.made
	if c.Act.Makes == nil {
		ids = []int64{c.target.Base().STID}
	}
	shown, err := poll(ctx, c.cfg.Patience, func() (bool, error) {
		docs, err = c.fresh(ctx, k, ids)
		if c.Act.Removes {
			return err == nil && (len(docs) == 0 || member(docs[0].JSON, "active") == "false"), err
		}
		return err == nil && len(docs) == len(ids) && c.shows(docs), err
	})
	if !shown && err == nil {
		err = errNotShown
	}
	return docs, err
}

// fresh reads records as they are now: one by one where the API can, since lists lag.
func (c *change) fresh(ctx context.Context, k *domain.Kind, ids []int64) ([]domain.Document, error) {
	if !k.API.Get && !k.API.IDs {
		return c.amongSiblings(ctx, k, ids)
	}
	if !k.API.True() {
		byID, err := c.named(ctx, c.account, k, ids)
		return slices.Collect(maps.Values(byID)), err
	}
	var out []domain.Document
	for _, id := range ids {
		item, err := c.account.Get(ctx, resource(k), id)
		if notFound(err) {
			continue
		}
		if err != nil {
			return out, err
		}
		docs, _ := documents(k, []json.RawMessage{item})
		out = append(out, slices.DeleteFunc(docs, func(d domain.Document) bool { return d.ID != id })...)
	}
	return out, nil
}

// amongSiblings reads records that can only be had with all of their owner's: contacts.
func (c *change) amongSiblings(ctx context.Context, k *domain.Kind, ids []int64) (out []domain.Document, err error) {
	owner := c.target.Base().STID
	for column := range k.API.Params {
		if id := c.target.Base().Kind().IDIn(c.target, column); id != 0 {
			owner = id
		}
		param, _, _ := k.API.Param(column)
		docs, err := c.list(ctx, k, param, owner)
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(docs, func(d domain.Document) bool { return !slices.Contains(ids, d.ID) })...)
	}
	return out, nil
}

// list reads the records of an owner.
func (c *change) list(ctx context.Context, k *domain.Kind, param string, owner int64) (out []domain.Document, err error) {
	q := c.everything(k)
	q.Set(param, strconv.FormatInt(owner, 10))
	for page, err := range c.account.List(ctx, resource(k), q) {
		if err != nil {
			return nil, err
		}
		docs, _ := documents(k, page.Items)
		out = append(out, docs...)
	}
	return out, nil
}

// reread reads the records that a link leads to from a document, until there are as many as the change has made.
func (c *change) reread(ctx context.Context, l *domain.Link, from domain.Document) (domain.KindDocuments, error) {
	out := domain.KindDocuments{Kind: l.To}
	patience, soft := c.cfg.Patience, c.Act.Ends == domain.EndsDone
	if soft {
		patience = min(patience, softPatience)
	}
	var named []int64
	if l.ByID() {
		named = c.linkedIDs(l, from)
	}
	shown, err := poll(ctx, patience, func() (_ bool, err error) {
		if l.ByID() {
			out.Documents, err = c.fresh(ctx, l.To, named)
			return err == nil && len(out.Documents) == len(named), err
		}
		out.Documents, err = c.owned(ctx, l, from)
		return err == nil && c.expected(l, out.Documents), err
	})
	if !shown && err == nil && !soft {
		err = errNotShown
	}
	return out, err
}

// linkedIDs are the ids by which a record names others: in its document, or in the mirror when it is no more.
func (c *change) linkedIDs(l *domain.Link, from domain.Document) (ids []int64) {
	var doc map[string]any
	_ = decodeNumbers(from.JSON, &doc) // nil without one
	first, rest, _ := strings.Cut(l.FromColumn, "_")
	if n, ok := doc[first+camel(rest)].(json.Number); ok {
		if id, err := n.Int64(); err == nil && id > 0 {
			return []int64{id}
		}
		return nil
	}
	if c.target != nil && c.target.Base().Kind() == l.From && doc == nil {
		for _, key := range l.Keys(c.target) {
			ids = append(ids, key.(int64)) // it leads to ids
		}
	}
	return ids
}

// camel is a column's name as the API writes it, but for its first word.
func camel(column string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(column, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// oneByOne is how many records are read one by one, as the truth at once; more are read as their list shows them.
const oneByOne = 12

// owned reads the records that name a record. Where they can be read by id they are, also those that the mirror knows and the
// list does not show yet.
func (c *change) owned(ctx context.Context, l *domain.Link, from domain.Document) ([]domain.Document, error) {
	param, _, _ := l.To.API.Param(l.ToColumn)
	docs, err := c.list(ctx, l.To, param, from.ID)
	if err != nil || !l.To.API.True() {
		return docs, err
	}
	ids := map[int64]bool{}
	for _, d := range docs {
		ids[d.ID] = true
	}
	known, err := c.mirror.Linked(domain.AllRows(ctx), c.tenant, l, []any{from.ID}, domain.Query{})
	for _, row := range known[from.ID] {
		ids[row.Base().STID] = true
	}
	if err != nil || len(ids) > oneByOne {
		return docs, err
	}
	return c.fresh(ctx, l.To, slices.Sorted(maps.Keys(ids)))
}
