package auth_test

import (
	"slices"
	"strings"
	"testing"

	"lazilabs.com/lazi/internal/auth"
)

// TestScope_isTheTable copies the table of requirements 8 cell by cell: owner, admin, manager, dispatcher, technician,
// viewer. A is every row, o the caller's own, - nothing.
func TestScope_isTheTable(t *testing.T) {
	t.Parallel()
	table := []struct{ permissions, cells string }{
		{"customers:read jobs:read appointments:read technicians:read pricebook:read", "A A A A o A"},
		{"invoices:read payments:read estimates:read", "A A A A - A"},
		{"customers:write jobs:write appointments:write appointments:assign", "A A A A - -"},
		{"appointments:overbook", "A A A - - -"}, // not in the table: see the permission
		{"jobs:complete", "A A A A o -"},
		{"customers:deactivate pricebook:write sync:run providers:write", "A A - - - -"},
		{"documents:read audit:read credentials:manage", "A A - - - -"},
	}
	letters := map[auth.Scope]string{auth.All: "A", auth.Own: "o", auth.None: "-"}
	var seen []auth.Permission
	for _, row := range table {
		cells := strings.Fields(row.cells)
		for p := range strings.FieldsSeq(row.permissions) {
			seen = append(seen, auth.Permission(p))
			for i, role := range auth.Roles() {
				if got := letters[role.Scope(auth.Permission(p))]; got != cells[i] {
					t.Errorf("%s of %s is %q, want %q", role, p, got, cells[i])
				}
				if can := role.Can(auth.Permission(p)); can != (cells[i] != "-") {
					t.Errorf("%s can %s = %v", role, p, can)
				}
			}
		}
	}
	if !slices.Equal(seen, auth.Permissions()) {
		t.Errorf("Permissions() = %v, the table has %v", auth.Permissions(), seen)
	}
}

func TestScope_deniesByDefault(t *testing.T) {
	t.Parallel()
	for _, p := range []auth.Permission{"", "customers", "customers:delete", "*", "CUSTOMERS:READ"} {
		for _, role := range auth.Roles() {
			if role.Can(p) {
				t.Errorf("%s can %q", role, p)
			}
		}
	}
	for _, role := range []auth.Role{"", "ROOT", "owner"} {
		for _, p := range auth.Permissions() {
			if role.Can(p) {
				t.Errorf("%q can %s", role, p)
			}
		}
	}
}
