package graph

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// mostIDs is how many ids an entry holds at most.
const mostIDs = 100

// auditWrites tells of each field of a mutation, once it is resolved, whatever the client selects of its payload.
func auditWrites(schema *ast.Schema, tell func(context.Context, auth.Identity, []domain.AuditEntry)) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		f := graphql.GetFieldContext(ctx)
		if schema.Mutation == nil || f.Object != schema.Mutation.Name {
			return next(ctx)
		}
		payload, err := next(ctx)
		id, _ := auth.FromContext(ctx) // operations without one are refused
		variables := graphql.GetOperationContext(ctx).Variables
		e := domain.AuditEntry{Operation: f.Object + "." + f.Field.Name, Outcome: domain.AuditOK, Codes: userErrorCodes(payload)}
		for _, a := range f.Field.Arguments {
			if v, err := a.Value.Value(variables); err == nil {
				e.IDs = idsIn(schema, f.Field.Definition.Arguments.ForName(a.Name).Type, a.Name, v, e.IDs)
			}
		}
		e.IDs = firstOf(append(e.IDs, idsOf(payload)...))
		switch {
		case errors.Is(err, domain.ErrForbidden):
			e.Outcome, e.Codes = domain.AuditRefused, append(e.Codes, string(gqlerr.Forbidden))
		case err != nil:
			e.Outcome, e.Codes = domain.AuditFailed, append(e.Codes, string(gqlerr.CodeOf(err)))
		case len(e.Codes) > 0:
			e.Outcome = domain.AuditFailed
		}
		tell(ctx, id, []domain.AuditEntry{e})
		return payload, err
	}
}

// auditRefusals tells of errors that mean that the caller may not do something.
func (g *gate) auditRefusals(ctx context.Context, errs gqlerror.List) {
	id, known := auth.FromContext(ctx)
	if !known {
		return
	}
	var entries []domain.AuditEntry
	for _, e := range errs {
		if e.Extensions["code"] != gqlerr.Forbidden {
			continue
		}
		what, ok := e.Extensions["field"].(string)
		if !ok {
			what = e.Path.String()
		}
		entries = append(entries, domain.AuditEntry{Operation: what, Outcome: domain.AuditRefused, Codes: []string{string(gqlerr.Forbidden)}})
	}
	if entries != nil {
		g.onAudit(ctx, id, entries)
	}
}

// idsIn adds the ids in a value of an argument: those whose type is ID, and numbers that are called an id.
func idsIn(schema *ast.Schema, t *ast.Type, name string, value any, into []string) []string {
	if list, ok := value.([]any); ok {
		for _, v := range list {
			into = idsIn(schema, t, name, v, into)
		}
		return into
	}
	if members, ok := value.(map[string]any); ok {
		for _, f := range schema.Types[t.Name()].Fields {
			if v, given := members[f.Name]; given {
				into = idsIn(schema, f.Type, f.Name, v, into)
			}
		}
		return into
	}
	isID := t.Name() == "ID" || t.Name() == "BigInt" && strings.HasSuffix(strings.ToLower(strings.TrimSuffix(name, "s")), "id")
	if value == nil || !isID {
		return into
	}
	return append(into, fmt.Sprint(value))
}

// idsOf are those of the objects and runs that stand in a payload.
func idsOf(payload any) (ids []string) {
	note := func(v reflect.Value) {
		switch x := v.Interface().(type) {
		case domain.Entity:
			if !v.IsNil() {
				ids = append(ids, x.Base().ID().String())
			}
		case *domain.SyncRun:
			if x != nil {
				ids = append(ids, strconv.FormatInt(x.ID, 10))
			}
		}
	}
	for member := range members(payload) {
		if member.Kind() == reflect.Slice {
			for i := range member.Len() {
				note(member.Index(i))
			}
			continue
		}
		note(member)
	}
	return ids
}

// userErrorCodes are those of a payload's user errors.
func userErrorCodes(payload any) (codes []string) {
	for member := range members(payload) {
		if errs, ok := reflect.TypeAssert[[]*model.UserError](member); ok {
			for _, e := range errs {
				codes = append(codes, e.Code)
			}
		}
	}
	return codes
}

// members are those of a payload, which is a pointer to a struct.
func members(payload any) func(yield func(reflect.Value) bool) {
	return func(yield func(reflect.Value) bool) {
		v := reflect.ValueOf(payload)
		if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
			return
		}
		for _, member := range v.Elem().Fields() {
			if !yield(member) {
				return
			}
		}
	}
}

// firstOf are the first of some ids, each once.
func firstOf(ids []string) []string {
	var out []string
	for _, id := range ids {
		if len(out) < mostIDs && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
