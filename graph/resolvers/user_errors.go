package resolvers

import (
	"errors"
	"fmt"

	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/domain"
)

// Codes of user errors: what programs read.
const (
	// codeInvalid marks input that cannot be meant; its field says which.
	codeInvalid = "INVALID"
	// codeNotFound marks a record that does not exist for this tenant.
	codeNotFound = "NOT_FOUND"
	// codeFinished marks a run that has ended already.
	codeFinished = "FINISHED"
	// codeForbidden marks what the caller's role does not allow, and codeRequired what must be given.
	codeForbidden = "FORBIDDEN"
	codeRequired  = "REQUIRED"
)

// userError makes an expected failure that is about a field of a mutation's input.
func userError(code, field, format string, args ...any) *model.UserError {
	return &model.UserError{Code: code, Message: fmt.Sprintf(format, args...), Field: []string{"input", field}}
}

// invalid makes user errors of those among some errors that are *domain.InvalidError.
func invalid(errs ...error) []*model.UserError {
	var out []*model.UserError
	for _, err := range errs {
		if e, ok := errors.AsType[*domain.InvalidError](err); ok {
			out = append(out, userError(codeInvalid, e.Field, "%s", e.Error()))
		}
	}
	return out
}
