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
func (p *Plan) AppendCursor(b []byte, at domain.Position) []byte { return appendCursor(b, at, p.Hash) }

func appendCursor(b []byte, at domain.Position, list uint64) []byte {
	text, _ := json.Marshal(cursor{Version: cursorVersion, List: listName(list), Value: at.Value, ID: at.ID}) // no such value fails
	return base64.RawURLEncoding.AppendEncode(b, text)
}

// parseCursor reads a cursor of the plan's list.
func (p *Plan) parseCursor(text, argument string) (*domain.Position, error) {
	at, err := parseCursor(text, argument, p.Hash)
	if err == nil && !fits(p.kind, p.Query.Order, at.Value) {
		return nil, brokenCursor(argument)
	}
	return at, err
}

// brokenCursor is the answer to what is no cursor.
func brokenCursor(argument string) error {
	return domain.Invalid(argument, "this is not a cursor of this API")
}

// parseCursor reads a cursor of a list. Anything else is refused, never taken for the first page. Whether the position's
// value can be one of the list's is left to the caller.
func parseCursor(text, argument string, list uint64) (*domain.Position, error) {
	if len(text) > maxCursorBytes {
		return nil, brokenCursor(argument)
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, brokenCursor(argument)
	}
	var c cursor
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(&c) != nil || c.Version != cursorVersion || c.ID <= 0 || c.Value != nil && len(*c.Value) > 1000 {
		return nil, brokenCursor(argument)
	}
	if c.List != listName(list) {
		return nil, domain.Invalid(argument, "this cursor belongs to a list with another filter or order")
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
		return isTime(*value)
	case t.Kind() == reflect.Int64:
		_, err := strconv.ParseInt(*value, 10, 64)
		return err == nil
	}
	return !strings.ContainsRune(*value, 0)
}

// isTime tells whether a text is a time as our own cursors have it.
func isTime(text string) bool {
	at, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && at.Year() > 0 && at.UTC().Format(time.RFC3339Nano) == text
}
