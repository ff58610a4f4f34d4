// Package table asks for rows and holds them as columns of bytes, just as the database sends them: compiled reads write
// them into an answer without making a struct of each. It imports domain only.
package table

import (
	"iter"

	"lazilabs.com/lazi/internal/domain"
)

// Ask is a question for rows of one kind, and the place for its answer. What is asked for follows from what is set:
// rows with the given ids (ByID), rows that a link leads to from the given keys (Link), else rows of the kind.
type Ask struct {
	Kind *domain.Kind
	// ByID asks for the rows whose ids are Keys. Answers come in no order, without those that do not exist.
	ByID bool
	// Link is followed from each of Keys; Kind is where it leads.
	Link *domain.Link
	Keys Keys
	// Query narrows, orders and limits, for each key by itself. Rows of a page that is read backward come last first.
	Query domain.Query
	// Count asks for numbers of rows instead of rows: one for each key, or one in all.
	Count bool
	// Columns are what is wanted of each row; the first is st_id.
	Columns []Column
	// Below are questions about what these rows lead to, whose keys stand in columns of theirs. Who can answers them along with
	// this one; the others are asked in their turn.
	Below []*Ask
	// KeyColumns says which columns of the rows above a question that is below another has its keys from.
	KeyColumns []int
	// Along tells that the answer has come along with the one above. Of rows by id it has those that were at hand; who misses some asks
	// again.
	Along bool
	// Answer takes the answer.
	Answer Rows
}

// Column is a value that is wanted of each row: a column's, or of a JSON column just a part, which costs the database less
// than the whole.
type Column struct {
	domain.Column
	// Member asks for the text of a member of the JSON object.
	Member string
	// Presence asks whether there is an object: true, or NULL.
	Presence bool
}

// Reset makes the question, and those below it, ready to be asked.
func (a *Ask) Reset() {
	a.Along = false
	a.Answer.reset(len(a.Columns))
	for _, b := range a.Below {
		b.Reset()
	}
}

// Tree returns the question and all below it, each behind the one that it is below.
func (a *Ask) Tree() iter.Seq[*Ask] {
	return func(yield func(*Ask) bool) { a.walk(yield) }
}

func (a *Ask) walk(yield func(*Ask) bool) bool {
	if !yield(a) {
		return false
	}
	for _, b := range a.Below {
		if !b.walk(yield) {
			return false
		}
	}
	return true
}
