// Package body reads GraphQL requests from JSON. What it says about a bad one repeats nothing of it.
package body

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/tidwall/gjson"
)

// Parse reads the one JSON object of a request, or says what is wrong with it. The text may be used again afterwards.
func Parse(text []byte) (*graphql.RawParams, error) {
	if Depth(text) > MaxDepth {
		return nil, fmt.Errorf("the body nests deeper than %d levels", MaxDepth)
	}
	if params, ok := pick(text); ok {
		return params, nil
	}
	params, err := decode(text)
	if err != nil {
		return nil, err
	}
	var named struct {
		DocumentID *string `json:"documentId"`
	}
	if json.Unmarshal(text, &named) != nil {
		return nil, errors.New(`the body's member "documentId" has the wrong type`)
	}
	if named.DocumentID != nil {
		Name(params, *named.DocumentID)
	}
	return params, nil
}

// Name lets a request name its document by an id: the hash of one that is persisted, with `sha256:` before it as GraphQL over
// HTTP wants, or whatever a manifest of trusted documents calls it.
func Name(params *graphql.RawParams, documentID string) {
	if params.Extensions == nil {
		params.Extensions = map[string]any{}
	}
	if params.Extensions["persistedQuery"] == nil {
		params.Extensions["persistedQuery"] = map[string]any{
			"version": json.Number("1"), "sha256Hash": strings.TrimPrefix(documentID, "sha256:"),
		}
	}
}

// MaxDepth is how deep lists and objects may stand inside each other. The deepest of our inputs has 4 levels; what coerces
// variables takes the square of it.
const MaxDepth = 64

// Depth returns how deep lists and objects stand inside each other in JSON, or would if the text were that.
func Depth(text []byte) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			quoted = !quoted
		case '\\':
			i++
		case '{', '[':
			if !quoted {
				depth++
				deepest = max(deepest, depth)
			}
		case '}', ']':
			if !quoted {
				depth--
			}
		}
	}
	return deepest
}

// pick reads the members of a plain request, which takes a third of the time that encoding/json needs. It leaves all
// else to decode.
func pick(body []byte) (params *graphql.RawParams, ok bool) {
	const usual = 64 << 10 // and no deeper nesting than that, since gjson has no bound for it
	if len(body) > usual || !utf8.Valid(body) || bytes.Contains(body, []byte(`\u`)) || !gjson.ValidBytes(body) {
		return nil, false
	}
	request := gjson.ParseBytes(body)
	if !request.IsObject() {
		return nil, false
	}
	params, ok = &graphql.RawParams{}, true
	request.ForEach(func(name, v gjson.Result) bool {
		switch known := name.Str == "query" || name.Str == "operationName" || name.Str == "variables"; {
		case known && v.Type == gjson.Null:
		case name.Str == "query" && v.Type == gjson.String:
			params.Query = v.Str
		case name.Str == "operationName" && v.Type == gjson.String:
			params.OperationName = v.Str
		case name.Str == "variables" && v.IsObject():
			params.Variables, _ = plain(v).(map[string]any)
		default:
			ok = false
		}
		return ok
	})
	return params, ok
}

// plain turns JSON into the values that encoding/json makes of it, with numbers as they are written.
func plain(v gjson.Result) any {
	switch {
	case v.IsObject():
		m := map[string]any{}
		v.ForEach(func(name, member gjson.Result) bool {
			m[name.Str] = plain(member)
			return true
		})
		return m
	case v.IsArray():
		list := []any{}
		v.ForEach(func(_, element gjson.Result) bool {
			list = append(list, plain(element))
			return true
		})
		return list
	case v.Type == gjson.String:
		return v.Str
	case v.Type == gjson.Number:
		return json.Number(v.Raw)
	case v.IsBool():
		return v.Bool()
	}
	return nil
}

// decode reads the one JSON object of a request, or says what is wrong with it.
func decode(body []byte) (*graphql.RawParams, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the body is not valid UTF-8")
	}
	var params graphql.RawParams
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	err := d.Decode(&params)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return nil, fmt.Errorf("the body is not valid JSON at byte %d", d.InputOffset())
		}
		if bytes.Equal(bytes.TrimSpace(body), []byte("null")) {
			return nil, errNoObject
		}
		return &params, nil
	}
	syntax, isSyntax := errors.AsType[*json.SyntaxError](err)
	wrong, isWrong := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, errors.New("the body is empty: send a JSON object with a query")
	case isSyntax:
		return nil, fmt.Errorf("the body is not valid JSON at byte %d", syntax.Offset)
	case isWrong && wrong.Field == "":
		return nil, errNoObject
	case isWrong:
		return nil, fmt.Errorf("the body's member %q has the wrong type", known(wrong.Field))
	}
	return nil, errors.New("the body is not valid JSON")
}

var errNoObject = errors.New("the body must be one JSON object, batches are not supported")

// known returns the name of a member that requests have, without what stands below it.
func known(path string) string {
	for _, name := range []string{"query", "operationName", "variables", "extensions", "headers"} {
		if len(path) >= len(name) && path[:len(name)] == name {
			return name
		}
	}
	return "?"
}
