package graph

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"lazilabs.com/lazi/graph/access"
	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/limits"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

const (
	// maxDocumentBytes bounds the texts of all documents that are remembered. Parsed, they take some forty times that.
	maxDocumentBytes = 2 << 20
	// maxErrors is how many errors of a document, and of an answer, are told.
	maxErrors = 50
)

// documents parses, measures and validates documents, and remembers good ones.
type documents struct {
	schema *ast.Schema
	limits limits.Limits
	rules  *access.Rules
	known  *otter.Cache[string, *document]
}

// document is one that may be executed.
type document struct {
	*ast.QueryDocument
	costs      map[*ast.OperationDefinition]*limits.Cost
	needs      map[*ast.OperationDefinition]*access.Needs
	introspect bool // asks about the schema
}

func newDocuments(schema *ast.Schema, l limits.Limits, rules *access.Rules) *documents {
	return &documents{schema: schema, limits: l, rules: rules, known: otter.Must(&otter.Options[string, *document]{
		MaximumWeight: maxDocumentBytes,
		Weigher:       func(text string, _ *document) uint32 { return uint32(min(len(text)+256, maxDocumentBytes)) },
	})}
}

// knows tells whether a document was met before.
func (d *documents) knows(text string) bool {
	_, ok := d.known.GetIfPresent(text)
	return ok
}

// of returns the document of a text. Who may ask about the schema is told names that stand close to wrong ones.
func (d *documents) of(text string, mayIntrospect bool) (*document, gqlerror.List) {
	known, ok := d.known.GetIfPresent(text)
	if !ok {
		var errs gqlerror.List
		if known, errs = d.read(text, mayIntrospect); errs != nil {
			return nil, errs
		}
		d.known.Set(strings.Clone(text), known)
	}
	if known.introspect && !mayIntrospect {
		return nil, refused(gqlerr.IntrospectionDisabled, "the schema is told to owners and admins only")
	}
	return known, nil
}

// read makes a document of a text, or says what is wrong with it.
func (d *documents) read(text string, suggest bool) (*document, gqlerror.List) {
	if len(text) > d.limits.DocumentBytes {
		return nil, limited(&limits.ExceededError{Limit: "document bytes", Max: int64(d.limits.DocumentBytes), Value: int64(len(text))})
	}
	if !utf8.ValidString(text) {
		return nil, refused(gqlerr.ParseFailed, "the document is not valid UTF-8")
	}
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, d.limits.Tokens)
	if err != nil {
		return nil, d.unreadable(err)
	}
	if len(parsed.Operations) == 0 {
		return nil, refused(gqlerr.ValidationFailed, "the document has no operation")
	}
	if err := d.limits.Measure(parsed); err != nil {
		return nil, limited(err)
	}
	if errs := d.validate(parsed, suggest); errs != nil {
		return nil, errs
	}
	return &document{
		QueryDocument: parsed, introspect: introspects(parsed),
		costs: d.limits.Prices(parsed, limits.Paging{Default: domain.DefaultPage, Max: domain.MaxPage}),
		needs: d.rules.Needs(parsed),
	}, nil
}

// parserDepth is how deep the parser goes itself.
const parserDepth = 1000

// unreadable is the error for a document that cannot be parsed.
func (d *documents) unreadable(err error) gqlerror.List {
	wrong, ok := errors.AsType[*gqlerror.Error](err)
	switch {
	case !ok:
		return refused(gqlerr.ParseFailed, "the document cannot be read")
	case strings.HasPrefix(wrong.Message, "exceeded token limit"): // the parser has no error of its own for it
		return limited(&limits.ExceededError{Limit: "tokens", Max: int64(d.limits.Tokens), Value: int64(d.limits.Tokens) + 1})
	case strings.HasPrefix(wrong.Message, "exceeded maximum nesting depth"):
		return limited(&limits.ExceededError{Limit: "depth", Max: int64(d.limits.Depth), Value: parserDepth + 1})
	}
	return coded(gqlerror.List{wrong}, gqlerr.ParseFailed)
}

// validate holds a document against the schema. It is done a second time to look for suggestions, which cost more than all
// else, and only where there are few errors.
func (d *documents) validate(doc *ast.QueryDocument, suggest bool) gqlerror.List {
	errs := validator.ValidateWithRules(d.schema, doc, terse())
	if len(errs) == 0 {
		return nil
	}
	const few = 10
	if suggest && len(errs) <= few {
		if told := validator.ValidateWithRules(d.schema, doc, rules.NewDefaultRules()); len(told) > 0 {
			errs = told
		}
	}
	if len(errs) > maxErrors {
		errs = errs[:maxErrors]
	}
	return coded(errs, gqlerr.ValidationFailed)
}

// terse returns the rules of validation without those that name types and fields which the client did not.
func terse() *rules.Rules {
	r := rules.NewDefaultRules()
	r.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	return r
}

// introspects tells whether a document asks about the schema. `__typename` alone does not, nor does `_service`.
func introspects(doc *ast.QueryDocument) bool {
	found := false
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				found = found || s.Name == "__schema" || s.Name == "__type"
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		walk(f.SelectionSet)
	}
	return found
}

func coded(errs gqlerror.List, code gqlerr.Code) gqlerror.List {
	for _, e := range errs {
		e.Extensions = map[string]any{"code": code}
	}
	return errs
}

func refused(code gqlerr.Code, message string) gqlerror.List {
	return coded(gqlerror.List{{Message: message}}, code)
}

// limited is the answer to what goes beyond a limit.
func limited(err error) gqlerror.List {
	list := refused(gqlerr.LimitExceeded, err.Error())
	if e, ok := errors.AsType[*limits.ExceededError](err); ok {
		code := gqlerr.LimitExceeded
		if e.Argument {
			code = gqlerr.BadUserInput
		}
		list[0].Extensions = map[string]any{"code": code, "limit": e.Limit, "max": e.Max, "value": e.Value}
	}
	return list
}

// denied is the answer to an operation that the caller's role may not run.
func denied(err error, role auth.Role) gqlerror.List {
	e, ok := errors.AsType[*access.DeniedError](err)
	if !ok {
		return refused(gqlerr.Forbidden, err.Error())
	}
	list := refused(gqlerr.Forbidden, fmt.Sprintf("%s, which the role %s does not have", e, role))
	list[0].Extensions["field"], list[0].Extensions["permission"] = e.Field, e.Permission
	if e.Position != nil {
		list[0].Locations = []gqlerror.Location{{Line: e.Position.Line, Column: e.Position.Column}}
	}
	return list
}

type documentKey struct{}

// found is a query cache that knows the document which its context carries: gqlgen's executor parses nothing.
type found struct{}

// Get implements graphql.Cache.
func (found) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	d, ok := ctx.Value(documentKey{}).(*document)
	if !ok {
		return nil, false
	}
	return d.QueryDocument, true
}

// Add implements graphql.Cache.
func (found) Add(context.Context, string, *ast.QueryDocument) {}
