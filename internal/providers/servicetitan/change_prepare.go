package servicetitan

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// refuse makes a problem that concerns a member of the input, "" for none.
func refuse(code domain.ProblemCode, field, format string, args ...any) error {
	return problems{{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}}
}

// prepare finds what the change is about and makes its request. Nothing is sent yet.
func (c *change) prepare(ctx context.Context) error {
	if err := c.findTarget(ctx); err != nil {
		return err
	}
	if err := checkIDs(c.Act, c.Input); err != nil {
		return err
	}
	c.body = bodyOf(c.Act, c.Input)
	c.claim = domain.Claim{Subject: c.Subject, Key: c.Key, Act: c.Act.Name, Fingerprint: fingerprint(c.Act, c.body)}
	if c.target != nil {
		c.claim.Target = new(c.target.Base().ID())
		c.claim.Fingerprint = fingerprint(c.Act, map[string]any{"on": c.target.Base().STID, "body": c.body})
	}
	if err := c.fillPaths(ctx); err != nil {
		return err
	}
	if c.Act.MarksExternal {
		c.body["externalData"] = external(c.claim)
	}
	if c.Act.Edits() && len(c.body) == 0 {
		return refuse(domain.ProblemInvalid, "", "nothing is to be changed")
	}
	var err error
	if c.takes, err = c.bookings(ctx); err != nil {
		return err
	}
	c.account, err = c.accounts(ctx, c.tenant)
	return err
}

// findTarget reads the record that the input names, as far as the caller may see it.
func (c *change) findTarget(ctx context.Context) error {
	if c.Act.On == nil {
		return nil
	}
	id, _ := c.Input[c.Act.ID].(domain.GlobalID)
	if id.Kind != c.Act.On.Name {
		return wrongKind(c.Act.ID, id, c.Act.On)
	}
	rows, err := c.ByIDs(ctx, c.tenant, c.Act.On, []int64{id.ID})
	if len(rows) == 0 {
		if err != nil {
			return err
		}
		return refuse(domain.ProblemNotFound, c.Act.ID, "there is no such %s", c.Act.On.Singular())
	}
	c.target = rows[0]
	return nil
}

func wrongKind(field string, id domain.GlobalID, want *domain.Kind) error {
	return refuse(domain.ProblemInvalid, field, "this is the id of a %s, not of a %s", id.Kind, want.Name)
}

// checkIDs refuses ids of the wrong kinds.
func checkIDs(act *domain.Act, input map[string]any) error {
	for name, v := range input {
		want, _ := act.KindOfInput(name)
		for _, v := range each(v) {
			switch v := v.(type) {
			case domain.GlobalID:
				if want == nil {
					return fmt.Errorf("servicetitan: no kind is known for the input %s of %s", name, act.Name)
				}
				if v.Kind != want.Name {
					return wrongKind(name, v, want)
				}
			case map[string]any:
				if err := checkIDs(act, v); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fillPaths fills in the paths that the act is done by.
func (c *change) fillPaths(ctx context.Context) error {
	on := []domain.Entity{c.target}
	if l := c.Act.Through; l != nil {
		linked, err := c.mirror.Linked(domain.AllRows(ctx), c.tenant, l, l.Keys(c.target), domain.Query{})
		if err != nil {
			return err
		}
		on = on[:0]
		for _, rows := range linked {
			for _, row := range rows {
				if c.Act.Moves.Holds(row) {
					on = append(on, row)
				}
			}
		}
	}
	for _, row := range on {
		path, err := c.fill(c.Act.Path, row)
		if err != nil {
			return err
		}
		c.paths = append(c.paths, path)
	}
	return nil
}

// fill puts ids into a path: from columns of a record, or else from members of the body, which leave it.
func (c *change) fill(path string, row domain.Entity) (string, error) {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		name, isName := strings.CutPrefix(strings.TrimSuffix(part, "}"), "{")
		if !isName || name == "tenant" {
			continue
		}
		var id int64
		if v, given := c.body[name]; given {
			id, _ = v.(int64)
			delete(c.body, name)
		} else if row != nil {
			id = row.Base().Kind().IDIn(row, name)
		}
		if id <= 0 {
			return "", fmt.Errorf("servicetitan: %s: %q of the path is not known: %w", c.Act.Name, name, domain.ErrInvalid)
		}
		parts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(parts, "/"), nil
}

// check looks whether the change can be made as things are. What the mirror holds against it is asked again of ServiceTitan.
func (c *change) check(ctx context.Context) error {
	if c.target == nil {
		return nil
	}
	stale := c.ExpectedVersion != nil && !c.seen(c.target.Base().ModifiedAt)
	stuck := c.Act.Moves != nil && (!c.Act.Moves.Starts(c.target) || len(c.paths) == 0)
	if !stale && !stuck && c.ExpectedVersion == nil {
		return nil
	}
	if err := c.refresh(ctx); err != nil {
		return err
	}
	if !c.seen(c.target.Base().ModifiedAt) {
		return refuse(domain.ProblemConflict, "expectedVersion", "it was changed at %s", c.target.Base().ModifiedAt.UTC().Format(time.RFC3339Nano))
	}
	if m := c.Act.Moves; m != nil && !m.Starts(c.target) {
		return refuse(domain.ProblemTransition, c.Act.ID, "it is %s: ServiceTitan makes this change only from %s",
			c.Act.On.State(c.target, m.Column), strings.Join(m.From, ", "))
	}
	if len(c.paths) == 0 {
		if err := c.fillPaths(ctx); err != nil {
			return err
		}
	}
	if len(c.paths) == 0 {
		return refuse(domain.ProblemTransition, c.Act.ID, "none of its %s is %s", c.Act.Through.To.Plural(), strings.Join(c.Act.Moves.From, ", "))
	}
	return nil
}

// seen tells whether the caller has seen a record's last change.
func (c *change) seen(modified *time.Time) bool {
	return c.ExpectedVersion == nil || modified == nil || !modified.After(*c.ExpectedVersion)
}

// refresh reads the target anew from ServiceTitan, with what an act goes through, where it can be read by id.
func (c *change) refresh(ctx context.Context) error {
	k := c.Act.On
	if !k.API.Get {
		return nil
	}
	docs, err := c.fresh(ctx, k, []int64{c.target.Base().STID})
	if err != nil {
		return c.failed(err)
	}
	if len(docs) == 0 {
		return refuse(domain.ProblemNotFound, c.Act.ID, "ServiceTitan has no such %s", k.Singular())
	}
	stored := []domain.KindDocuments{{Kind: k, Documents: docs}}
	if c.Act.Through != nil {
		linked, err := c.reread(ctx, c.Act.Through, docs[0])
		if err != nil {
			return c.failed(err)
		}
		stored = append(stored, linked)
	}
	for _, s := range stored {
		if err := c.save(ctx, c.tenant, s.Kind, s.Documents, nil); err != nil {
			return err
		}
	}
	rows, err := c.mirror.ByIDs(ctx, c.tenant, k, []int64{c.target.Base().STID})
	if err != nil || len(rows) == 0 {
		return err
	}
	c.target = rows[0]
	c.takes, err = c.bookings(ctx)
	return err
}
