package store

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/table"
)

// A question and those below it are one statement, which saves a round trip for each level. Each is a subquery that finds its keys in
// the one above. Their rows come one question after the other, in columns that all share, by type:
//
//	WITH a0(mark, c0, c1) AS (…), a1(mark, c0, c1) AS (… ARRAY(SELECT c0 FROM a0) …)
//	SELECT 0, mark, c0, c1, NULL::boolean FROM a0 UNION ALL SELECT 1, mark, c0, NULL::text, c1 FROM a1
//
// Postgres plans each as if it stood alone, since it expects the same of every array of keys.

// branch is a question of a tree.
type branch struct {
	ask *table.Ask
	at  []int // where its columns stand among those that all share
}

// tree writes the statement that answers a question and those below it.
func (s *statement) tree(a *table.Ask) error {
	if len(a.Below) == 0 {
		s.text.Grow(usualStatement)
		return s.ask(a, a.Query, keysOf(a))
	}
	s.text.Grow(usualStatement * (2 + len(a.Below)))
	s.write("WITH ")
	if err := s.subquery(a, keysOf(a)); err != nil {
		return err
	}
	shared := s.share()
	for n, b := range s.branches {
		if n > 0 {
			s.write(" UNION ALL")
		}
		s.add(" SELECT ", strconv.Itoa(n), ", ", b.mark())
		columns := slices.Clone(shared)
		for i, at := range b.at {
			columns[at] = "c" + strconv.Itoa(i)
		}
		for _, c := range columns {
			s.add(", ", c)
		}
		s.add(" FROM a", strconv.Itoa(n))
	}
	return nil
}

// subquery writes those of a question and of all below it.
func (s *statement) subquery(a *table.Ask, keys any) error {
	n := len(s.branches)
	s.branches = append(s.branches, branch{ask: a})
	if n > 0 {
		s.write(", ")
	}
	s.add("a", strconv.Itoa(n), "(")
	if a.Link != nil {
		s.write("mark, ")
	}
	for i := range a.Columns {
		if i > 0 {
			s.write(", ")
		}
		s.add("c", strconv.Itoa(i))
	}
	s.write(") AS (")
	if err := s.ask(a, a.Query, keys); err != nil {
		return err
	}
	s.write(")")
	for _, b := range a.Below {
		if err := s.subquery(b, keysAbove(a, n, b)); err != nil {
			return err
		}
	}
	return nil
}

// keysSQL is an array of keys that stand in the subquery above.
type keysSQL string

// keysAbove returns the keys of question b in the subquery of the n-th, a, which is above it. Where a key that comes twice would bring
// its rows twice, it is taken once.
func keysAbove(a *table.Ask, n int, b *table.Ask) keysSQL {
	each := "SELECT "
	if b.Link != nil && !joinsAll(b.Link, b.Query) && (b.KeyColumns[0] != 0 || repeats(a)) {
		each = "SELECT DISTINCT "
	}
	columns := make([]string, len(b.KeyColumns))
	for i, c := range b.KeyColumns {
		column := "c" + strconv.Itoa(c)
		if a.Columns[c].Array() {
			column = "unnest(" + column + ")"
		}
		columns[i] = each + column + " FROM a" + strconv.Itoa(n)
		if c != 0 {
			columns[i] += " WHERE c" + strconv.Itoa(c) + " IS NOT NULL"
		}
	}
	return keysSQL("ARRAY(" + strings.Join(columns, " UNION ALL ") + ")")
}

// repeats tells that a row may come for several keys of a question.
func repeats(a *table.Ask) bool {
	if a.Link == nil {
		return false
	}
	to, _ := a.Link.To.Column(a.Link.ToColumn)
	return a.Link.Via != nil || to.Array()
}

// mark is the column that marks a row's key.
func (b branch) mark() string {
	if b.ask.Link == nil {
		return "NULL::bigint"
	}
	return "mark"
}

// share lays the questions' columns out among as few as serve for all, by type. It returns what stands in them where a question
// has none.
func (s *statement) share() (shared []string) {
	for n := range s.branches {
		b := &s.branches[n]
		free := slices.Clone(shared)
		for _, c := range b.ask.Columns {
			none := "NULL::" + shownType(c)
			at := slices.Index(free, none)
			if at < 0 {
				at = len(shared)
				shared, free = append(shared, none), append(free, "")
			}
			free[at] = ""
			b.at = append(b.at, at)
		}
	}
	return shared
}

// takeTree reads the answers to all questions of a tree.
func (s *statement) takeTree(rows pgx.Rows) error {
	var values [][]byte
	for rows.Next() {
		row := rows.RawValues()
		b := s.branches[binary.BigEndian.Uint32(row[0])]
		values = values[:0]
		if b.ask.Link != nil {
			values = append(values, row[1])
		}
		for _, at := range b.at {
			values = append(values, row[2+at])
		}
		if !add(b.ask, values) {
			return errTooMuch
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, b := range s.branches[1:] {
		b.ask.Along = true
	}
	return nil
}
