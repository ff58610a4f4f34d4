package domain

import (
	"fmt"
	"reflect"
)

// Link is a way from rows of one kind to rows of another, described for the store (which joins), the provider (which
// asks ServiceTitan for what is missing) and the loaders (which batch).
type Link struct {
	// Field is the name of From's GraphQL field that follows the link.
	Field string
	// From and To are the kinds at the two ends.
	From, To *Kind
	// FromColumn and ToColumn hold equal values in linked rows. Where one of them is an array it contains the other's value.
	FromColumn, ToColumn string
	// Via is the table in between, when the two kinds know each other only through a third.
	Via *Via
	// Tree is the column of To's parent in a tree, when a caller may ask for all below FromColumn's row.
	Tree *Tree
}

// Via is a table that links two kinds.
type Via struct {
	// Kind owns the table.
	Kind *Kind
	// FromColumn holds the id of the row the link starts at, ToColumn of the row it leads to.
	FromColumn, ToColumn string
}

// Tree says that the rows a link starts at form a tree, so that "and below" can be asked for.
type Tree struct {
	// Kind is the tree's kind and Parent its column that names the parent.
	Kind   *Kind
	Parent string
}

// ByID tells whether the link ends at To's own id: its rows can be fetched by id.
func (l *Link) ByID() bool { return l.ToColumn == "st_id" && l.Via == nil }

// Name identifies the link in cursors, traces and errors.
func (l *Link) Name() string {
	return l.From.Name + "." + l.FromColumn + ">" + l.To.Name + "." + l.ToColumn
}

// Keys returns the values by which a row is linked: none when the column is NULL or an empty array.
// A key is an int64 id or a string.
func (l *Link) Keys(row Entity) []any { return keysOf(l.From.value(row, l.FromColumn)) }

func keysOf(v reflect.Value) []any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return keysOf(v.Elem())
	case reflect.Slice:
		keys := make([]any, v.Len())
		for i := range keys {
			keys[i] = v.Index(i).Int()
		}
		return keys
	case reflect.String:
		return []any{v.String()}
	default:
		return []any{v.Int()}
	}
}

// ToOne is a link that leads from a row P to at most one row C.
type ToOne[P, C any] struct{ *Link }

// ToMany is a link that leads from a row P to any number of rows C.
type ToMany[P, C any] struct{ *Link }

// refersTo is the link of a column that holds another row's id: a job's customer.
func refersTo[P, C any](from Of[P], field, column string, to Of[C]) ToOne[P, C] {
	mustHold[C](from.Kind, column)
	return ToOne[P, C]{byID(from.Kind, field, column, to.Kind)}
}

// listsIDs is the link of an array column that holds other rows' ids: a job's tags.
func listsIDs[P, C any](from Of[P], field, column string, to Of[C]) ToMany[P, C] {
	mustHold[C](from.Kind, column)
	return ToMany[P, C]{byID(from.Kind, field, column, to.Kind)}
}

// byID makes a link to rows that are named by their ids and notes it with the kind it starts at.
func byID(from *Kind, field, column string, to *Kind) *Link {
	l := newLink(Link{Field: field, From: from, FromColumn: column, To: to, ToColumn: "st_id"})
	from.byID = append(from.byID, l)
	return l
}

// newLink notes a link with the kind it starts at.
func newLink(l Link) *Link {
	if _, twice := l.From.links[l.Field]; twice {
		panic("domain: " + l.From.Name + " has two links for field " + l.Field)
	}
	l.From.links[l.Field] = &l
	return &l
}

// KeysOf returns the ids by which a row names rows of a kind, over all its columns that do: a technician's zones and
// his main zone.
func KeysOf(row Entity, to *Kind) []any {
	var keys []any
	for _, l := range row.Base().kind.byID {
		if l.To == to {
			keys = append(keys, l.Keys(row)...)
		}
	}
	return keys
}

// owns is the link to the rows whose column names this row, alone or in an array: a customer's locations.
func owns[P, C any](from Of[P], field string, to Of[C], column string) ToMany[P, C] {
	mustHold[P](to.Kind, column)
	return ToMany[P, C]{newLink(Link{Field: field, From: from.Kind, FromColumn: "st_id", To: to.Kind, ToColumn: column})}
}

// ownsInTree is owns where the owners form a tree, so that a caller may ask for the rows of all branches below.
func ownsInTree[P, C any](from Of[P], field, parent string, to Of[C], column string) ToMany[P, C] {
	l := owns(from, field, to, column)
	l.Tree = &Tree{Kind: from.Kind, Parent: parent}
	return l
}

// sharesName is the link of rows that hold the same text: a technician names his team, no id is given.
func sharesName[P, C any](from Of[P], field, column string, to Of[C], toColumn string) *Link {
	from.mustColumn(column)
	to.mustColumn(toColumn)
	return newLink(Link{Field: field, From: from.Kind, FromColumn: column, To: to.Kind, ToColumn: toColumn})
}

// through is the link over a table in between: an appointment's technicians through the assignments.
func through[P, V, C any](from Of[P], field, fromColumn string, via Of[V], toColumn string, to Of[C]) ToMany[P, C] {
	mustHold[P](via.Kind, fromColumn)
	mustHold[C](via.Kind, toColumn)
	return ToMany[P, C]{newLink(Link{
		Field: field, From: from.Kind, FromColumn: "st_id", To: to.Kind, ToColumn: "st_id",
		Via: &Via{Kind: via.Kind, FromColumn: fromColumn, ToColumn: toColumn},
	})}
}

// mustHold panics unless the column's type is an id of T, a pointer to one or a slice of them.
func mustHold[T any](k *Kind, column string) {
	t := k.mustColumn(column).Type
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t != reflect.TypeFor[ID[T]]() {
		panic(fmt.Sprintf("domain: %s.%s holds %s, not an id of %s", k.Name, column, t, reflect.TypeFor[T]()))
	}
}
