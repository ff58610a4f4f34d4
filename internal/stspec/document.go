package stspec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"time"
)

// Operation is a way to read records.
type Operation int

// The ways to read records.
const (
	List Operation = iota
	Get
	Export
)

// Has tells whether an operation sends the field.
func (f Field) Has(op Operation) bool {
	switch {
	case f.ExportOnly:
		return op == Export
	case f.GetOnly:
		return op == Get
	case f.ListOnly:
		return op != Export
	case f.NotGet:
		return op != Get
	}
	return true
}

// ValidateDocument compares a record with the facts: every field of the operation is there and none else, and values
// have the documented types. Null is allowed everywhere but for ids, as in the API.
func ValidateDocument(e Entity, op Operation, doc json.RawMessage) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(doc, &members); err != nil {
		return fmt.Errorf("stspec: %s: no object: %w", e.Name, err)
	}
	var problems []error
	for _, f := range e.Fields {
		v, ok := members[f.Name]
		delete(members, f.Name)
		switch {
		case ok != f.Has(op):
			problems = append(problems, fmt.Errorf("stspec: %s.%s: sent %v", e.Name, f.Name, ok))
		case ok:
			if err := f.check(e.Name+"."+f.Name, v); err != nil {
				problems = append(problems, err)
			}
		}
	}
	for name := range members {
		problems = append(problems, fmt.Errorf("stspec: %s.%s is no field of the API", e.Name, name))
	}
	return errors.Join(problems...)
}

func (f Field) check(at string, v json.RawMessage) error {
	if bytes.Equal(v, []byte("null")) {
		if f.Name == "id" {
			return fmt.Errorf("stspec: %s is null", at)
		}
		return nil
	}
	var err error
	switch f.Type {
	case "integer":
		err = f.checkInteger(v)
	case "number":
		err = f.checkNumber(v)
	case "boolean":
		err = json.Unmarshal(v, new(bool))
	case "string":
		err = f.checkString(v)
	case "array":
		return f.checkArray(at, v)
	case "object":
		return f.checkObject(at, v)
	}
	if err != nil {
		return fmt.Errorf("stspec: %s is no %s %s: %w", at, f.Type, f.Format, err)
	}
	return nil
}

func (f Field) checkInteger(v json.RawMessage) error {
	if f.Format == "int32" {
		return json.Unmarshal(v, new(int32))
	}
	return json.Unmarshal(v, new(int64))
}

// maxDecimal is the largest value of .NET's decimal.
const maxDecimal = 79228162514264337593543950335.0

func (f Field) checkNumber(v json.RawMessage) error {
	var n float64
	if err := json.Unmarshal(v, &n); err != nil {
		return err
	}
	if f.Format == "decimal" && math.Abs(n) >= maxDecimal {
		return errors.New("too large")
	}
	return nil
}

// patterns are how the texts of some formats look: a duration is .NET's days.hours:minutes:seconds.
var patterns = map[string]*regexp.Regexp{
	"duration": regexp.MustCompile(`^-?(\d{1,5}\.)?([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,7})?)?$`),
	"guid":     regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`),
}

func (f Field) checkString(v json.RawMessage) error {
	var s string
	if err := json.Unmarshal(v, &s); err != nil {
		return err
	}
	if f.Format == "date-time" {
		_, err := time.Parse(time.RFC3339Nano, s)
		return err
	}
	if p, ok := patterns[f.Format]; ok && !p.MatchString(s) {
		return errors.New("not of that form")
	}
	return nil
}

func (f Field) checkArray(at string, v json.RawMessage) error {
	var items []json.RawMessage
	if err := json.Unmarshal(v, &items); err != nil {
		return fmt.Errorf("stspec: %s is no array: %w", at, err)
	}
	for i, item := range items {
		if err := f.Items.check(fmt.Sprintf("%s[%d]", at, i), item); err != nil {
			return err
		}
	}
	return nil
}

func (f Field) checkObject(at string, v json.RawMessage) error {
	if f.Recursive {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(v, &members); err != nil {
		return fmt.Errorf("stspec: %s is no object: %w", at, err)
	}
	for _, m := range f.Fields {
		inner, ok := members[m.Name]
		if !ok {
			return fmt.Errorf("stspec: %s.%s is missing", at, m.Name)
		}
		delete(members, m.Name)
		if err := m.check(at+"."+m.Name, inner); err != nil {
			return err
		}
	}
	for name := range members {
		return fmt.Errorf("stspec: %s.%s is no field of the API", at, name)
	}
	return nil
}
