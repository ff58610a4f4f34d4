package table

// Keys are what rows are found by, each once: ids, or names where a link joins by name.
type Keys struct {
	IDs   []int64
	Names []string

	// slots say where in IDs those stand that were added: their places + 1, or 0. An id's slot follows from its bits, or is the next that
	// is free; half of them are at least. It takes a fifth of a map's time (BenchmarkKeys), and a read does little else as often.
	slots []int32
}

// Len is the number of keys.
func (k *Keys) Len() int { return len(k.IDs) + len(k.Names) }

// Any returns the keys one by one, as readers of rows want them.
func (k *Keys) Any() []any {
	out := make([]any, 0, k.Len())
	for _, id := range k.IDs {
		out = append(out, id)
	}
	for _, name := range k.Names {
		out = append(out, name)
	}
	return out
}

// Reset takes all keys out and keeps the memory.
func (k *Keys) Reset() {
	k.IDs, k.Names = k.IDs[:0], k.Names[:0]
	clear(k.slots)
}

// Add adds an id unless it was added before, and returns its place among IDs.
func (k *Keys) Add(id int64) (place int) {
	if 2*len(k.IDs) >= len(k.slots) {
		k.grow()
	}
	slot := k.slot(id)
	if *slot == 0 {
		k.IDs = append(k.IDs, id)
		*slot = int32(len(k.IDs))
	}
	return int(*slot) - 1
}

// Place returns where among IDs one stands that was added.
func (k *Keys) Place(id int64) (place int, ok bool) {
	if len(k.slots) == 0 {
		return 0, false
	}
	place = int(*k.slot(id)) - 1
	return place, place >= 0
}

// slot returns the slot of an id, or the free one that it would take.
func (k *Keys) slot(id int64) *int32 {
	const golden = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio, which spreads numbers in a row evenly
	last := uint64(len(k.slots) - 1)
	for at := uint64(id) * golden >> 32 & last; ; at = (at + 1) & last {
		if s := &k.slots[at]; *s == 0 || k.IDs[*s-1] == id {
			return s
		}
	}
}

// grow doubles the slots, whose number is a power of two.
func (k *Keys) grow() {
	k.slots = make([]int32, max(64, 2*len(k.slots)))
	for i, id := range k.IDs {
		*k.slot(id) = int32(i + 1)
	}
}
