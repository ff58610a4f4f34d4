package domain

import (
	"io"
	"strings"
	"unicode"
)

// vocabulary is an open enum: the words ServiceTitan is known to use and their GraphQL names. A word it does not
// know is written as UNKNOWN and kept in the row.
type vocabulary struct{ name, word map[string]string }

// Unknown is the GraphQL value of a word that this version does not know.
const Unknown = "UNKNOWN"

// words makes a vocabulary of upstream words: "InProgress" is IN_PROGRESS in GraphQL.
func words(upstream ...string) vocabulary {
	v := vocabulary{name: make(map[string]string, len(upstream)), word: make(map[string]string, len(upstream))}
	for _, w := range upstream {
		n := screaming(w)
		v.name[w], v.word[n] = n, w
	}
	return v
}

// screaming turns CamelCase into SCREAMING_CASE.
func screaming(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && unicode.IsUpper(r) && !unicode.IsUpper(rune(s[i-1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

func (v vocabulary) marshal(w io.Writer, word string) {
	n, ok := v.name[word]
	if !ok {
		n = Unknown
	}
	_, _ = io.WriteString(w, `"`+n+`"`)
}

func (v vocabulary) unmarshal(in any, word *string) error {
	n, _ := in.(string)
	w, ok := v.word[n]
	if !ok {
		return Invalid("value", "%.40q cannot be asked for", n)
	}
	*word = w
	return nil
}
