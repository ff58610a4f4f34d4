package simulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// matcher makes the test of a value for a way to compare: "=" equals, "~" contains, "in" is one of a list, "has" is an
// array that holds one of it; ">=", "<=", ">" and "<" are ranges, and nothing compares with null.
func matcher(how string, list []string) func(any) bool {
	value := strings.Join(list, ",")
	switch how {
	case "=":
		return equal(value)
	case "~":
		return func(v any) bool { return strings.Contains(strings.ToLower(plain(v)), strings.ToLower(value)) }
	case "in":
		return among(list)
	case "has":
		one := among(list)
		return func(v any) bool {
			items, _ := v.([]any)
			return slices.ContainsFunc(items, one)
		}
	}
	order := orderTo(value)
	return func(v any) bool {
		n, ok := order(v)
		return ok && (n > 0 && how[0] == '>' || n < 0 && how[0] == '<' || n == 0 && strings.HasSuffix(how, "="))
	}
}

func equal(value string) func(any) bool {
	whole, err := strconv.ParseInt(value, 10, 64)
	order := orderTo(value)
	return func(v any) bool {
		switch v := v.(type) {
		case nil:
			return false
		case int64:
			return err == nil && v == whole
		case number:
			n, ok := order(v)
			return ok && n == 0
		}
		return strings.EqualFold(plain(v), value)
	}
}

func among(list []string) func(any) bool {
	ids, texts := map[int64]bool{}, map[string]bool{}
	for _, text := range list {
		text = strings.TrimSpace(text)
		texts[text] = true
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids[id] = true
		}
	}
	return func(v any) bool {
		if id, ok := v.(int64); ok {
			return ids[id]
		}
		return v != nil && texts[plain(v)]
	}
}

// orderTo compares values with a parameter's: times as times, numbers and money in texts as numbers. It tells false for
// what cannot be compared.
func orderTo(text string) func(any) (int, bool) {
	at, noTime := time.Parse(time.RFC3339, text)
	want, noNumber := strconv.ParseFloat(text, 64)
	return func(v any) (int, bool) {
		switch v := v.(type) {
		case moment:
			return time.Time(v).Compare(at), noTime == nil
		case int64:
			return cmp.Compare(float64(v), want), noNumber == nil
		case number, string:
			have, err := strconv.ParseFloat(plain(v), 64)
			return cmp.Compare(have, want), err == nil && noNumber == nil
		}
		return 0, false
	}
}

// compare orders two values of one field.
func compare(a, b any) int {
	switch x := a.(type) {
	case int64:
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	case moment:
		y, _ := b.(moment)
		return time.Time(x).Compare(time.Time(y))
	case number:
		y, _ := b.(number)
		return cmp.Compare(float(x), float(y))
	}
	return cmp.Compare(plain(a), plain(b))
}

func float(n number) float64 {
	f, _ := strconv.ParseFloat(string(n), 64)
	return f
}
