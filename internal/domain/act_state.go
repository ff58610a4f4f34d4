package domain

import (
	"fmt"
	"reflect"
	"slices"
)

// State is the record's state in a column, "" when it has none.
func (k *Kind) State(row Entity, column string) string {
	v := k.value(row, column)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	return fmt.Sprint(v.Interface())
}

// Starts tells whether a record is in a state from which the move leads.
func (m *Move) Starts(row Entity) bool {
	return slices.Contains(m.From, row.Base().kind.State(row, m.Column))
}

// Holds tells whether a record of any kind is in such a state: an appointment that an act on its job goes through.
func (m *Move) Holds(row Entity) bool {
	k := row.Base().kind
	for _, column := range []string{m.Column, "status"} {
		if _, ok := k.index[column]; ok {
			return slices.Contains(m.From, k.State(row, column))
		}
	}
	return false
}

// IDIn returns the value of a row's column that holds an id, 0 when there is none.
func (k *Kind) IDIn(row Entity, column string) int64 {
	if _, ok := k.index[column]; !ok {
		return 0
	}
	for _, key := range keysOf(k.value(row, column)) {
		if id, ok := key.(int64); ok {
			return id
		}
	}
	return 0
}
