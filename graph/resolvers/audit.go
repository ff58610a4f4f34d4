package resolvers

import (
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
)

// auditAsked reads what auditLog asks for.
func auditAsked(filter *model.AuditFilter, first int, after *string) (*paging.Cut, domain.AuditFilter, error) {
	var f domain.AuditFilter
	if filter != nil {
		if filter.Outcomes != nil && len(filter.Outcomes) == 0 {
			return nil, f, domain.Invalid("outcomes", emptyList)
		}
		f.Outcomes = filter.Outcomes
		f.Subject, f.Operation = text(filter.Subject), text(filter.Operation)
		if filter.At != nil {
			f.Since, f.Until = filter.At.GTE, filter.At.LT
		}
	}
	cut, err := paging.NewCut("auditLog", f, false, first, after)
	if err != nil {
		return nil, f, err
	}
	f.Limit = cut.Limit
	if cut.After != nil {
		f.Before = cut.After.Number
	}
	return cut, f, nil
}

func auditPlace(e *domain.AuditEntry) paging.Place { return paging.Place{Number: e.Number} }

// text is a text that may have been left out.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
