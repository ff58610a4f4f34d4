package store

import (
	"fmt"
	"strings"

	"lazilabs.com/lazi/internal/domain"
)

// where writes the conditions that every read has and those of the query, for rows called t.
func (s *statement) where(k *domain.Kind, conditions []domain.Condition) error {
	s.write("t.tenant_id = " + tenantArg + " AND t.deleted_at IS NULL")
	for _, c := range conditions {
		s.write(" AND ")
		if err := s.condition(k, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *statement) condition(k *domain.Kind, c domain.Condition) error {
	if c.Via == nil {
		return s.test(k, "t."+c.Column, c)
	}
	if c.Op == domain.OpNone && c.Value == true {
		s.write("NOT ")
	}
	s.write("EXISTS (SELECT FROM raw." + c.Via.Kind.Table + " v WHERE v.tenant_id = " + tenantArg +
		" AND v.deleted_at IS NULL AND v.active AND v." + c.Via.FromColumn + " = t.st_id")
	if c.Op != domain.OpNone {
		s.write(" AND ")
		if err := s.test(c.Via.Kind, "v."+c.Column, c); err != nil {
			return err
		}
	}
	s.write(")")
	return nil
}

func (s *statement) test(k *domain.Kind, column string, c domain.Condition) error {
	switch c.Op {
	case domain.OpIn:
		if col, ok := k.Column(c.Column); ok && col.Array() {
			s.write(column+" && ?", c.Value)
		} else {
			s.write(column+" = ANY(?)", c.Value)
		}
	case domain.OpIs:
		s.write(column+" = ?", c.Value)
	case domain.OpMatches:
		s.write(column+" ILIKE ?", "%"+likeEscaper.Replace(c.Value.(string))+"%")
	case domain.OpOverlaps:
		r := c.Value.(domain.TimeRange)
		s.write(column+" && tstzrange(?, ?)", r.GTE, r.LT)
	case domain.OpRange:
		s.between(column, c.Value.(domain.TimeRange))
	case domain.OpPositive:
		s.either(c.Value, column+" > 0")
	case domain.OpNull:
		s.either(c.Value, column+" IS NULL")
	default:
		return fmt.Errorf("store: %s has no test %q", k.Name, c.Op)
	}
	return nil
}

// either writes a test or its opposite. The test's own words stand there, so that a partial index can serve it.
func (s *statement) either(yes any, test string) {
	if yes == true {
		s.write(test)
		return
	}
	s.write("(" + test + ") IS NOT TRUE")
}

func (s *statement) between(column string, r domain.TimeRange) {
	s.write("true")
	if r.GTE != nil {
		s.write(" AND "+column+" >= ?", *r.GTE)
	}
	if r.LT != nil {
		s.write(" AND "+column+" < ?", *r.LT)
	}
}

// likeEscaper takes the meaning from the signs that LIKE gives one.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
