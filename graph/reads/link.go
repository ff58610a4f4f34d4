package reads

import (
	"strconv"

	"lazilabs.com/lazi/internal/table"
)

// rowsOf finds, for a row of the level above, the rows of a fetch that its keys led to.
type rowsOf struct{ fetch, key int }

// in returns the rows and the chains in which those of each key stand.
func (l rowsOf) in(r *run) (*table.Rows, *chains) {
	return &r.asks[l.fetch].Answer, &r.chains[l.fetch]
}

// one shows the row that a link leads to.
type one struct {
	rowsOf
	object   *object
	required bool
}

func (l one) write(b []byte, s spot) []byte {
	rows, chains := l.in(s.run)
	for _, key := range s.run.keysOf(l.key, s.row) {
		if row := chains.first[key]; row >= 0 {
			return l.object.write(b, spot{run: s.run, rows: rows, row: int(row)})
		}
	}
	return s.run.null(b, l.required)
}

// all shows all rows that a link leads to, in the order of the column that lists their ids, or else in the list's.
type all struct {
	rowsOf
	object *object
}

func (l *all) write(b []byte, s spot) []byte {
	rows, chains := l.in(s.run)
	b = append(b, '[')
	empty := true
	for _, key := range s.run.keysOf(l.key, s.row) {
		for row := chains.first[key]; row >= 0; row = chains.next[row] {
			if !empty {
				b = append(b, ',')
			}
			empty = false
			b = l.object.write(b, spot{run: s.run, rows: rows, row: int(row)})
		}
	}
	return append(b, ']')
}

// pageOf shows a page of the rows that a link leads to, or of the rows of a kind.
type pageOf struct {
	page         int
	rows, counts rowsOf
	object       *object
}

func (p *pageOf) write(b []byte, s spot) []byte {
	key := noKey // such as a team without a name, which has no technicians
	if keys := s.run.keysOf(p.rows.key, s.row); len(keys) > 0 {
		key = int(keys[0])
	}
	return p.object.write(b, spot{run: s.run, page: p, key: key})
}

// noKey stands for the key of a row that has none.
const noKey = -1

// nodes shows the rows of a page.
type nodes struct{ object *object }

func (n *nodes) write(b []byte, s spot) []byte {
	rows, chains := s.page.rows.in(s.run)
	b = append(b, '[')
	if s.key != noKey {
		for row := chains.first[s.key]; row >= 0; row = chains.next[row] {
			if row != chains.first[s.key] {
				b = append(b, ',')
			}
			b = n.object.write(b, spot{run: s.run, rows: rows, row: int(row)})
		}
	}
	return append(b, ']')
}

// totalCount shows how many rows the whole list has.
type totalCount struct{}

func (totalCount) write(b []byte, s spot) []byte {
	if s.key == noKey {
		return append(b, '0')
	}
	return strconv.AppendInt(b, s.run.chains[s.page.counts.fetch].counts[s.key], 10)
}

// pageEnd shows whether rows stand behind or before a page.
type pageEnd struct{ next bool }

func (e pageEnd) write(b []byte, s spot) []byte {
	_, chains := s.page.rows.in(s.run)
	next, previous := s.run.pages[s.page.page].Ends(s.key != noKey && chains.more[s.key])
	if e.next {
		return strconv.AppendBool(b, next)
	}
	return strconv.AppendBool(b, previous)
}

// pageCursor shows the cursor of a page's first or last row.
type pageCursor struct{ end bool }

func (c pageCursor) write(b []byte, s spot) []byte {
	rows, chains := s.page.rows.in(s.run)
	if s.key == noKey || chains.first[s.key] < 0 {
		return append(b, "null"...)
	}
	row := chains.first[s.key]
	if c.end {
		row = chains.last[s.key]
	}
	return s.run.appendCursor(b, s.page.rows.fetch, s.page.page, rows, int(row))
}

// cursor shows a row's place in its list.
type cursor struct{ fetch, page int }

func (c cursor) write(b []byte, s spot) []byte {
	return s.run.appendCursor(b, c.fetch, c.page, s.rows, s.row)
}
