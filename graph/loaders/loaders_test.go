package loaders_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/providers"
)

// fake answers every link with two rows a key and counts calls.
type fake struct {
	mu    sync.Mutex
	calls []string
	fail  map[int64]bool
}

func (f *fake) call(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
}

func (f *fake) Reader(context.Context, domain.TenantID, domain.Area) (providers.Reader, error) {
	return f, nil
}

func (*fake) Answerer(context.Context, domain.TenantID, domain.Area) (providers.Answerer, error) {
	return nil, errors.New("nobody asks")
}

func (f *fake) CustomerSearcher(context.Context, domain.TenantID) (providers.CustomerSearcher, error) {
	return nil, domain.ErrUnsupported
}

func (f *fake) Tenant(_ context.Context, id domain.TenantID) (domain.Tenant, error) {
	return domain.Tenant{ID: id}, nil
}

var errDown = errors.New("down")

func (f *fake) ByIDs(_ context.Context, _ domain.TenantID, k *domain.Kind, ids []int64) ([]domain.Entity, error) {
	f.call("%s by %d ids", k.Name, len(ids))
	var rows []domain.Entity
	var err error
	for _, id := range ids {
		switch {
		case f.fail[id]:
			err = errDown
		case id < 1000:
			rows = append(rows, row(k, id, id))
		}
	}
	return rows, err
}

func (f *fake) List(_ context.Context, _ domain.TenantID, k *domain.Kind, q domain.Query) ([]domain.Entity, error) {
	f.call("%s list", k.Name)
	var rows []domain.Entity
	for i := range q.Limit {
		rows = append(rows, row(k, int64(i+1), int64(i+1)))
	}
	return rows, nil
}

func (f *fake) Count(_ context.Context, _ domain.TenantID, k *domain.Kind, _ domain.Query) (int64, error) {
	f.call("%s count", k.Name)
	return 7, nil
}

func (f *fake) Linked(_ context.Context, _ domain.TenantID, l *domain.Link, keys []any, _ domain.Query) (map[any][]domain.Entity, error) {
	f.call("%s for %d keys", l.Name(), len(keys))
	out := map[any][]domain.Entity{}
	for _, key := range keys {
		id := key.(int64)
		out[key] = []domain.Entity{row(l.To, id*10, id), row(l.To, id*10+1, id)}
	}
	return out, nil
}

func (f *fake) CountLinked(_ context.Context, _ domain.TenantID, l *domain.Link, keys []any, _ domain.Query) (map[any]int64, error) {
	f.call("%s counted for %d keys", l.Name(), len(keys))
	out := map[any]int64{}
	for _, key := range keys {
		out[key] = 2
	}
	return out, nil
}

func row(k *domain.Kind, id, owner int64) domain.Entity {
	r := k.New()
	r.Base().STID = id
	switch r := r.(type) {
	case *domain.Location:
		r.CustomerID = new(domain.ID[domain.Customer](owner))
	case *domain.Job:
		r.CustomerID, r.LocationID = new(domain.ID[domain.Customer](owner)), new(domain.ID[domain.Location](owner))
		r.TagTypeIDs = []domain.ID[domain.TagType]{3, 1, 1000}
	}
	return r
}

func setup(t *testing.T) (context.Context, *fake) {
	t.Helper()
	f := &fake{fail: map[int64]bool{}}
	return loaders.With(t.Context(), loaders.New(f, 1, time.Unix(0, 0))), f
}

// each runs a field of every row at once, as the executor does.
func each[T, V any](t *testing.T, rows []*T, field func(*T) (V, error)) []V {
	t.Helper()
	out := make([]V, len(rows))
	var wg sync.WaitGroup
	for i, r := range rows {
		wg.Go(func() {
			v, err := field(r)
			if err != nil {
				t.Error(err)
			}
			out[i] = v
		})
	}
	wg.Wait()
	return out
}

