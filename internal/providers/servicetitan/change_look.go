package servicetitan

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
)

// glance is how often a list is looked at that does not show yet what was done: they lag by seconds (behaviour.md, section 4).
const glance = 250 * time.Millisecond

// clocksDiffer is by how much the clocks of LAZI's servers and of the database may differ: what was made is rather found twice than
// made twice.
const clocksDiffer = time.Second

// look finds out whether ServiceTitan has made the change. The error says that it cannot be found out.
func (c *change) look(ctx context.Context) (bool, error) {
	if c.Act.Creates() {
		return c.search(ctx, c.cfg.Patience)
	}
	if c.Act.Moves == nil || !c.Act.On.API.Get {
		return false, nil // doing it twice does no harm
	}
	docs, err := c.fresh(ctx, c.Act.On, []int64{c.target.Base().STID})
	if err != nil || len(docs) == 0 {
		return false, err
	}
	return member(docs[0].JSON, c.Act.Moves.Member) == c.Act.Moves.To, nil
}

// search looks for what the act has made until it is found or patience ends: lists lag. Of several records all are found when two
// looks agree.
func (c *change) search(ctx context.Context, patience time.Duration) (bool, error) {
	var found []int64
	_, err := poll(ctx, patience, func() (bool, error) {
		before := found
		c.made = nil
		for _, list := range c.searches() {
			page, err := c.account.Page(ctx, list.resource, list.query, 1)
			if err != nil {
				return false, err
			}
			if err := c.recognise(ctx, page.Items); err != nil {
				return false, err
			}
		}
		if len(c.made) > 0 {
			found = c.made
		}
		return len(c.made) > 0 && (c.Act.MarksExternal || slices.Equal(before, found)), nil
	})
	if c.made = found; len(found) > 0 {
		return true, nil // what was found once is there, whatever the last look says
	}
	return false, err
}

// poll asks until the answer is yes or patience ends. An error counts only if it is the last word.
func poll(ctx context.Context, patience time.Duration, ask func() (bool, error)) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		yes, err := ask()
		if yes {
			return true, nil
		}
		select {
		case <-ctx.Done():
			return false, err
		case <-time.After(glance):
		}
	}
}

// search is a list in which what was made would be.
type search struct {
	resource stclient.Resource
	query    url.Values
}

func (c *change) searches() []search {
	k := c.Act.Makes
	if k == nil {
		path, _ := c.fill(c.Act.Notes, c.target)
		return []search{{resource: stclient.Resource{Name: c.Act.Name, Module: strings.Split(path, "/")[1], ListPath: path}}}
	}
	var out []search
	for _, narrow := range c.narrowings(k) {
		q := c.everything(k)
		if k.API.Sort != "" {
			q.Set("sort", "-Id") // what is new stands on the first page
		}
		maps.Copy(q, narrow)
		out = append(out, search{resource(k), q})
	}
	return out
}

// narrowings are the queries that narrow a kind's list to what the act may have made.
func (c *change) narrowings(k *domain.Kind) []url.Values {
	if c.Act.MarksExternal {
		return []url.Values{{"externalDataApplicationGuid": {application}, "externalDataKey": {markKey}, "externalDataValues": {mark(c.claim)}}}
	}
	if c.target != nil {
		param, _, _ := k.API.Param(ownerColumn(c.Act.On))
		return []url.Values{{param: {strconv.FormatInt(c.target.Base().STID, 10)}}}
	}
	var out []url.Values
	param, _, ok := k.API.Param(ownerColumn(domain.Technicians.Kind))
	for _, id := range append(idsOf(c.Input["technicianIds"]), idsOf(c.Input["technicianId"])...) {
		if ok {
			out = append(out, url.Values{param: {strconv.FormatInt(id, 10)}})
		}
	}
	if out == nil {
		return []url.Values{{}}
	}
	return out
}

// ownerColumn is the column by which records name their owner of a kind.
func ownerColumn(k *domain.Kind) string { return strings.ToLower(k.Name) + "_id" }

// recognise notes the records that the act has made among those of a list: marked ones, or those that are the same in what
// tells them apart and were not in the mirror before the change began. No clock of ServiceTitan's is believed.
func (c *change) recognise(ctx context.Context, items []json.RawMessage) error {
	if c.Act.Makes == nil {
		for _, item := range items {
			if c.same(item) {
				c.made = append(c.made, 0) // notes of jobs have no id, and nobody asks for those of others
			}
		}
		return nil
	}
	var found []int64
	docs, _ := documents(c.Act.Makes, items)
	for _, d := range docs {
		if c.Act.MarksExternal || c.same(d.JSON) {
			found = append(found, d.ID)
		}
	}
	if c.Act.MarksExternal || len(found) == 0 {
		c.made = append(c.made, found...)
		return nil
	}
	fresh, err := c.unknownBefore(ctx, found, c.began.Add(-clocksDiffer))
	c.made = append(c.made, fresh...)
	return err
}

// unknownBefore are those of records that the mirror did not hold at a moment.
func (c *change) unknownBefore(ctx context.Context, ids []int64, moment time.Time) (fresh []int64, err error) {
	rows, err := c.mirror.ByIDs(domain.AllRows(ctx), c.tenant, c.Act.Makes, ids)
	known := map[int64]bool{}
	for _, row := range rows {
		known[row.Base().STID] = row.Base().FetchedAt.Before(moment)
	}
	for _, id := range ids {
		if !known[id] {
			fresh = append(fresh, id)
		}
	}
	return fresh, err
}

// same tells whether a record has the values by which the act's are recognised.
func (c *change) same(doc json.RawMessage) bool {
	var have map[string]any
	if decodeNumbers(doc, &have) != nil {
		return false
	}
	for _, name := range c.Act.Same {
		want, given := c.body[name]
		if given && !equal(want, have[name]) {
			return false
		}
	}
	return true
}
