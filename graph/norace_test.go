//go:build !race

package graph_test

// slow is how much longer everything may take than is promised: not at all.
const slow = 1
