package store

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/table"
)

// union is a question for all the keys that several ask about.
type union struct {
	ask table.Ask
	// rows are the answer's by key: those of a key stand from starts[place] to starts[place+1].
	starts, rows []int32
}

// size is how many ids questions ask about.
func size(asks []*table.Ask) (n int) {
	for _, a := range asks {
		n += len(a.Keys.IDs)
	}
	return n
}

// byKeys tells that a question's answer is found by ids. What names lead to is a question of its own for other names.
func byKeys(a *table.Ask) bool { return a.ByID || a.Link != nil && len(a.Keys.Names) == 0 }

func (u *union) begin(a *table.Ask) {
	u.ask = table.Ask{
		Kind: a.Kind, ByID: a.ByID, Link: a.Link, Keys: u.ask.Keys, Query: a.Query, Count: a.Count, Columns: a.Columns, Answer: u.ask.Answer,
	}
	u.ask.Keys.Names = a.Keys.Names
	u.ask.Reset()
}

// add adds keys and returns how many are new.
func (u *union) add(ids []int64) int {
	before := len(u.ask.Keys.IDs)
	for _, id := range ids {
		u.ask.Keys.Add(id)
	}
	return len(u.ask.Keys.IDs) - before
}

// sort finds each key's rows, in the order in which they came.
func (u *union) sort() {
	if !byKeys(&u.ask) {
		return
	}
	u.starts = slices.Grow(u.starts[:0], len(u.ask.Keys.IDs)+2)[:len(u.ask.Keys.IDs)+2]
	clear(u.starts)
	u.rows = slices.Grow(u.rows[:0], u.ask.Answer.Len())[:u.ask.Answer.Len()]
	for row := range u.rows {
		u.starts[u.place(row)+2]++
	}
	for i := range u.ask.Keys.IDs {
		u.starts[i+1] += u.starts[i]
	}
	for row := range u.rows { // starts[place+1] is where the next row of a place goes, and in the end where the next place begins
		at := &u.starts[u.place(row)+1]
		u.rows[*at] = int32(row)
		*at++
	}
}

// place returns where the key of a row stands.
func (u *union) place(row int) int {
	key := u.ask.Answer.Key(row)
	if u.ask.ByID {
		key = u.ask.Answer.ID(row)
	}
	place, _ := u.ask.Keys.Place(key) // rows come for keys alone
	return place
}

// hand answers a question whose keys are among those of the union.
func (u *union) hand(a *table.Ask) {
	all, out := &u.ask.Answer, &a.Answer
	if !byKeys(a) {
		out.Append(all)
		return
	}
	for _, id := range a.Keys.IDs {
		place, _ := u.ask.Keys.Place(id)
		for _, row := range u.rows[u.starts[place]:u.starts[place+1]] {
			out.AddFrom(all, int(row))
		}
	}
}

// end lets go of what belongs to callers.
func (u *union) end() {
	u.ask.Keys.Names = nil // the caller's
	u.ask.Keys.Reset()
	u.ask = table.Ask{Keys: u.ask.Keys, Answer: u.ask.Answer}
}

// askedFor returns what statements say, and their arguments but for keys that may differ. It is false where arguments are of a
// type whose values cannot be compared this way.
func askedFor(statements []*statement, asks []*table.Ask) (text, args string, ok bool) {
	texts := make([]string, len(statements))
	var b []byte
	for i := range statements {
		if len(asks[i].Below) > 0 {
			return "", "", false
		}
		texts[i] = statements[i].text.String()
		for n, arg := range statements[i].args {
			if n > 0 && n == statements[i].keysAt && byKeys(asks[i]) {
				continue
			}
			if b, ok = appendArg(b, arg); !ok {
				return "", "", false
			}
			b = append(b, 0)
		}
	}
	return strings.Join(texts, ";"), string(b), true
}

func appendArg(b []byte, arg any) ([]byte, bool) {
	switch arg := arg.(type) {
	case int64:
		return strconv.AppendInt(b, arg, 10), true
	case nil, bool, int, string, time.Time, *time.Time, []int64, []string: // JSON is the same for none but the same
		text, err := json.Marshal(arg)
		return append(b, text...), err == nil
	}
	return b, false
}
