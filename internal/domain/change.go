package domain

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// ChangeOp is what a change was to readers.
type ChangeOp string

// What the log of changes tells of.
const (
	ChangeInsert ChangeOp = "INSERT"
	ChangeUpdate ChangeOp = "UPDATE"
	ChangeDelete ChangeOp = "DELETE"
)

// Change is an entry of the log of changes: what one write did to records of a kind.
type Change struct {
	// Place is where the entry stands: behind the last of its records.
	Place  Place
	Tenant TenantID
	// Kind is the kind's name. A newer version that shares the database may know more of them.
	Kind string
	Op   ChangeOp
	// IDs are the records, in order.
	IDs []int64
	// Fields are the members that differ; of an update alone.
	Fields []string
	// At is when the transaction began.
	At time.Time
}

// Place is a place in the log of changes, behind so many records of an entry.
type Place struct {
	// XID and Seq are the entry's transaction and number, by which the log is read.
	XID uint64
	Seq int64
	// Records is how many of the entry's records stand before the place.
	Records int
}

const placeVersion = 1

// Compare tells which place comes first.
func (p Place) Compare(o Place) int {
	return cmp.Or(cmp.Compare(p.XID, o.XID), cmp.Compare(p.Seq, o.Seq), cmp.Compare(p.Records, o.Records))
}

// String encodes the place for clients: opaque and versioned. It does not hold the tenant.
func (p Place) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d:%d:%d:%d", placeVersion, p.XID, p.Seq, p.Records))
}

// ParsePlace decodes what String made. The error is ErrInvalid for anything else.
func ParsePlace(s string) (Place, error) {
	var p Place
	var version int
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		_, err = fmt.Fscanf(strings.NewReader(string(raw)), "%d:%d:%d:%d", &version, &p.XID, &p.Seq, &p.Records)
	}
	if err != nil || version != placeVersion || p.Seq < 1 || p.Records < 1 || p.String() != s {
		return Place{}, Invalid("since", "this is not a resume token of this API")
	}
	return p, nil
}
