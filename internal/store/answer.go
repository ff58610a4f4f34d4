package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// Answer answers several questions in one round trip, each by one statement: those of one level of a compiled read, and what is below
// them. Only the columns that are asked for are read, and their bytes are kept as they come.
func (s *Store) Answer(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) error {
	defer s.answering.Add(-1)
	if s.answering.Add(1) > s.crowd {
		for _, a := range asks {
			a.Below = a.Below[:0]
		}
	}
	statements, err := s.written(tenant, asks)
	if err != nil {
		return err
	}
	return s.convoys.answer(ctx, tenant, statements, asks)
}

// callersAConnection is how many callers for each connection make a crowd. In one, questions go level by level: those of several callers
// that are the same but for their keys then share statements (convoys), which saves more than what goes along.
const callersAConnection = 8

// written makes questions ready for their answers and writes their statements.
func (s *Store) written(tenant domain.TenantID, asks []*table.Ask) ([]*statement, error) {
	statements := make([]*statement, len(asks))
	for i, a := range asks {
		a.Reset()
		if tailed(a) {
			a.Below = a.Below[:0]
		}
		statements[i] = about(tenant)
		if err := statements[i].tree(a); err != nil {
			return nil, fmt.Errorf("store: %s: %w", subject(a), err)
		}
	}
	return statements, nil
}

// send sends statements and reads their answers.
func (s *Store) send(ctx context.Context, tenant domain.TenantID, statements []*statement, asks []*table.Ask) error {
	if err := s.pipelines.answer(ctx, tenant, statements, asks); err != nil {
		return err
	}
	return s.tails(ctx, tenant, asks)
}

// alone sends statements over a connection of their own and reads their answers.
func (s *Store) alone(ctx context.Context, tenant domain.TenantID, statements []*statement, asks []*table.Ask) error {
	if len(asks) == 1 {
		rows, err := s.read(ctx, tenant, statements[0].text.String(), statements[0].args...)
		if err == nil {
			err = statements[0].take(rows, asks[0])
		}
		if err != nil {
			return fmt.Errorf("store: %s: %w", subject(asks[0]), clean(err))
		}
		return nil
	}
	results, err := s.pipe(ctx, tenant, statements)
	if err != nil {
		return err
	}
	if err := takeAll(results, statements, asks); err != nil {
		_ = results.Close() // it repeats the error
		return err
	}
	if err := results.Close(); err != nil {
		return fmt.Errorf("store: read together: %w", clean(err))
	}
	return nil
}

// usualStatement is how long the text of a statement usually is at most, in bytes.
const usualStatement = 512

// pipe sends statements in a pipeline.
func (s *Store) pipe(ctx context.Context, tenant domain.TenantID, statements []*statement) (pgx.BatchResults, error) {
	batch := make([]sent, len(statements))
	for i := range statements {
		batch[i] = s.ready(statements[i].text.String(), statements[i].args)
	}
	conn, err := s.showing(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("store: read together: %w", clean(err))
	}
	results, err := conn.send(ctx, batch...)
	if err != nil {
		return nil, fmt.Errorf("store: read together: %w", clean(err))
	}
	return results, nil
}

// takeAll reads the answers to questions whose statements are next in a pipeline.
func takeAll(results pgx.BatchResults, statements []*statement, asks []*table.Ask) error {
	for i, a := range asks {
		rows, err := results.Query()
		if err == nil {
			err = statements[i].take(rows, a)
		}
		if err != nil {
			return fmt.Errorf("store: %s: %w", subject(a), clean(err))
		}
	}
	return nil
}

// tails adds to lists the rows without a value in the order column, which stand last. Asked for in one statement with an
// OR, they would cost the index.
func (s *Store) tails(ctx context.Context, tenant domain.TenantID, asks []*table.Ask) error {
	for _, a := range asks {
		q := a.Query
		left := q.Limit - a.Answer.Len()
		if !tailed(a) || q.Limit > 0 && left <= 0 {
			continue
		}
		q.After, q.Limit = &domain.Position{}, max(left, 0)
		st := about(tenant)
		err := st.ask(a, q, keysOf(a))
		if err != nil {
			return fmt.Errorf("store: %s: %w", subject(a), err)
		}
		rows, err := s.read(ctx, tenant, st.text.String(), st.args...)
		if err == nil {
			err = st.take(rows, a)
		}
		if err != nil {
			return fmt.Errorf("store: %s: %w", subject(a), clean(err))
		}
	}
	return nil
}

