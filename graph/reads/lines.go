package reads

import (
	"encoding/json"
	"errors"
	"reflect"

	"lazilabs.com/lazi/internal/domain"
)

// lines shows the elements of a JSON column joined with the rows that they name.
type lines struct {
	at      int
	element reflect.Type
	key     []int // of the element's field that holds the row's id
	rows    rowsOf
	names   []string
	members []lineMember
}

// lineMember is a field of a line: of its own, or the row.
type lineMember struct {
	own goValue
	row *object
}

// lines compiles a field that joins lines with rows.
func (c *compiler) lines(f *fetch, at int, field collected, l *domain.Lines) (value, error) {
	link, _ := f.kind.Link(l.Link)
	element := reflect.TypeOf(l.Element)
	key, _ := element.FieldByName(l.Key)
	fields, err := c.collect(field.Selections, field.Definition.Type.Name())
	if err != nil {
		return nil, err
	}
	next, k := c.plan.follow(f, link, nil, false)
	v := lines{at: at, element: element, key: key.Index, rows: rowsOf{next.number, k.number}}
	for _, m := range fields {
		var member lineMember
		if m.Name == l.Row {
			member.row, err = c.object(next, m.Selections)
		} else {
			member.own, err = c.lineOwn(m, element)
		}
		if err != nil {
			return nil, err
		}
		v.names, v.members = append(v.names, memberName(m.Alias)), append(v.members, member)
	}
	return v, nil
}

func (c *compiler) lineOwn(m collected, element reflect.Type) (goValue, error) {
	if m.Name == "__typename" {
		text := `"` + m.ObjectDefinition.Name + `"`
		return func(b []byte, _ *run, _ reflect.Value) []byte { return append(b, text...) }, nil
	}
	f, ok := element.FieldByNameFunc(func(s string) bool { return sameName(s, m.Name) })
	if !ok {
		return nil, notDescribed(m)
	}
	show, err := c.goValue(m.Definition.Type, f.Type, m)
	return func(b []byte, r *run, v reflect.Value) []byte { return show(b, r, v.FieldByIndex(f.Index)) }, err
}

func (l lines) write(b []byte, s spot) []byte {
	list := reflect.New(reflect.SliceOf(l.element))
	if raw := s.rows.Value(s.row, l.at); raw != nil && json.Unmarshal(raw, list.Interface()) != nil {
		return s.run.fail(b, errors.New("reads: lines cannot be read"))
	}
	b = append(b, '[')
	for i := range list.Elem().Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = l.writeLine(b, s, list.Elem().Index(i))
	}
	return append(b, ']')
}

func (l lines) writeLine(b []byte, s spot, line reflect.Value) []byte {
	b = append(b, '{')
	for i, m := range l.members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, l.names[i]...)
		if m.own != nil {
			b = m.own(b, s.run, line)
		} else {
			b = l.writeRow(b, s, m.row, line.FieldByIndex(l.key).Int())
		}
	}
	return append(b, '}')
}

// writeRow shows the row that a line names; null when it is gone.
func (l lines) writeRow(b []byte, s spot, o *object, id int64) []byte {
	rows, chains := l.rows.in(s.run)
	if at, ok := s.run.found[l.rows.fetch][id]; ok {
		if row := chains.first[at]; row >= 0 {
			return o.write(b, spot{run: s.run, rows: rows, row: int(row)})
		}
	}
	return append(b, "null"...)
}
