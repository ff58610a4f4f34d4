package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/table"
)

// CopyFrom is from how many new rows on a write copies.
const CopyFrom = copyFrom

// InTx, Write and Remove are what a page of the sync engine is stored with.

func (s *Store) InTx(ctx context.Context, do func(tx pgx.Tx) error) error { return s.inTx(ctx, do) }

func (s *Store) Write(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, docs []domain.Document, run int64) (domain.Written, error) {
	return s.write(ctx, tx, tenant, k, docs, run)
}

func (s *Store) Remove(ctx context.Context, tx pgx.Tx, tenant domain.TenantID, k *domain.Kind, ids []int64) (int, error) {
	return s.remove(ctx, tx, tenant, k, ids)
}

// Gathered is how many callers wait for others' questions to come back.
func (s *Store) Gathered() (callers int) {
	s.convoys.mu.Lock()
	defer s.convoys.mu.Unlock()
	for _, t := range s.convoys.forms {
		if t.waiting != nil {
			callers += t.waiting.callers
		}
	}
	return callers
}

// Waiting is how many callers wait for a connection.
func (s *Store) Waiting() int {
	s.pipelines.mu.Lock()
	defer s.pipelines.mu.Unlock()
	return len(s.pipelines.waiting)
}

// MaxPipeline is how many callers' questions go together at most.
const MaxPipeline = maxPipeline

// SetPipelinePatience sets how long a pipeline may take.
func (s *Store) SetPipelinePatience(d time.Duration) { s.pipelines.patience = d }

// SetCrowd sets how many callers are not yet too many for trees.
func (s *Store) SetCrowd(n int64) { s.crowd = n }

// Lanes is how many questions of one form may be under way before others gather.
func (s *Store) Lanes() int { return s.convoys.lanes }

// Patience is how long nothing may come back before others go.
const Patience = patience

// SetClock sets the store's clock.
func (s *Store) SetClock(now func() time.Time) { s.now = now }

// AnswerTogether answers the questions of several callers as one convoy does, into each caller's.
func (s *Store) AnswerTogether(ctx context.Context, tenant domain.TenantID, callers ...[]*table.Ask) error {
	v := s.convoys.spare.Get().(*convoy)
	v.begin(ctx, tenant, callers[0])
	for _, asks := range callers {
		for _, a := range asks {
			a.Reset()
		}
		v.add(asks)
	}
	v.run(s)
	if v.err != nil {
		return v.err
	}
	for _, asks := range callers {
		v.hand(asks)
		s.convoys.keep(v)
	}
	return nil
}
