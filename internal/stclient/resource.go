package stclient

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Resource says where the API serves one entity. Paths hold {tenant}, GetPath {id} too; "" where the API has none.
type Resource struct {
	// Name is the entity's name in errors and logs.
	Name string
	// Module is the API module ("crm"), the unit of the rate budget.
	Module string
	// ListPath is the list: "/crm/v2/tenant/{tenant}/customers".
	ListPath string
	// GetPath is one record: "/crm/v2/tenant/{tenant}/customers/{id}".
	GetPath string
	// ExportPath is the feed: "/crm/v2/tenant/{tenant}/export/customers".
	ExportPath string
}

// call is one request of the API: what it is called, whose budget it spends and where it goes.
type call struct {
	op, module, url string
	// method is GET unless the call changes something; body is JSON, nil for none.
	method string
	body   []byte
}

// writes tells whether the call changes something, so that it must not be repeated blindly.
func (c call) writes() bool { return c.method != http.MethodGet }

// newCall fills in a path. The id is used by paths with {id} only.
func (t *Tenant) newCall(op string, r Resource, path string, id int64, q url.Values) (call, *Error) {
	if path == "" {
		return call{}, &Error{Op: op, Code: CodeNoSuchOperation, Hint: "the API has no such operation"}
	}
	path = strings.NewReplacer(
		"{tenant}", strconv.FormatInt(t.creds.TenantID, 10),
		"{id}", strconv.FormatInt(id, 10),
	).Replace(path)
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "{}?#") {
		return call{}, &Error{Op: op, Code: CodeInvalid, Hint: "the resource's path is malformed"}
	}
	u := strings.TrimSuffix(t.client.cfg.APIBaseURL, "/") + path
	if len(q) > 0 {
		u += "?" + q.Encode() // encodes the plus of sort=+Id, as the API demands
	}
	return call{op: op, module: r.Module, url: u, method: http.MethodGet}, nil
}
