package reads

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// plan is a compiled operation: what is asked for, level by level, and how the answer is written. It is never changed
// after it is made, so that requests share it.
type plan struct {
	roots []root
	// fetches, places, pages and made are how many there are of each: runs keep their state by number.
	fetches, places, pages, made int
	// currency tells that the answer shows amounts with their currency.
	currency bool
}

// fetch is one question of a plan. It is asked once for all rows of the level above.
type fetch struct {
	number int
	kind   *domain.Kind
	// byID asks for rows that the level above names by id; link for those that it is linked to. A root has neither.
	byID bool
	link *domain.Link
	// page says which rows of a list are wanted; nil for all.
	page *page
	// count asks for numbers instead of rows.
	count bool
	// columns are what the answer shows of a row, and what the levels below are found by.
	columns []table.Column
	// ends tells that it is shown whether more rows follow a page, which takes one row more to find out.
	ends bool
	// cursors tells that places in the list are shown, which takes the column that it is ordered by.
	cursors bool
	// keys say where rows of the level above hold the keys.
	keys []*key
	// next are asked when the rows of this one are known, or along with it, and beside are the values that are made then.
	next   []*fetch
	beside []*made
}

// key is a column of the level above that holds keys.
type key struct {
	number int
	column int
	names  bool // texts, not ids
	array  bool
}

// column returns the position of a column among those asked for.
func (f *fetch) column(c domain.Column) int { return f.value(table.Column{Column: c}) }

// value is column for any value of a row.
func (f *fetch) value(c table.Column) int {
	for i, known := range f.columns {
		if known.Name == c.Name && known.Member == c.Member && known.Presence == c.Presence {
			return i
		}
	}
	f.columns = append(f.columns, c)
	return len(f.columns) - 1
}

// named is column for one that the kind's description names.
func (f *fetch) named(name string) int {
	c, _ := f.kind.Column(name)
	return f.column(c)
}

// newFetch adds a question to the plan.
func (p *plan) newFetch(f fetch) *fetch {
	f.number = p.fetches
	p.fetches++
	f.named("st_id") // always first
	return &f
}

// follow returns the fetch that follows a link from the rows of another, and the key that leads to its rows. Rows named
// by id are fetched together for all columns that name rows of their kind, and rows of the same list once, whatever
// aliases ask for them.
func (p *plan) follow(from *fetch, l *domain.Link, at *page, count bool) (*fetch, *key) {
	f := from.existing(l, at, count)
	if f == nil {
		f = p.newFetch(fetch{kind: l.To, link: l, page: at, count: count})
		if l.ByID() {
			f.byID, f.link = true, nil
		}
		from.next = append(from.next, f)
	}
	column := from.named(l.FromColumn)
	if i := slices.IndexFunc(f.keys, func(k *key) bool { return k.column == column }); i >= 0 {
		return f, f.keys[i]
	}
	c := from.columns[column]
	k := &key{number: p.places, column: column, array: c.Array(), names: isName(c.Column)}
	p.places++
	f.keys = append(f.keys, k)
	return f, k
}

func (f *fetch) existing(l *domain.Link, at *page, count bool) *fetch {
	for _, n := range f.next {
		if l.ByID() {
			if n.byID && n.kind == l.To {
				return n
			}
		} else if n.link == l && n.count == count && n.page.same(at) {
			return n
		}
	}
	return nil
}

// collected is a field of the document with all its selections.
type collected = graphql.CollectedField
