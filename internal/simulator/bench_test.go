package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"testing"

	"lazilabs.com/lazi/internal/simulator"
)

// large is the company that `make bench` measures LAZI with.
func large() simulator.Sizes {
	s := simulator.DefaultSizes()
	s.Customers, s.Locations, s.Jobs, s.Appointments = 20_000, 28_000, 100_000, 150_000
	return s
}

func BenchmarkNew(b *testing.B) {
	for name, sizes := range map[string]simulator.Sizes{"small": simulator.SmallSizes(), "default": simulator.DefaultSizes(), "large": large()} {
		b.Run(name, func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				s, err := simulator.New(simulator.Config{Seed: 1, Anchor: anchor, Tenants: []simulator.Tenant{{ID: tenant, Sizes: sizes}}})
				if err != nil {
					b.Fatal(err)
				}
				runtime.KeepAlive(s)
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/(1<<20), "MB/op")
		})
	}
}

// BenchmarkList reads pages of the large company: whole ones, and ones whose filter looks at all 100,000 jobs.
func BenchmarkList(b *testing.B) {
	s, err := simulator.New(simulator.Config{Seed: 1, Anchor: anchor, Tenants: []simulator.Tenant{{
		ID: tenant, ClientID: "cid.one", ClientSecret: "cs.one", AppKey: "ak1.sample", Sizes: large(),
	}}})
	if err != nil {
		b.Fatal(err)
	}
	f := &fixture{Simulator: s, server: httptest.NewServer(s.Handler())}
	defer f.server.Close()
	f.token = f.login(b)
	for name, path := range map[string]string{
		"5000 jobs":       "/jpm/v2/tenant/{tenant}/jobs?pageSize=5000",
		"jobs by parent":  "/jpm/v2/tenant/{tenant}/jobs?locationId=99",
		"jobs by joined":  "/jpm/v2/tenant/{tenant}/jobs?technicianId=99",
		"50 ids":          "/jpm/v2/tenant/{tenant}/jobs?ids=99,100,101",
		"assignments of":  "/dispatch/v2/tenant/{tenant}/appointment-assignments?appointmentIds=5,6,7",
		"changed lately":  "/jpm/v2/tenant/{tenant}/jobs?modifiedOnOrAfter=2026-03-10T00:00:00Z&sort=%2BModifiedOn",
		"category tree":   "/pricebook/v2/tenant/{tenant}/categories",
		"a page of feed":  "/jpm/v2/tenant/{tenant}/export/jobs",
		"a job by its id": "/jpm/v2/tenant/{tenant}/jobs/" + itoa(s.IDs(tenant, "Job")[7]),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if status, body := f.get(b, path); status != http.StatusOK {
					b.Fatalf("status %d, %.200s", status, body)
				}
			}
		})
	}
}

func itoa(id int64) string { return strconv.FormatInt(id, 10) }
