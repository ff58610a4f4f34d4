package store

import (
	"strconv"
	"strings"

	"lazilabs.com/lazi/internal/domain"
)

// statement is SQL under construction. Values are always bound; names come from the kinds' descriptions alone.
type statement struct {
	text strings.Builder
	args []any
	// keysAt is which of the arguments are the keys; 0, which is the tenant, where there are none.
	keysAt int
	// branches are the questions that the statement answers, where they are several.
	branches []branch
}

// tenantArg is the placeholder of the tenant in a statement about the mirror.
const tenantArg = "$1"

// about begins a statement about a tenant's rows.
func about(tenant domain.TenantID) *statement {
	return &statement{args: []any{int64(tenant)}}
}

// write appends SQL; each ? takes the next argument.
func (s *statement) write(text string, args ...any) {
	for i := range args {
		at := strings.IndexByte(text, '?')
		s.text.WriteString(text[:at])
		s.text.WriteString(s.bind(args[i]))
		text = text[at+1:]
	}
	s.text.WriteString(text)
}

// add appends SQL that stands in pieces, without joining them first.
func (s *statement) add(pieces ...string) {
	for _, p := range pieces {
		s.text.WriteString(p)
	}
}

// bind adds an argument and returns its placeholder.
func (s *statement) bind(arg any) string {
	s.args = append(s.args, arg)
	return "$" + strconv.Itoa(len(s.args))
}
