package store

import (
	"context"
	"fmt"
	"strings"

	"lazilabs.com/lazi/internal/domain"
)

// SearchCustomers finds customers by a part of their name or of any of their phones and e-mail addresses, best match
// first: what begins with the text stands before what only contains it, then the more similar, then the lower id.
// Phones match by their digits, however they are written.
func (s *Store) SearchCustomers(ctx context.Context, tenant domain.TenantID, text string, limit int) ([]domain.CustomerMatch, error) {
	var st statement
	within := "%" + likeEscaper.Replace(text) + "%"
	st.write(`WITH hit(id, field, value, score) AS (
 SELECT st_id, 'NAME', name, CASE WHEN name ILIKE ? THEN 1 ELSE 0 END + similarity(name, ?) FROM raw.st_customers
  WHERE tenant_id = ? AND deleted_at IS NULL AND name ILIKE ?
 UNION ALL SELECT customer_id, CASE WHEN type = 'Email' THEN 'EMAIL' ELSE 'PHONE' END, value, CASE WHEN value ILIKE ? THEN 1 ELSE 0 END + similarity(value, ?)
  FROM raw.st_customer_contacts WHERE tenant_id = ? AND deleted_at IS NULL AND active AND value ILIKE ?`,
		prefix(text), text, tenant, within, prefix(text), text, tenant, within)
	if d := digits(text); len(d) >= 3 {
		st.write(` UNION ALL SELECT customer_id, 'PHONE', value, 1 FROM raw.st_customer_contacts
  WHERE tenant_id = ? AND deleted_at IS NULL AND active AND regexp_replace(value, '\D', '', 'g') LIKE ?`, tenant, "%"+d+"%")
	}
	st.write(`), best AS (SELECT DISTINCT ON (id) id, field, score FROM hit ORDER BY id, score DESC, field)
 SELECT best.field, best.score, `+s.columns.of(domain.Customers.Kind)+` FROM best JOIN raw.st_customers t
  ON t.tenant_id = ? AND t.st_id = best.id AND t.deleted_at IS NULL ORDER BY best.score DESC, t.st_id LIMIT ?`, tenant, limit)
	rows, err := s.read(ctx, tenant, st.text.String(), st.args...)
	if err != nil {
		return nil, fmt.Errorf("store: search customers: %w", clean(err))
	}
	defer rows.Close()
	out := []domain.CustomerMatch{}
	for rows.Next() {
		c := domain.Customers.New().(*domain.Customer)
		c.Source = domain.SourceCache
		m := domain.CustomerMatch{Customer: c}
		if err := rows.Scan(domain.Customers.Fields(c, []any{&m.Field, &m.Score})...); err != nil {
			return nil, fmt.Errorf("store: search customers: %w", clean(err))
		}
		out = append(out, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: search customers: %w", clean(err))
	}
	return out, nil
}

func prefix(text string) string { return likeEscaper.Replace(text) + "%" }

// digits keeps the digits of a text that holds nothing but a phone number's signs, else nothing.
func digits(text string) string {
	if strings.Trim(text, "0123456789+-.() /") != "" {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
