package domain

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// MaxPage is how many rows one page may hold, and DefaultPage how many it holds when the caller does not say.
const (
	MaxPage     = 500
	DefaultPage = 25
)

// Query says which rows of a kind are wanted, in what order and how many.
type Query struct {
	// Where are conditions that must all hold.
	Where []Condition
	// Order is the column to order by, from the kind's Orders; ties are settled by st_id.
	Order string
	// Desc orders from the largest.
	Desc bool
	// Limit is the number of rows wanted for each parent; 0 means all.
	Limit int
	// After starts behind a position, nil at the beginning.
	After *Position
	// Backward reads the page from the end of the list: the rows before After's place, last first.
	Backward bool
	// Descendants follows the link's tree downwards.
	Descendants bool
}

// FlagsOnly tells that nothing but flags, such as whether rows are active, narrows the list.
func (q Query) FlagsOnly() bool {
	return !slices.ContainsFunc(q.Where, func(c Condition) bool {
		_, flag := c.Value.(bool)
		return !flag || c.Op != OpIs
	})
}

// Position is a place in an ordered list: the row's value in the order column, as text (nil for NULL), and its id.
type Position struct {
	Value *string
	ID    int64
}

// Op is how a condition compares.
type Op string

// What a condition can ask; each is served by an index.
const (
	// OpIn holds when the column is one of the values, or, for an array column, shares one with them.
	OpIn Op = "in"
	// OpIs holds when the column equals the value.
	OpIs Op = "is"
	// OpRange holds when the column lies in a TimeRange: start included, end excluded.
	OpRange Op = "range"
	// OpOverlaps holds when the column, a span of time, overlaps a TimeRange.
	OpOverlaps Op = "overlaps"
	// OpMatches holds when the text contains the value, whatever the case.
	OpMatches Op = "matches"
	// OpNone holds when no row of the table in between leads here (value true), or at least one does (false).
	OpNone Op = "none"
	// OpPositive holds when the number is above zero (true), or not (false).
	OpPositive Op = "positive"
	// OpNull holds when the column is NULL (true), or not (false).
	OpNull Op = "null"
)

// Condition is one test on a kind's rows.
type Condition struct {
	// Column is tested; it belongs to Via's kind where Via is set.
	Column string
	Op     Op
	// Value is a slice for OpIn, a TimeRange for OpRange and OpOverlaps, a bool for OpNone, text for OpMatches.
	Value any
	// Via is the table whose rows are tested instead of the kind's own; its FromColumn holds the kind's st_id.
	Via *Via
}

// TimeRange is a span of time, start included, end excluded; a nil side is open.
type TimeRange struct {
	GTE, LT *time.Time
}

// TimeWindow is a span of time, start included, end excluded.
type TimeWindow struct {
	Start, End time.Time
}

// Conditions reads a filter struct: every field that is set becomes a condition, as its `where:"column op"` tag says.
// A `kind` tag on global ids names the kind they must be of. Filter structs are the input types of the graph.
func Conditions(filter any) ([]Condition, error) {
	v := reflect.ValueOf(filter)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil
	}
	v = reflect.Indirect(v)
	var out []Condition
	for i := range v.NumField() {
		f, tag := v.Field(i), v.Type().Field(i).Tag
		where, ok := tag.Lookup("where")
		if !ok || f.IsNil() {
			continue
		}
		c, err := condition(where, tag, f)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func condition(where string, tag reflect.StructTag, f reflect.Value) (Condition, error) {
	column, op, _ := strings.Cut(where, " ")
	c := Condition{Column: column, Op: Op(op)}
	if via := tag.Get("via"); via != "" {
		c.Via = viaByTag(via)
	}
	switch value := f.Interface().(type) {
	case []GlobalID:
		ids, err := idsOf(tag, value)
		c.Value = ids
		return c, err
	case *TimeRange:
		c.Value = *value
	case *TimeWindow:
		if value.End.Before(value.Start) {
			return c, Invalid("filter."+tag.Get("json"), "the end is before the start")
		}
		c.Value = TimeRange{GTE: &value.Start, LT: &value.End}
	default:
		c.Value = plain(f)
		if holdsNUL(c.Value) {
			return c, Invalid("filter."+tag.Get("json"), "a text cannot hold the character U+0000")
		}
	}
	return c, nil
}

// holdsNUL finds the one character that Postgres' texts cannot hold.
func holdsNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case []string:
		return slices.ContainsFunc(v, func(s string) bool { return strings.ContainsRune(s, 0) })
	}
	return false
}

// plain turns named words into text and pointers into values, which is all the database driver needs to know.
func plain(f reflect.Value) any {
	if f.Kind() == reflect.Pointer {
		f = f.Elem()
	}
	switch f.Kind() {
	case reflect.Slice:
		out := make([]string, f.Len())
		for i := range out {
			out[i] = f.Index(i).String()
		}
		return out
	case reflect.String:
		return f.String()
	default:
		return f.Interface()
	}
}

func idsOf(tag reflect.StructTag, in []GlobalID) ([]int64, error) {
	out := make([]int64, len(in))
	for i, g := range in {
		if want := tag.Get("kind"); g.Kind != want {
			return nil, Invalid(fmt.Sprintf("filter.%s[%d]", tag.Get("json"), i), "this is the id of a %s, not of a %s", g.Kind, want)
		}
		out[i] = g.ID
	}
	return out, nil
}

// viaByTag reads "Kind.column": the kind in between and its column that holds the filtered kind's id.
func viaByTag(s string) *Via {
	name, column, _ := strings.Cut(s, ".")
	k, ok := KindByName(name)
	if !ok {
		panic("domain: filter tag via names no kind: " + s)
	}
	return &Via{Kind: k, FromColumn: column}
}
