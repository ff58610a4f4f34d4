package reads

import (
	"reflect"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// places says for each row of a level where in the keys of a fetch those stand that the row's column holds: none for
// NULL, several for an array.
type places struct {
	begin []int32 // by row; one more at the end
	keys  []int32
}

// rootKeys are the keys of a root: it has one list.
var rootKeys = []int32{0}

// atRoot stands for the number of a key at a root.
const atRoot = -1

// keysOf returns where the keys of a row stand.
func (r *run) keysOf(key, row int) []int32 {
	if key == atRoot {
		return rootKeys
	}
	p := &r.places[key]
	return p.keys[p.begin[row]:p.begin[row+1]]
}

// gather collects the keys of a fetch from the rows of the level above, each once.
func (r *run) gather(f, above *fetch) {
	rows, in := &r.asks[above.number].Answer, &r.chains[above.number]
	into := &r.asks[f.number].Keys
	var names map[string]int
	for _, k := range f.keys {
		p := &r.places[k.number]
		p.begin, p.keys = p.begin[:0], p.keys[:0]
		for row := range rows.Len() {
			p.begin = append(p.begin, int32(len(p.keys)))
			v := rows.Value(row, k.column)
			if v == nil || in.next[row] == dropped {
				continue
			}
			switch {
			case k.array:
				for a := table.ArrayOf(v); ; {
					element, ok := a.Next()
					if !ok {
						break
					}
					p.keys = append(p.keys, int32(into.Add(table.Int(element))))
				}
			case k.names:
				if names == nil {
					names = map[string]int{}
				}
				p.keys = append(p.keys, namePlace(names, into, v))
			default:
				p.keys = append(p.keys, int32(into.Add(table.Int(v))))
			}
		}
		p.begin = append(p.begin, int32(len(p.keys)))
	}
}

func namePlace(found map[string]int, into *table.Keys, name []byte) int32 {
	at, ok := found[string(name)]
	if !ok {
		at = len(into.Names)
		found[string(name)] = at
		into.Names = append(into.Names, string(name))
	}
	return int32(at)
}

// isName tells columns that hold names from those that hold ids.
func isName(c domain.Column) bool { return base(c.Type).Kind() == reflect.String }

// base is a column's type without the pointer that makes it nullable.
func base(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// positionText writes a value as Kind.Position does.
func positionText(c domain.Column, v []byte) string {
	switch t := base(c.Type); {
	case t == reflect.TypeFor[time.Time]():
		return string(appendInstant(nil, table.Micros(v)))
	case t.Kind() == reflect.Int64:
		return string(writeInt(nil, v))
	}
	return string(v)
}
