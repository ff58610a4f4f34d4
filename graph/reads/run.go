package reads

import (
	"context"
	"reflect"
	"slices"
	"time"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
	"lazilabs.com/lazi/internal/table"
)

// run is one operation under way. Its memory is used again by later ones.
type run struct {
	sources   loaders.Sources
	plan      *plan
	variables map[string]any
	tenant    domain.TenantID
	now       time.Time
	currency  string
	err       error

	asks   []table.Ask                    // by fetch
	chains []chains                       // by fetch
	places []places                       // by key
	pages  []*paging.Plan                 // by page
	named  []named                        // by root
	made   []func(id int64) reflect.Value // by made field
	level  []*fetch
	next   []*fetch
	batch  []*table.Ask
}

// maxKept is the largest memory that is kept for later operations, in bytes: what the usual ones need, and no more, for as many
// keep it as there are connections, and the collector lets twice that pass.
const maxKept = 64 << 10

func (r *run) begin(sources loaders.Sources, p *plan, variables map[string]any, tenant domain.TenantID, now time.Time) {
	r.sources, r.plan, r.variables, r.tenant, r.now = sources, p, variables, tenant, now
	r.asks, r.chains = resize(r.asks, p.fetches), resize(r.chains, p.fetches)
	r.places, r.pages, r.named = resize(r.places, p.places), resize(r.pages, p.pages), resize(r.named, len(p.roots))
	r.made = resize(r.made, p.made)
	for i := range r.asks { // nothing of an earlier operation, which may be another tenant's, can be reached
		r.asks[i].Below = r.asks[i].Below[:0]
		r.asks[i].Reset()
		r.chains[i].reset()
		r.asks[i].Keys.Reset()
	}
}

// end lets go of what belongs to the operation, and of memory that only the largest need.
func (r *run) end() {
	r.sources, r.plan, r.variables, r.currency, r.err = nil, nil, nil, "", nil
	clear(r.pages)
	clear(r.made)
	clear(r.level[:cap(r.level)])
	clear(r.next[:cap(r.next)])
	clear(r.batch[:cap(r.batch)])
	kept := 0
	for i := range r.asks[:cap(r.asks)] {
		a := &r.asks[:cap(r.asks)][i]
		clear(a.Below[:cap(a.Below)])
		kept += a.Answer.Size()
	}
	if kept > maxKept {
		*r = run{}
	}
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return append(s[:cap(s)], make([]T, n-cap(s))...)
	}
	return s[:n]
}

// answer asks for everything, level by level, and writes the answer behind b.
func (r *run) answer(ctx context.Context, b []byte) ([]byte, error) {
	if r.plan.currency {
		t, err := r.sources.Tenant(ctx, r.tenant)
		if err != nil {
			return nil, err
		}
		r.currency = t.Currency
	}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	b = append(b, '{')
	for i, root := range r.plan.roots {
		if i > 0 {
			b = append(b, ',')
		}
		b = root.value.write(append(b, root.name...), spot{run: r, row: i})
	}
	return append(b, '}'), r.err
}

// read asks for one level after the other, but for what comes along.
func (r *run) read(ctx context.Context) error {
	r.level = r.level[:0]
	for i, root := range r.plan.roots {
		if err := root.value.begin(ctx, r, i); err != nil {
			return err
		}
	}
	for len(r.level) > 0 {
		if err := r.ask(ctx); err != nil {
			return err
		}
		r.next = r.next[:0]
		for _, f := range r.level {
			r.chain(f)
			if err := r.makeBeside(ctx, f); err != nil {
				return err
			}
			for _, below := range f.next {
				if err := r.want(below, f); err != nil {
					return err
				}
			}
		}
		r.level, r.next = r.next, r.level
	}
	return nil
}

// want adds a fetch to the next level, unless no row of the level above names anything. Rows by id that have not all come along are
// asked for by themselves: who has the mirror may know where else to look.
func (r *run) want(f, above *fetch) error {
	a := &r.asks[f.number]
	if !a.Along {
		if err := r.prepare(f); err != nil {
			return err
		}
	}
	r.gather(f, above)
	if a.Keys.Len() == 0 {
		return nil
	}
	if a.Along && f.byID && r.lacks(f) {
		a.Reset()
		a.Below = a.Below[:0]
	}
	r.next = append(r.next, f)
	return nil
}

// lacks tells whether rows are missing that the keys of a fetch name.
func (r *run) lacks(f *fetch) bool {
	a, missing := &r.asks[f.number], r.asks[f.number].Keys.Len()
	for row := range a.Answer.Len() {
		if _, known := r.place(f, row); known {
			missing--
		}
	}
	return missing > 0
}

// prepare fills in the question of a fetch, but for its keys, of which there are none yet.
func (r *run) prepare(f *fetch) error {
	a := &r.asks[f.number]
	*a = table.Ask{
		Kind: f.kind, ByID: f.byID, Link: f.link, Count: f.count, Columns: f.columns, Keys: a.Keys, Answer: a.Answer,
		Below: a.Below[:0], KeyColumns: a.KeyColumns[:0],
	}
	a.Reset()
	r.chains[f.number].reset()
	if f.page == nil {
		return nil
	}
	request, err := f.page.request(r.variables)
	if err != nil {
		return err
	}
	r.pages[f.page.number], a.Query = request, request.Query
	if !f.ends {
		a.Query.Limit = request.Size()
	}
	if f.cursors {
		order, _ := f.kind.Column(request.Query.Order)
		a.Columns = slices.Concat(f.columns, []table.Column{{Column: order}})
	}
	return nil
}

// ask puts the questions of a level that have not been answered along with those above, together to each provider.
func (r *run) ask(ctx context.Context) error {
	var others []*fetch
	for level := r.level; len(level) > 0; level = others {
		var who providers.Answerer
		r.batch, others = r.batch[:0], nil
		for _, f := range level {
			if r.asks[f.number].Along {
				continue
			}
			answerer, err := r.sources.Answerer(ctx, r.tenant, f.kind.Domain)
			if err != nil {
				return err
			}
			if who == nil {
				who = answerer
			}
			if answerer != who {
				others = append(others, f)
				continue
			}
			r.batch = append(r.batch, &r.asks[f.number])
			if begins(&r.asks[f.number]) {
				if _, err := r.along(ctx, f, who, r.asks[f.number].Keys.Len(), maxTree-1); err != nil {
					return err
				}
			}
		}
		if len(r.batch) == 0 {
			continue
		}
		if err := who.Answer(ctx, r.tenant, r.batch); err != nil {
			return err
		}
	}
	return nil
}

// fail ends the run: resolvers answer.
func (r *run) fail(b []byte, err error) []byte {
	r.err = err
	return b
}

// null writes null, which ends the run where the schema forbids it.
func (r *run) null(b []byte, required bool) []byte {
	if required {
		r.err = errNull
	}
	return append(b, "null"...)
}

// appendCursor writes the cursor of a row in the list of a page.
func (r *run) appendCursor(b []byte, f, page int, rows *table.Rows, row int) []byte {
	at := domain.Position{ID: rows.ID(row)}
	columns := r.asks[f].Columns
	if v := rows.Value(row, len(columns)-1); v != nil {
		at.Value = new(positionText(columns[len(columns)-1].Column, v))
	}
	b = r.pages[page].AppendCursor(append(b, '"'), at)
	return append(b, '"')
}
