package providers

import (
	"context"
	"fmt"

	"lazilabs.com/lazi/internal/domain"
)

// Mode says who is the source of truth for an area.
type Mode string

// ModeServiceTitan reads the mirror and asks ServiceTitan for what the mirror cannot answer. It is the default.
const ModeServiceTitan Mode = "servicetitan"

// Modes tells the mode of a tenant's area.
type Modes func(ctx context.Context, tenant domain.TenantID, area domain.Area) (Mode, error)

// Factory gives each tenant's area its provider. Providers are made once, registered at start and kept.
type Factory struct {
	modes   Modes
	readers map[Mode]Reader
	answer  map[Mode]Answerer
	search  map[Mode]CustomerSearcher
	change  map[Mode]Changer
	plan    map[Mode]Dispatcher
}

// NewFactory makes a factory that asks modes which of the readers serves an area. Optional abilities are found here,
// once; no caller probes for them.
func NewFactory(modes Modes, readers map[Mode]Reader) *Factory {
	f := &Factory{modes: modes, readers: readers, answer: map[Mode]Answerer{}, search: map[Mode]CustomerSearcher{}, change: map[Mode]Changer{}, plan: map[Mode]Dispatcher{}}
	for mode, r := range readers {
		if a, ok := r.(Answerer); ok {
			f.answer[mode] = a
		}
		if s, ok := r.(CustomerSearcher); ok {
			f.search[mode] = s
		}
		if c, ok := r.(Changer); ok {
			f.change[mode] = c
		}
		if d, ok := r.(Dispatcher); ok {
			f.plan[mode] = d
		}
	}
	return f
}

// Reader returns the provider of an area. An unknown mode is an error, never a silent fallback.
func (f *Factory) Reader(ctx context.Context, tenant domain.TenantID, area domain.Area) (Reader, error) {
	return pick(ctx, f, tenant, area, f.readers)
}

// Answerer returns who answers compiled reads of an area.
func (f *Factory) Answerer(ctx context.Context, tenant domain.TenantID, area domain.Area) (Answerer, error) {
	return pick(ctx, f, tenant, area, f.answer)
}

// CustomerSearcher returns who searches customers for a tenant.
func (f *Factory) CustomerSearcher(ctx context.Context, tenant domain.TenantID) (CustomerSearcher, error) {
	return pick(ctx, f, tenant, domain.AreaCustomer, f.search)
}

// Changer returns who makes changes in an area.
func (f *Factory) Changer(ctx context.Context, tenant domain.TenantID, area domain.Area) (Changer, error) {
	return pick(ctx, f, tenant, area, f.change)
}

// Dispatcher returns who tells what plans take.
func (f *Factory) Dispatcher(ctx context.Context, tenant domain.TenantID) (Dispatcher, error) {
	return pick(ctx, f, tenant, domain.AreaTechnician, f.plan)
}

func pick[T any](ctx context.Context, f *Factory, tenant domain.TenantID, area domain.Area, from map[Mode]T) (T, error) {
	var none T
	mode, err := f.modes(ctx, tenant, area)
	if err != nil {
		return none, fmt.Errorf("providers: mode of %s: %w", area, err)
	}
	p, ok := from[mode]
	if !ok {
		return none, fmt.Errorf("providers: mode %q of %s has no such provider: %w", mode, area, domain.ErrUnsupported)
	}
	return p, nil
}
