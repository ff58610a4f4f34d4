package domain

// Form says how a GraphQL field is made of columns.
type Form int

// The forms.
const (
	// AsText shows a word of ServiceTitan's as it is, beside the enum that is made of it.
	AsText Form = iota + 1
	// AsWindow shows a start and an end as a TimeWindow; null when either is missing.
	AsWindow
	// AsSeconds shows a number of seconds as a Duration.
	AsSeconds
	// AsLines joins the lines of a JSON column with the rows that they name.
	AsLines
)

// Made is a GraphQL field that is made of columns. The kind's struct has a method of the same name, or the graph a
// resolver, that gives the same answer.
type Made struct {
	Form Form
	// Columns are what it is made of.
	Columns []string
	// Lines says more of the form AsLines.
	Lines *Lines
}

// Lines says how the elements of a JSON column name rows.
type Lines struct {
	// Element is an empty value of the struct that a line is read into; its field Key holds the named row's id.
	Element any
	Key     string
	// Link is the field of the link that leads to the rows, and Row the line's GraphQL field that shows the row.
	Link, Row string
}

func asText(column string) Made { return Made{Form: AsText, Columns: []string{column}} }

func asWindow(start, end string) Made { return Made{Form: AsWindow, Columns: []string{start, end}} }

func asSeconds(column string) Made { return Made{Form: AsSeconds, Columns: []string{column}} }

func asLines(column string, l Lines) Made {
	return Made{Form: AsLines, Columns: []string{column}, Lines: &l}
}
