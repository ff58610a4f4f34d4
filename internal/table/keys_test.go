package table_test

import (
	"math/rand/v2"
	"testing"

	"lazilabs.com/lazi/internal/table"
)

func TestKeys_placesAreThoseOfAMap(t *testing.T) {
	t.Parallel()
	var k table.Keys
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 50 {
		k.Reset()
		want := map[int64]int{}
		for range 1 + round*20 {
			id := []int64{random.Int64N(100), random.Int64() << 40, -random.Int64N(1000), random.Int64N(50) << 32}[random.IntN(4)]
			place, known := want[id]
			if !known {
				place = len(want)
				want[id] = place
			}
			if got := k.Add(id); got != place {
				t.Fatalf("round %d: %d is added at %d, want %d", round, id, got, place)
			}
		}
		if k.Len() != len(want) {
			t.Fatalf("round %d: %d keys, want %d", round, k.Len(), len(want))
		}
		for id, place := range want {
			if got, ok := k.Place(id); !ok || got != place || k.IDs[place] != id {
				t.Errorf("round %d: %d stands at %d, %t; want %d", round, id, got, ok, place)
			}
		}
		if got, ok := k.Place(1001); ok {
			t.Errorf("round %d: what was not added stands at %d", round, got)
		}
	}
	if got, ok := (&table.Keys{IDs: []int64{7}}).Place(7); ok {
		t.Errorf("what was not added stands at %d", got)
	}
}

func BenchmarkKeys(b *testing.B) {
	ids := make([]int64, 200)
	for i := range ids {
		ids[i] = 600_000 + 1679*int64(i)
	}
	b.Run("keys", func(b *testing.B) {
		var k table.Keys
		for b.Loop() {
			k.Reset()
			for _, id := range ids {
				k.Add(id)
			}
			for _, id := range ids {
				k.Place(id)
			}
		}
	})
	b.Run("map", func(b *testing.B) {
		places, list := map[int64]int{}, []int64(nil)
		for b.Loop() {
			clear(places)
			list = list[:0]
			for _, id := range ids {
				if _, known := places[id]; !known {
					places[id] = len(list)
					list = append(list, id)
				}
			}
			for _, id := range ids {
				_ = places[id]
			}
		}
	})
}
