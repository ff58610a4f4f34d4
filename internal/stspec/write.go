package stspec

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed writes.json
var writeText []byte

// Write is an operation that changes something (or, as capacity does, asks with a body): a POST, PUT, PATCH or DELETE of the
// official API.
type Write struct {
	// Entity is the API's name of what it is about, and Name says what it does: "Job", "cancel".
	Entity string `json:"entity"`
	Name   string `json:"name"`
	Method string `json:"method"`
	// Path holds {tenant} and names of ids in braces.
	Path string `json:"path"`
	// Success is the status of a success: 200, in the price book 201 and 204.
	Success int `json:"success"`
	// Errors are the statuses that the documents name.
	Errors []int `json:"errors"`
	// Body are the members that a body may have; none where the operation takes no body.
	Body []Field `json:"body"`
	// AnswersRecord says that the answer is the record as it is read by id. Otherwise Answer are its members; without any the
	// answer is empty.
	AnswersRecord bool    `json:"answersRecord"`
	Answer        []Field `json:"answer"`
}

var writes = sync.OnceValue(func() []Write { return parse[[]Write]("writes.json", writeText) })

// Writes returns the writes of the entities that LAZI changes. The caller must not change them.
func Writes() []Write { return writes() }

// WriteOf finds the write that a request asks for.
func WriteOf(method, path string) (Write, bool) {
	for _, w := range writes() {
		if w.Method == method && matches(w.Path, path) && wordsFit(w.Path, path) {
			return w, true
		}
	}
	return Write{}, false
}

// wordsFit tells whether what stands for ids in a path are numbers: a word there belongs to another operation.
func wordsFit(template, path string) bool {
	have := strings.Split(path, "/")
	for i, want := range strings.Split(template, "/") {
		if strings.HasPrefix(want, "{") && strings.Trim(have[i], "0123456789") != "" {
			return false
		}
	}
	return true
}

// Refuse says what the API finds wrong with a body: the messages by member. Members that it does not know are no mistake: it
// drops them (behaviour.md, section 4).
func (w Write) Refuse(body map[string]any) map[string][]string {
	errs := map[string][]string{}
	refuse(w.Body, body, "", errs)
	return errs
}

func refuse(fields []Field, body map[string]any, at string, errs map[string][]string) {
	for _, f := range fields {
		v, given := body[f.Name]
		switch name := at + f.Name; {
		case !given && f.Required:
			errs[name] = append(errs[name], fmt.Sprintf("Required property '%s' not found in JSON.", f.Name))
		case given && v == nil && !f.Nullable:
			errs[name] = append(errs[name], fmt.Sprintf("Error converting value {null} to type '%s'.", f.Type))
		case given && v != nil:
			f.refuse(v, name, errs)
		}
	}
}

func (f Field) refuse(v any, at string, errs map[string][]string) {
	switch v := v.(type) {
	case map[string]any:
		if f.Type == "object" {
			refuse(f.Fields, v, at+".", errs)
			return
		}
	case []any:
		if f.Type == "array" {
			for i, item := range v {
				at := fmt.Sprintf("%s[%d]", at, i)
				if item == nil {
					errs[at] = append(errs[at], fmt.Sprintf("Error converting value {null} to type '%s'.", f.Items.Type))
					continue
				}
				f.Items.refuse(item, at, errs)
			}
			return
		}
	}
	text, _ := json.Marshal(v) // it came from JSON
	switch {
	case f.Type == "object", f.Type == "array", f.check(at, text) != nil:
		errs[at] = append(errs[at], fmt.Sprintf("Error converting value to type '%s'.", f.Type))
	case len(f.Enum) > 0 && !slices.Contains(f.Enum, fmt.Sprint(v)):
		errs[at] = append(errs[at], fmt.Sprintf("The value '%.40v' is not valid.", v))
	}
}

// ValidateWrite says what is wrong with a write: an operation or a member that the API does not have, a value of the wrong
// type, a member left out that must be there, a body where none is taken.
func ValidateWrite(method, path string, body []byte) error {
	w, ok := WriteOf(method, path)
	if !ok {
		return fmt.Errorf("stspec: there is no operation %s %s", method, path)
	}
	if len(w.Body) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("stspec: %s %s takes no body", method, w.Path)
		}
		return nil
	}
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil {
		return fmt.Errorf("stspec: %s %s: no object: %w", method, w.Path, err)
	}
	if errs := w.Refuse(members); len(errs) > 0 {
		return fmt.Errorf("stspec: %s %s: %v", method, w.Path, errs)
	}
	if unknown := strangers(w.Body, members, ""); len(unknown) > 0 {
		return fmt.Errorf("stspec: %s %s would drop %s", method, w.Path, strings.Join(unknown, ", "))
	}
	return nil
}

// strangers are the members of a body that the API does not know, in order.
func strangers(fields []Field, body map[string]any, at string) (out []string) {
	for name, v := range body {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
		if i < 0 {
			out = append(out, at+name)
			continue
		}
		items, inner := []any{v}, fields[i].Fields
		if list, ok := v.([]any); ok && fields[i].Items != nil {
			items, inner = list, fields[i].Items.Fields
		}
		for _, item := range items {
			if o, ok := item.(map[string]any); ok {
				out = append(out, strangers(inner, o, at+name+".")...)
			}
		}
	}
	slices.Sort(out)
	return out
}
