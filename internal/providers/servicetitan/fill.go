package servicetitan

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/domain"
)

// longAgo is the modified range of lists that refuse a plain crawl: before anything in ServiceTitan.
const longAgo = "1970-01-01T00:00:00Z"

// fetchTimeout bounds a fetch that outlives its reader: a whole kind of a large company takes a while. Each call of it has
// a deadline of its own, and Close ends it.
const fetchTimeout = time.Hour

// fillAll makes sure that whole kinds are mirrored. It returns why they may not be, nil when they are.
func (p *Provider) fillAll(ctx context.Context, tenant domain.TenantID, kinds ...*domain.Kind) error {
	var g errgroup.Group
	for _, k := range kinds {
		g.Go(func() error { return p.fillList(ctx, tenant, k, nil) })
	}
	return g.Wait()
}

// fillList makes sure that the mirror holds the rows of a kind for which the conditions hold. Conditions that the API
// cannot be asked for are left out: more is fetched then, never less.
func (p *Provider) fillList(ctx context.Context, tenant domain.TenantID, k *domain.Kind, where []domain.Condition) error {
	for _, c := range where {
		if c.Op == domain.OpIn && reflect.ValueOf(c.Value).Len() == 0 {
			return nil // no row can be meant
		}
		if c.Via != nil {
			if err := p.fillList(ctx, tenant, c.Via.Kind, nil); err != nil {
				return err
			}
		}
	}
	if whole, err := p.complete(ctx, tenant, k); err != nil || whole {
		return err
	}
	if ids, ok := idsWanted(k, where); ok {
		return p.fillIDs(ctx, tenant, k, ids)
	}
	return p.fillLists(ctx, tenant, k, []url.Values{pushDown(k, where)})
}

// fillLinked makes sure that the mirror holds the rows that a link leads to from the given keys.
func (p *Provider) fillLinked(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any) error {
	if l.Via != nil {
		return p.fillVia(ctx, tenant, l, keys)
	}
	param, list, ok := l.To.API.Param(l.ToColumn)
	if !ok || !list && len(keys) > 1 {
		return p.fillLists(ctx, tenant, l.To, []url.Values{{}}) // one crawl beats a call for each parent
	}
	var queries []url.Values
	for len(keys) > 0 {
		n := min(len(keys), domain.MaxIDs)
		queries = append(queries, url.Values{param: {joined(keys[:n])}})
		keys = keys[n:]
	}
	return p.fillLists(ctx, tenant, l.To, queries)
}

// fillVia fills the table in between for the keys, then the rows that it names.
func (p *Provider) fillVia(ctx context.Context, tenant domain.TenantID, l *domain.Link, keys []any) error {
	if whole, err := p.complete(ctx, tenant, l.Via.Kind, l.To); err != nil || whole {
		return err
	}
	toVia := &domain.Link{From: l.From, FromColumn: l.FromColumn, To: l.Via.Kind, ToColumn: l.Via.FromColumn}
	if err := p.fillLinked(ctx, tenant, toVia, keys); err != nil {
		return err
	}
	between, err := p.mirror.Linked(ctx, tenant, toVia, keys, domain.Query{})
	if err != nil {
		return err
	}
	fromVia := &domain.Link{From: l.Via.Kind, FromColumn: l.Via.ToColumn, To: l.To, ToColumn: "st_id"}
	var ids []int64
	for _, rows := range between {
		for _, row := range rows {
			for _, key := range fromVia.Keys(row) {
				ids = append(ids, key.(int64)) // fromVia leads to ids
			}
		}
	}
	return p.fillIDs(ctx, tenant, l.To, ids)
}

// complete tells whether all the kinds are mirrored whole.
func (p *Provider) complete(ctx context.Context, tenant domain.TenantID, kinds ...*domain.Kind) (bool, error) {
	for _, k := range kinds {
		if st, err := p.states.of(ctx, tenant, k); err != nil || !st.Complete() {
			return false, err
		}
	}
	return true, nil
}

// fillIDs makes sure that rows with the given ids are mirrored where ServiceTitan knows them.
func (p *Provider) fillIDs(ctx context.Context, tenant domain.TenantID, k *domain.Kind, ids []int64) error {
	_, err := p.ByIDs(ctx, tenant, k, ids)
	return err
}