func TestLevels_costOneCallEach(t *testing.T) {
	t.Parallel()
	ctx, f := setup(t)
	page, err := loaders.List(ctx, domain.Customers, paging.Args{First: new(200)})
	if err != nil {
		t.Fatal(err)
	}
	customers, err := page.Nodes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var locations []*domain.Location
	for _, some := range each(t, customers, func(c *domain.Customer) ([]*domain.Location, error) {
		p, err := loaders.Page(ctx, domain.CustomerLocations, c, paging.Args{})
		if err != nil {
			return nil, err
		}
		return p.Nodes(ctx)
	}) {
		locations = append(locations, some...)
	}
	owners := each(t, locations, func(l *domain.Location) (*domain.Customer, error) {
		return loaders.One(ctx, domain.LocationCustomer, l)
	})
	for i, o := range owners {
		if got, want := o.STID, int64(*locations[i].CustomerID); got != want {
			t.Errorf("location %d has customer %d, want %d", locations[i].STID, got, want)
		}
	}
	want := []string{"Customer list", "Customer.st_id>Location.customer_id for 200 keys", "Customer by 200 ids"}
	if diff := cmp.Diff(want, f.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestPage_otherArgumentsAreAnotherList(t *testing.T) {
	t.Parallel()
	ctx, f := setup(t)
	c := domain.Customers.New().(*domain.Customer)
	c.STID = 5
	for _, args := range []paging.Args{{First: new(1)}, {First: new(1)}, {First: new(2)}, {Order: &domain.Order{Field: "NUMBER"}}} {
		p, err := loaders.Page(ctx, domain.CustomerJobs, c, args)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Nodes(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.calls) != 3 {
		t.Errorf("%d calls, want 3: %q", len(f.calls), f.calls)
	}
}

func TestTotalCount_readsNoRows(t *testing.T) {
	t.Parallel()
	ctx, f := setup(t)
	c := domain.Customers.New().(*domain.Customer)
	c.STID = 5
	p, err := loaders.Page(ctx, domain.CustomerJobs, c, paging.Args{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := p.TotalCount(ctx); n != 2 || err != nil {
		t.Errorf("TotalCount = %d, %v", n, err)
	}
	if diff := cmp.Diff([]string{"Customer.st_id>Job.customer_id counted for 1 keys"}, f.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestAll_keepsTheColumnsOrderAndDropsWhatIsGone(t *testing.T) {
	t.Parallel()
	ctx, _ := setup(t)
	tags, err := loaders.All(ctx, domain.JobTags, row(domain.Jobs.Kind, 1, 1).(*domain.Job))
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, tag := range tags {
		ids = append(ids, tag.STID)
	}
	if diff := cmp.Diff([]int64{3, 1}, ids); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestErrors_stayWithTheirKeys(t *testing.T) {
	t.Parallel()
	ctx, f := setup(t)
	f.fail[2] = true
	page, err := loaders.List(ctx, domain.Jobs, paging.Args{First: new(3)})
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := page.Nodes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		c, err := loaders.One(ctx, domain.JobCustomer, j)
		if failed := j.STID == 2; failed != errors.Is(err, errDown) || failed == (c != nil) {
			t.Errorf("job %d: customer %v, error %v", j.STID, c, err)
		}
	}
}

func TestNodes_keepOrderAndLeaveHoles(t *testing.T) {
	t.Parallel()
	ctx, f := setup(t)
	got, err := loaders.Nodes(ctx, []domain.GlobalID{
		{Kind: "Job", ID: 2}, {Kind: "Customer", ID: 1}, {Kind: "Job", ID: 5000}, {Kind: "Job", ID: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, n := range got {
		if n == nil {
			have = append(have, "")
			continue
		}
		have = append(have, fmt.Sprint(n.Base().Kind().Name, n.Base().STID))
	}
	if diff := cmp.Diff([]string{"Job2", "Customer1", "", "Job2"}, have); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	if len(f.calls) != 2 {
		t.Errorf("calls %q, want one for each kind", f.calls)
	}
}

func TestEntities_takeEitherKey(t *testing.T) {
	t.Parallel()
	ctx, _ := setup(t)
	got, err := loaders.Entities(ctx, domain.Customers, 3, func(i int) (*domain.GlobalID, *domain.BigInt) {
		switch i {
		case 0:
			return &domain.GlobalID{Kind: "Customer", ID: 4}, nil
		case 1:
			return nil, new(domain.BigInt(5000))
		}
		return nil, new(domain.BigInt(6))
	})
	if err != nil || len(got) != 3 || got[0].STID != 4 || got[1] != nil || got[2].STID != 6 {
		t.Errorf("Entities = %v, %v", got, err)
	}
	_, err = loaders.Entities(ctx, domain.Customers, 1, func(int) (*domain.GlobalID, *domain.BigInt) {
		return &domain.GlobalID{Kind: "Job", ID: 4}, nil
	})
	if !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a job's id for a customer gives %v", err)
	}
}
