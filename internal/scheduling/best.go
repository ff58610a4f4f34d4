package scheduling

import "slices"

// best keeps the best of the items it is given, so that what is not wanted is neither stored nor sorted.
type best[T any] struct {
	// limit is how many items are kept; zero means all.
	limit int
	// compare is negative if a is better than b. It must order any two items, for the outcome not to depend on their order.
	compare func(a, b T) int
	// items is a heap with the worst on top once it holds limit items, and in no order before.
	items []T
}

func (b *best[T]) add(item T) {
	switch {
	case b.limit == 0 || len(b.items) < b.limit:
		b.items = append(b.items, item)
		if len(b.items) == b.limit {
			// A slice that is sorted is a heap.
			slices.SortFunc(b.items, func(x, y T) int { return b.compare(y, x) })
		}
	case b.compare(item, b.items[0]) < 0:
		b.items[0] = item
		b.sink()
	}
}

// sink moves the item on top down to its place in the heap.
func (b *best[T]) sink() {
	for top := 0; ; {
		worst := top
		for child := 2*top + 1; child <= 2*top+2 && child < len(b.items); child++ {
			if b.compare(b.items[child], b.items[worst]) > 0 {
				worst = child
			}
		}
		if worst == top {
			return
		}
		b.items[top], b.items[worst] = b.items[worst], b.items[top]
		top = worst
	}
}

// take empties b and returns what it held, best first. The slice is valid until the next add.
func (b *best[T]) take() []T {
	items := b.items
	b.items = b.items[:0]
	slices.SortFunc(items, b.compare)
	return items
}
