package reads

// pageValue compiles a connection. Ask adds the question for its rows, or for their number, to the plan.
func (c *compiler) pageValue(field collected, ask func(count bool) (*fetch, rowsOf)) (value, error) {
	v := &pageOf{}
	var rows, counts *fetch
	theRows := func() *fetch {
		if rows == nil {
			rows, v.rows = ask(false)
			v.page = rows.page.number
		}
		return rows
	}
	o, err := c.objectOf(field.Definition.Type.Name(), field.Selections, func(m collected) (value, error) {
		switch m.Name {
		case "nodes":
			o, err := c.object(theRows(), m.Selections)
			return &nodes{o}, err
		case "edges":
			o, err := c.edge(theRows(), m)
			return &nodes{o}, err
		case "pageInfo":
			return c.pageInfo(theRows(), m)
		case "totalCount":
			counts, v.counts = ask(true)
			return totalCount{}, nil
		}
		return nil, notDescribed(m)
	})
	v.object = o
	switch {
	case err == nil && rows == nil && counts == nil:
		return nil, notDescribed(field) // the arguments must be checked even so
	case rows == nil:
		v.rows = v.counts // its keys tell whether there is a list at all
	}
	return v, err
}

func (c *compiler) edge(rows *fetch, edges collected) (*object, error) {
	return c.objectOf(edges.Definition.Type.Name(), edges.Selections, func(m collected) (value, error) {
		switch m.Name {
		case "cursor":
			rows.cursors = true
			return cursor{rows.number, rows.page.number}, nil
		case "node":
			return c.object(rows, m.Selections)
		}
		return nil, notDescribed(m)
	})
}

func (c *compiler) pageInfo(rows *fetch, info collected) (value, error) {
	return c.objectOf(info.Definition.Type.Name(), info.Selections, func(m collected) (value, error) {
		switch m.Name {
		case "hasNextPage", "hasPreviousPage":
			rows.ends = true
			return pageEnd{next: m.Name == "hasNextPage"}, nil
		case "startCursor", "endCursor":
			rows.cursors = true
			return pageCursor{end: m.Name == "endCursor"}, nil
		}
		return nil, notDescribed(m)
	})
}
