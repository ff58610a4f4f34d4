package domain

import "time"

// TenantID is a company's id: ServiceTitan's tenant id.
type TenantID int64

// Source tells where a row of an answer came from.
type Source string

// Where answers come from.
const (
	// SourceCache is the mirror.
	SourceCache Source = "CACHE"
	// SourceLive is ServiceTitan, asked for this request.
	SourceLive Source = "LIVE"
	// SourceFallback is the mirror, because ServiceTitan did not answer.
	SourceFallback Source = "CACHE_FALLBACK"
)

// Record is what every mirrored row carries.
type Record struct {
	kind *Kind
	// STID is ServiceTitan's id, unique inside a tenant and kind.
	STID int64 `db:"st_id"`
	// Active is false when the record is switched off in ServiceTitan.
	Active bool `db:"active"`
	// CreatedAt is when the record was made; nil for imported records, whose date ServiceTitan gives as year 1.
	CreatedAt *time.Time `db:"created_on"`
	// ModifiedAt is when ServiceTitan last changed the record.
	ModifiedAt *time.Time `db:"modified_on"`
	// FetchedAt is when the document was last read from ServiceTitan.
	FetchedAt time.Time `db:"fetched_at"`
	// Source tells how this answer got the row.
	Source Source
}

// Base returns the record itself, so that a struct that embeds it is an Entity.
func (r *Record) Base() *Record { return r }

// Kind returns the kind of the row.
func (r *Record) Kind() *Kind { return r.kind }

// ID returns the row's global id.
func (r *Record) ID() GlobalID { return GlobalID{Kind: r.kind.Name, ID: r.STID} }

// ExternalID returns ServiceTitan's id.
func (r *Record) ExternalID() *BigInt { return new(BigInt(r.STID)) }

// Freshness tells the age and origin of the row.
func (r *Record) Freshness() *Freshness {
	return &Freshness{SyncedAt: r.FetchedAt, SourceModifiedAt: r.ModifiedAt, Source: r.Source}
}

// IsNode marks the row for GraphQL's Node interface.
func (*Record) IsNode() {}

// IsEntity marks the row for federation.
func (*Record) IsEntity() {}

// Freshness is the age and origin of a row.
type Freshness struct {
	// SyncedAt is when our copy was last confirmed against ServiceTitan.
	SyncedAt time.Time
	// SourceModifiedAt is when ServiceTitan last changed it; nil where the API does not tell.
	SourceModifiedAt *time.Time
	// Source is where the answer came from.
	Source Source
}

// StaleAfter is the age from which a copy counts as stale. Nothing expires: it is a mark for readers.
const StaleAfter = 24 * time.Hour

// Age is the time since the copy was confirmed.
func (f *Freshness) Age(now time.Time) time.Duration { return max(now.Sub(f.SyncedAt), 0) }

// Stale tells whether readers should be warned: ServiceTitan did not answer, or the copy is old.
func (f *Freshness) Stale(now time.Time) bool {
	return f.Source == SourceFallback || f.Age(now) > StaleAfter
}