// tailed tells that rows without a value may follow those of a list.
func tailed(a *table.Ask) bool {
	col, desc := order(a.Kind, a.Query)
	return !a.ByID && a.Link == nil && !a.Count && nullsFollow(col, desc, a.Query.After)
}

// ask writes the statement that answers a question with the given query and keys.
func (s *statement) ask(a *table.Ask, q domain.Query, keys any) error {
	switch {
	case a.ByID:
		s.byIDs(a.Kind, keys, selection(a.Columns))
		return nil
	case a.Link != nil && a.Count:
		return s.countLinked(a.Link, keys, q)
	case a.Link != nil:
		return s.linked(a.Link, keys, q, selection(a.Columns))
	case a.Count:
		return s.count(a.Kind, q)
	}
	return s.list(a.Kind, q, selection(a.Columns))
}

// keysOf are the keys of a question that is asked by itself.
func keysOf(a *table.Ask) any {
	if len(a.Keys.Names) > 0 {
		return a.Keys.Names
	}
	return a.Keys.IDs
}

// selection writes a select list.
func selection(columns []table.Column) string {
	var b strings.Builder
	b.Grow(24 * len(columns))
	add := func(pieces ...string) {
		for _, p := range pieces {
			b.WriteString(p)
		}
	}
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		switch {
		case c.Presence:
			add("nullif(t.", c.Name, " IS NOT NULL, false)")
		case c.Member != "":
			add("t.", c.Name, "->>'", c.Member, "'") // a name from the description
		default:
			add("t.", c.Name, cast(c.Column))
		}
	}
	return b.String()
}

// take reads the answer to a question, and to those below it, to its end. Where a link was followed, the first column marks the row's key.
func (s *statement) take(rows pgx.Rows, a *table.Ask) error {
	defer rows.Close()
	if err := checkForms(rows); err != nil {
		return err
	}
	if len(s.branches) > 0 {
		return s.takeTree(rows)
	}
	for rows.Next() {
		if !add(a, rows.RawValues()) {
			return errTooMuch
		}
	}
	return rows.Err()
}

// add adds a row to an answer. It is false when the answer is full.
func add(a *table.Ask, values [][]byte) bool {
	out, key := &a.Answer, int64(0)
	if a.Link != nil {
		key, values = table.Int(values[0]), values[1:]
	}
	if a.Count {
		out.AddCount(key, table.Int(values[0]))
		return true
	}
	if last := out.Len() - 1; a.Link != nil && last >= 0 && out.Key(last) == key && out.ID(last) == table.Int(values[0]) {
		return true // a row that is linked twice, see joinsAll
	}
	return out.Add(key, values)
}

// errTooMuch means that an answer is larger than a plan can hold. Such a question cannot be meant.
var errTooMuch = errors.New("the answer is larger than 2 GB")

// checkForms refuses values that did not come in the form that package table reads: JSON as text, all else binary.
func checkForms(rows pgx.Rows) error {
	for _, f := range rows.FieldDescriptions() {
		switch f.DataTypeOID {
		case pgtype.TextOID, pgtype.VarcharOID: // both forms are the same
		case pgtype.JSONBOID:
			if f.Format != pgx.TextFormatCode {
				return fmt.Errorf("column %s comes in binary form", f.Name)
			}
		default:
			if f.Format != pgx.BinaryFormatCode {
				return fmt.Errorf("column %s comes in text form", f.Name)
			}
		}
	}
	return nil
}

// subject names what is asked for in errors.
func subject(a *table.Ask) string {
	if a.Link != nil {
		return fmt.Sprintf("%s (%d keys)", a.Link.Name(), a.Keys.Len())
	}
	return a.Kind.Plural()
}