// fillLists crawls lists that this process has not just crawled, unless the whole kind is mirrored already. It waits
// no longer than the reader's patience.
func (p *Provider) fillLists(ctx context.Context, tenant domain.TenantID, k *domain.Kind, queries []url.Values) error {
	if whole, err := p.complete(ctx, tenant, k); err != nil || whole {
		return err
	}
	narrowed := func(q url.Values) bool { return len(q) > 0 }
	if p.cfg.OnCold != nil && slices.ContainsFunc(queries, narrowed) { // a list that nothing narrows becomes a whole copy here
		p.cfg.OnCold(ctx, tenant, k)
	}
	var keys []flightKey
	byKey := map[flightKey]url.Values{}
	for _, q := range queries {
		key := flightKey{tenant: tenant, kind: k, what: nameOf(q)}
		if !p.absent.has(key) {
			keys, byKey[key] = append(keys, key), q
		}
	}
	return p.share(ctx, keys, func(ctx context.Context, mine []flightKey) {
		for _, key := range mine {
			err := p.crawl(ctx, tenant, k, byKey[key])
			if err == nil {
				p.absent.note(key)
			}
			p.flights.land([]flightKey{key}, err)
		}
	})
}

// share waits for the flights of all keys, no longer than a reader's patience. Those that nobody has started yet are
// given to start, which must land them.
func (p *Provider) share(ctx context.Context, keys []flightKey, start func(ctx context.Context, mine []flightKey)) error {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Patience)
	defer cancel()
	mine, all := p.flights.claim(keys)
	if len(mine) > 0 {
		p.background(ctx, func(ctx context.Context) { start(ctx, mine) })
	}
	return wait(ctx, all)
}

// nameOf names a list in few bytes, however long its query.
func nameOf(q url.Values) string {
	sum := sha256.Sum256([]byte(q.Encode()))
	return string(sum[:])
}

// background runs work that outlives its reader: what it brings is stored for the next one.
func (p *Provider) background(ctx context.Context, work func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	p.work.Go(func() {
		defer cancel()
		done := make(chan struct{})
		defer close(done)
		go func() { // ends with the work
			select {
			case <-p.stopping:
				cancel()
			case <-done:
			}
		}()
		work(ctx)
	})
}

// pushDown turns conditions into the list's own parameters. The list of a tree applies them to the roots alone, which
// would lose the branches for which they hold, so it gets none.
func pushDown(k *domain.Kind, where []domain.Condition) url.Values {
	q := url.Values{}
	if k.API.Tree != "" {
		return q
	}
	for _, c := range where {
		param, list, ok := k.API.Param(c.Column)
		if c.Via != nil || !ok && c.Op != domain.OpRange {
			continue
		}
		switch c.Op {
		case domain.OpRange:
			pushRange(q, k, c)
		case domain.OpIn:
			if vs := words(c.Value); len(vs) == 1 || list && len(vs) <= domain.MaxIDs {
				q.Set(param, strings.Join(vs, ","))
			}
		default: // the API has no parameter of that sort: more is fetched
		}
	}
	return q
}

// pushRange asks for a span of time. Created and modified ranges are spelt alike nearly everywhere.
func pushRange(q url.Values, k *domain.Kind, c domain.Condition) {
	names := map[string]string{"created_on": "createdOnOrAfter/createdBefore", "modified_on": "modifiedOnOrAfter/modifiedBefore"}[c.Column]
	if own, _, ok := k.API.Param(c.Column); ok {
		names = own
	}
	from, to, ok := strings.Cut(names, "/")
	if !ok {
		return
	}
	r := c.Value.(domain.TimeRange)
	if r.GTE != nil {
		start := *r.GTE
		if !strings.HasSuffix(from, "OnOrAfter") {
			start = start.Add(-time.Second) // "soldAfter" may exclude its bound: no document says
		}
		q.Set(from, start.UTC().Format(time.RFC3339Nano))
	}
	if r.LT != nil {
		q.Set(to, r.LT.UTC().Format(time.RFC3339Nano))
	}
}

// idsWanted finds the ids of a filter that names rows one by one, of a kind whose rows can be fetched so.
func idsWanted(k *domain.Kind, where []domain.Condition) ([]int64, bool) {
	for _, c := range where {
		if c.Column == "st_id" && c.Op == domain.OpIn && c.Via == nil && k.API.IDs {
			return c.Value.([]int64), true
		}
	}
	return nil, false
}

func words(value any) []string {
	switch v := value.(type) {
	case []string:
		return v
	case []int64:
		out := make([]string, len(v))
		for i, n := range v {
			out[i] = strconv.FormatInt(n, 10)
		}
		return out
	}
	return nil
}

func joined(keys []any) string {
	var b strings.Builder
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		switch k := k.(type) {
		case int64:
			b.WriteString(strconv.FormatInt(k, 10))
		case string:
			b.WriteString(k)
		}
	}
	return b.String()
}

// outage tells errors after which the mirror answers as it is from those that the reader must see.
func outage(err error) bool {
	return errors.Is(err, domain.ErrUnavailable) || errors.Is(err, domain.ErrRateLimited) || errors.Is(err, domain.ErrUnauthorized)
}
