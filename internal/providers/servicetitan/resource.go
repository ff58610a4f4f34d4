package servicetitan

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
)

// resource gives the client a kind's endpoints.
func resource(k *domain.Kind) stclient.Resource {
	return stclient.Resource{
		Name: k.API.Entity, Module: k.API.Module(),
		ListPath: k.API.ListPath(), GetPath: k.API.GetPath(), ExportPath: k.API.ExportPath(),
	}
}

// everything is the query of a list that hides nothing: inactive records too, in id order.
func (p *Provider) everything(k *domain.Kind) url.Values {
	q, err := url.ParseQuery(k.API.All)
	if err != nil {
		panic("servicetitan: " + k.Name + ": " + err.Error()) // a constant of ours
	}
	if k.API.Sort != "" {
		q.Set("sort", k.API.Sort)
	}
	q.Set("pageSize", strconv.Itoa(p.cfg.PageSize))
	return q
}

// documents reads the records of a page. A kind whose records nest its own kind is flattened: every branch becomes a
// document without its branches. A record without an id is rejected; the rest of the page is not its prisoner.
func documents(k *domain.Kind, items []json.RawMessage) (docs []domain.Document, rejected []domain.Rejected) {
	for _, item := range items {
		read := []domain.Document{{JSON: item}}
		var err error
		if k.API.Tree != "" {
			read, err = flatten(nil, k.API.Tree, item)
		} else {
			read[0].ID, err = idOf(item)
		}
		if err != nil {
			rejected = append(rejected, domain.Rejected{Reason: err.Error()})
			continue
		}
		docs = append(docs, read...)
	}
	return docs, rejected
}

// errNoID means that a record cannot be named.
var errNoID = errors.New("a record without an id")

func idOf(item json.RawMessage) (int64, error) {
	var head struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal(item, &head); err != nil || head.ID <= 0 {
		return 0, errNoID
	}
	return head.ID, nil
}

// flatten appends a record and all below it. It keeps the members' text as it came, but for the branches.
func flatten(docs []domain.Document, branches string, item json.RawMessage) ([]domain.Document, error) {
	id, err := idOf(item)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(item, &members); err != nil {
		return nil, fmt.Errorf("record %d: %w", id, err)
	}
	var below []json.RawMessage
	if b, ok := members[branches]; ok {
		if err := json.Unmarshal(b, &below); err != nil {
			return nil, fmt.Errorf("record %d: %w", id, err)
		}
		delete(members, branches)
	}
	alone, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("record %d: %w", id, err)
	}
	docs = append(docs, domain.Document{ID: id, JSON: alone})
	for _, b := range below {
		if docs, err = flatten(docs, branches, b); err != nil {
			return nil, err
		}
	}
	return docs, nil
}
