package simulator

import (
	"encoding/json"
	"iter"

	"lazilabs.com/lazi/internal/stspec"
)

// What the companies really hold, for tests to compare with. Nothing here counts as a call.

// Count returns how many records of an entity there are, deleted ones left out.
func (s *Simulator) Count(tenant int64, entity string) int { return len(s.IDs(tenant, entity)) }

// IDs returns the ids of an entity's records that are not deleted, ascending; none for an unknown company or entity.
func (s *Simulator) IDs(tenant int64, entity string) []int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, err := s.table(tenant, entity)
	if err != nil {
		return nil
	}
	var out []int64
	for _, r := range t.rows {
		if !r.deleted {
			out = append(out, r.id)
		}
	}
	return out
}

// Document returns a record as the list sends it, false when there is none.
func (s *Simulator) Document(tenant int64, entity string, id int64) (json.RawMessage, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, r, err := s.record(tenant, entity, id)
	if err != nil || r.deleted {
		return nil, false
	}
	return t.append(nil, r, view{op: stspec.List}), true
}

// Each goes through an entity's records that are not deleted, by rising id, as the list sends them.
func (s *Simulator) Each(tenant int64, entity string) iter.Seq2[int64, json.RawMessage] {
	return func(yield func(int64, json.RawMessage) bool) {
		for _, id := range s.IDs(tenant, entity) {
			if doc, ok := s.Document(tenant, entity, id); ok && !yield(id, doc) {
				return
			}
		}
	}
}
