package store

import (
	"strconv"

	"lazilabs.com/lazi/internal/domain"
)

// order returns the column that a query orders by and whether the scan runs from the largest to the smallest.
// Reading a page backward turns the scan round.
func order(k *domain.Kind, q domain.Query) (domain.Column, bool) {
	name := q.Order
	if name == "" {
		name = k.DefaultOrder
	}
	c, _ := k.Column(name)
	return c, q.Desc != q.Backward
}

// nullsFollow tells whether rows without a value in the order column stand behind a position, which after leaves out.
func nullsFollow(col domain.Column, desc bool, p *domain.Position) bool {
	return p != nil && p.Value != nil && col.Nullable() && !desc
}

// after writes the keyset condition: the rows behind a position that has a value, but for those without one, or the
// rows behind a position that has none. NULLs stand at the end of an ascending list, as Postgres and its indexes have
// them.
func (s *statement) after(col domain.Column, desc bool, p *domain.Position) {
	if p == nil {
		return
	}
	c, sign := "t."+col.Name, " > "
	if desc {
		sign = " < "
	}
	if p.Value == nil {
		s.write(" AND ("+c+" IS NULL AND t.st_id"+sign+"?", p.ID)
		if desc {
			s.write(" OR " + c + " IS NOT NULL")
		}
		s.write(")")
		return
	}
	s.write(" AND ("+c+", t.st_id)"+sign+"(?::"+pgType(col.Type)+", ?)", *p.Value, p.ID)
}

// afterWithNulls is after with the rows that have no value: for the short lists of one parent each.
func (s *statement) afterWithNulls(col domain.Column, desc bool, p *domain.Position) {
	if !nullsFollow(col, desc, p) {
		s.after(col, desc, p)
		return
	}
	s.write(" AND (t." + col.Name + " IS NULL OR true")
	s.after(col, desc, p)
	s.write(")")
}

// orderBy writes the order of rows called t, with the id as its tail.
func (s *statement) orderBy(col domain.Column, desc bool) {
	dir := ""
	if desc {
		dir = " DESC"
	}
	if col.Name != "st_id" {
		s.write("t." + col.Name + dir + ", ")
	}
	s.write("t.st_id" + dir)
}

// limit writes the size of a page; 0 means all rows.
func (s *statement) limit(n int) {
	if n > 0 {
		s.write(" LIMIT " + strconv.Itoa(n))
	}
}
