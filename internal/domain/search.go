package domain

// MatchField says what a search text was found in.
type MatchField string

// CustomerMatch is a customer found by a search.
type CustomerMatch struct {
	Customer *Customer
	// Field is NAME, PHONE or EMAIL.
	Field MatchField
	// Score ranks the matches: higher is better. Its scale may change.
	Score float64
}
