package reads

import (
	"reflect"

	"github.com/tidwall/gjson"

	"lazilabs.com/lazi/internal/domain"
)

// lines shows the elements of a JSON column joined with the rows that they name.
type lines struct {
	at      int
	key     string // of the member that holds the row's id
	rows    rowsOf
	names   []string
	members []lineMember
}

// lineMember is a field of a line: of its own, standing somewhere in the line, or the row.
type lineMember struct {
	own  jsonValue
	path []string
	row  *object
}

// lines compiles a field that joins lines with rows.
func (c *compiler) lines(f *fetch, at int, field collected, l *domain.Lines) (value, error) {
	link, _ := f.kind.Link(l.Link)
	element := reflect.TypeOf(l.Element)
	key, _ := element.FieldByName(l.Key)
	typeName := field.Definition.Type.Name()
	fields, err := c.collect(field.Selections, typeName)
	if err != nil {
		return nil, err
	}
	next, k := c.plan.follow(f, link, nil, false)
	v := lines{at: at, key: key.Tag.Get("json"), rows: rowsOf{next.number, k.number}}
	for _, m := range fields {
		var member lineMember
		switch m.Name {
		case l.Row:
			member.row, err = c.object(next, m.Selections)
		case "__typename":
			member.own = func(b []byte, _ *run, _ gjson.Result) []byte { return append(b, `"`+typeName+`"`...) }
		default:
			member.own, member.path, err = c.jsonMember(element, m)
		}
		if err != nil {
			return nil, err
		}
		v.names, v.members = append(v.names, memberName(m.Alias)), append(v.members, member)
	}
	return v, nil
}

func (l lines) write(b []byte, s spot) []byte {
	raw := s.rows.Value(s.row, l.at)
	if raw == nil {
		return append(b, "[]"...)
	}
	return jsonList(true, func(b []byte, _ *run, line gjson.Result) []byte { return l.writeLine(b, s, line) })(b, s.run, gjson.ParseBytes(raw))
}

func (l lines) writeLine(b []byte, s spot, line gjson.Result) []byte {
	b = append(b, '{')
	for i, m := range l.members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, l.names[i]...)
		if m.row != nil {
			b = l.writeRow(b, s, m.row, within(line, []string{l.key}).Int())
		} else {
			b = m.own(b, s.run, within(line, m.path))
		}
	}
	return append(b, '}')
}

// writeRow shows the row that a line names; null when it is gone.
func (l lines) writeRow(b []byte, s spot, o *object, id int64) []byte {
	rows, chains := l.rows.in(s.run)
	if at, ok := s.run.asks[l.rows.fetch].Keys.Place(id); ok {
		if row := chains.first[at]; row >= 0 {
			return o.write(b, spot{run: s.run, rows: rows, row: int(row)})
		}
	}
	return append(b, "null"...)
}
