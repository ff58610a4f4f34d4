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

// after writes the keyset condition: the rows behind a position. NULLs stand at the end of an ascending list, as
// Postgres and its indexes have them.
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
	s.write(" AND (("+c+", t.st_id)"+sign+"(?::"+pgType(col.Type)+", ?)", *p.Value, p.ID)
	if col.Nullable() && !desc {
		s.write(" OR " + c + " IS NULL")
	}
	s.write(")")
}

// orderBy writes the order of rows called alias, with the id as its tail.
func (s *statement) orderBy(alias string, col domain.Column, desc bool) {
	dir := ""
	if desc {
		dir = " DESC"
	}
	if col.Name != "st_id" {
		s.write(alias + "." + col.Name + dir + ", ")
	}
	s.write(alias + ".st_id" + dir)
}

// limit writes the size of a page; 0 means all rows.
func (s *statement) limit(n int) {
	if n > 0 {
		s.write(" LIMIT " + strconv.Itoa(n))
	}
}
