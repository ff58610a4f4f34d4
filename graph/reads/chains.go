package reads

// chains are the rows of a fetch in the order of the answer: for each key its first and last row, and for each row the
// one behind it.
type chains struct {
	first, last []int32 // by key; none when the key led nowhere
	sizes       []int32 // by key
	counts      []int64 // by key, of a fetch that counts
	more        []bool  // by key: rows stand behind the page
	next        []int32 // by row
}

const (
	none = -1
	// dropped marks a row that only showed that there is more.
	dropped = -2
)

func (c *chains) reset() {
	c.first, c.last, c.sizes, c.more, c.next = c.first[:0], c.last[:0], c.sizes[:0], c.more[:0], c.next[:0]
	c.counts = c.counts[:0]
}

// chain puts the rows of a fetch behind each other. Those of a page that was read backward come last first.
func (r *run) chain(f *fetch) {
	a, c := &r.asks[f.number], &r.chains[f.number]
	if f.count {
		c.counts = append(c.counts, make([]int64, max(a.Keys.Len(), 1))...)
		for i, n := range a.Answer.Counts {
			if key, known := r.place(f, i); known {
				c.counts[key] = n
			}
		}
		return
	}
	size, backward := 0, false
	if f.page != nil {
		size, backward = r.pages[f.page.number].Size(), a.Query.Backward
	}
	for range max(a.Keys.Len(), 1) {
		c.first, c.last = append(c.first, none), append(c.last, none)
		c.sizes, c.more = append(c.sizes, 0), append(c.more, false)
	}
	for row := range a.Answer.Len() {
		key, known := r.place(f, row)
		if !known { // the row above it only shows that there is more
			c.next = append(c.next, dropped)
			continue
		}
		c.next = append(c.next, none)
		if c.sizes[key]++; size > 0 && int(c.sizes[key]) > size {
			c.more[key], c.next[row] = true, dropped
			continue
		}
		c.add(key, int32(row), backward)
	}
}

// place returns where in the keys of a fetch that of a row stands, and whether it stands there.
func (r *run) place(f *fetch, row int) (at int, known bool) {
	a := &r.asks[f.number]
	switch {
	case f.byID:
		at, known = a.Keys.Place(a.Answer.ID(row))
	case len(a.Keys.IDs) > 0:
		at, known = a.Keys.Place(a.Answer.Key(row))
	default:
		at, known = int(a.Answer.Key(row)), true
	}
	return at, known
}

func (c *chains) add(key int, row int32, backward bool) {
	switch {
	case c.first[key] == none:
		c.first[key], c.last[key] = row, row
	case backward:
		c.next[row], c.first[key] = c.first[key], row
	default:
		c.next[c.last[key]], c.last[key] = row, row
	}
}
