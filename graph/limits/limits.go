// Package limits says how much one request may ask for, before anything is done for it. What a document asks for is
// measured once; only what its variables decide is computed again for each request. It imports nothing of ours.
package limits

import "fmt"

// Limits are the largest values that are accepted.
type Limits struct {
	// DocumentBytes bounds the text of a document. The largest of our screens has 3,000.
	DocumentBytes int
	// Tokens bounds the words and signs of a document.
	Tokens int
	// Depth is how many fields may stand inside each other. The standard introspection query has 15.
	Depth int
	// RootFields bounds the fields of an operation itself.
	RootFields int
	// Selections bounds the fields of an operation once each fragment stands where it is used.
	Selections int
	// Aliases bounds the renamed fields among those.
	Aliases int
	// Directives bounds what stands behind an @ there.
	Directives int
	// Repeats bounds how many fields of one name may come to stand in one place of the answer, through fragments too: they are
	// all compared with each other.
	Repeats int
	// Spreads bounds how many fragments may be used in one place, which are compared as well.
	Spreads int
	// Fragments bounds the named fragments of a document: to find circles takes the square of them.
	Fragments int
	// NameBytes bounds each name: names come back in answers and errors.
	NameBytes int
	// Cost bounds the objects that an answer may hold: page size times what is asked of each row.
	Cost int64
	// Lists bounds the lists that a client may name objects by: the length of an argument by "Type.field(argument)".
	Lists map[string]int
}

// Default returns the limits of a server on the public internet.
func Default() Limits {
	return Limits{
		DocumentBytes: 64 << 10, Tokens: 10_000, Depth: 20, RootFields: 50, Selections: 5_000, Aliases: 500, Directives: 200,
		Repeats: 100, Spreads: 50, Fragments: 200, NameBytes: 200, Cost: 1_000_000,
		Lists: map[string]int{"Query._entities(representations)": 500, "Query.nodes(ids)": 100},
	}
}

// ExceededError is the error for what goes beyond a limit.
type ExceededError struct {
	// Limit names the limit.
	Limit string
	// Max is the largest value that is accepted.
	Max int64
	// Value is the one that was met; at least that where it was not counted to the end.
	Value int64
	// Argument tells that the limit is one of an argument, not of the document.
	Argument bool
}

// Error says which limit is exceeded, and by what.
func (e *ExceededError) Error() string {
	return fmt.Sprintf("the limit of %s is %d, this has %d", e.Limit, e.Max, e.Value)
}

// check returns an error if the value is beyond the limit.
func check(limit string, value, most int) error {
	if value > most {
		return &ExceededError{Limit: limit, Max: int64(most), Value: int64(value)}
	}
	return nil
}
