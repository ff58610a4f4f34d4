package paging

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// cursor is what a cursor's text holds: the row's place, and the list that it is a place in.
type cursor struct {
	Version int     `json:"v"`
	List    string  `json:"l"`
	Value   *string `json:"k"`
	ID      int64   `json:"i"`
}

const (
	cursorVersion  = 1
	maxCursorBytes = 4 << 10 // a name of 500 characters, encoded, with room to spare
)

func (p *Plan) cursorOf(row domain.Entity) string {
	return string(p.AppendCursor(nil, p.kind.Position(row, p.Query.Order)))
}

// AppendCursor appends the cursor of a place in the list to b.
func (p *Plan) AppendCursor(b []byte, at domain.Position) []byte {
	text, _ := json.Marshal(cursor{Version: cursorVersion, List: listName(p.Hash), Value: at.Value, ID: at.ID}) // no such value fails
	return base64.RawURLEncoding.AppendEncode(b, text)
}

// parseCursor reads a cursor of the plan's list. Anything else is refused, never taken for the first page.
func (p *Plan) parseCursor(text, argument string) (*domain.Position, error) {
	broken := domain.Invalid(argument, "this is not a cursor of this API")
	if len(text) > maxCursorBytes {
		return nil, broken
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, broken
	}
	var c cursor
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil || c.Version != cursorVersion || c.ID <= 0 || c.Value != nil && len(*c.Value) > 1000 {
		return nil, broken
	}
	if c.List != listName(p.Hash) {
		return nil, domain.Invalid(argument, "this cursor belongs to a list with another filter or order")
	}
	if !fits(p.kind, p.Query.Order, c.Value) {
		return nil, broken
	}
	return &domain.Position{Value: c.Value, ID: c.ID}, nil
}

func listName(hash uint64) string { return strconv.FormatUint(hash, 36) }

// fits tells whether a cursor's value can be one of the column's, so that a forged one is bad input and no SQL error.
func fits(k *domain.Kind, column string, value *string) bool {
	c, _ := k.Column(column)
	if value == nil {
		return c.Nullable()
	}
	t := c.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		at, err := time.Parse(time.RFC3339Nano, *value)
		return err == nil && at.Year() > 0 && at.UTC().Format(time.RFC3339Nano) == *value // as our own cursors have it
	case t.Kind() == reflect.Int64:
		_, err := strconv.ParseInt(*value, 10, 64)
		return err == nil
	}
	return !strings.ContainsRune(*value, 0)
}
