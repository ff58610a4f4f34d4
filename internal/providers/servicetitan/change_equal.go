package servicetitan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// decodeNumbers decodes JSON without losing digits.
func decodeNumbers(doc []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	return d.Decode(into)
}

// member is a document's scalar member as text, inner ones behind a dot; "" when there is none.
func member(doc []byte, path string) string {
	var v any
	if decodeNumbers(doc, &v) != nil {
		return ""
	}
	for name := range strings.SplitSeq(path, ".") {
		o, _ := v.(map[string]any)
		v = o[name]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// equal tells whether ServiceTitan shows a value as it was sent: times in any offset, numbers in any notation, ids in any order
// and as objects that have them, texts with what an editor puts around them, objects in the members that were sent.
func equal(sent, shown any) bool {
	switch sent := sent.(type) {
	case nil:
		return shown == nil || shown == "" || shown == false
	case []any:
		return equalLists(sent, shown)
	case map[string]any:
		have, ok := shown.(map[string]any)
		for name, v := range sent {
			if have, given := have[name]; ok && given && !equal(v, have) {
				return false
			}
		}
		return ok
	case string:
		text, _ := shown.(string)
		a, errA := time.Parse(time.RFC3339Nano, sent)
		b, errB := time.Parse(time.RFC3339Nano, text)
		if errA == nil && errB == nil {
			return a.Equal(b)
		}
		return strings.Contains(text, strings.TrimSpace(sent))
	case bool:
		return sent == shown
	}
	a, okA := new(big.Rat).SetString(fmt.Sprint(sent))
	b, okB := new(big.Rat).SetString(fmt.Sprint(shown))
	return okA && okB && a.Cmp(b) == 0
}

// equalLists tells whether a list holds the same elements as were sent.
func equalLists(sent []any, shown any) bool {
	have, _ := shown.([]any)
	if len(sent) != len(have) {
		return false
	}
	for _, want := range sent {
		found := false
		for _, v := range have {
			if o, ok := v.(map[string]any); ok {
				if _, isObject := want.(map[string]any); !isObject {
					v = o["id"]
				}
			}
			found = found || equal(want, v)
		}
		if !found {
			return false
		}
	}
	return true
}
