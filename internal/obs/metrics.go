package obs

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what a running LAZI counts, for Prometheus. No label holds what a client chose: names of operations, tenants'
// data, paths as typed.
type Metrics struct {
	registry *prometheus.Registry

	operations *prometheus.HistogramVec
	refused    prometheus.Counter
	errors     *prometheus.CounterVec
	compiled   prometheus.Counter
	resolved   prometheus.Counter
	keys       *prometheus.HistogramVec
	rows       *prometheus.CounterVec
	calls      *prometheus.HistogramVec
	waits      prometheus.Histogram
	records    *prometheus.CounterVec
	lost       prometheus.Counter
}

// NewMetrics returns metrics of their own registry, with Go's and the process' beside.
func NewMetrics() *Metrics {
	reads := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "lazi_graphql_reads_total", Help: "Queries, by who answered them: compiled reads or resolvers.",
	}, []string{"path"})
	m := &Metrics{
		compiled: reads.WithLabelValues("compiled"), resolved: reads.WithLabelValues("resolvers"),
		registry: prometheus.NewRegistry(),
		operations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lazi_graphql_operation_seconds", Help: "Time of GraphQL queries and mutations, by type and outcome (ok, error).",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"type", "outcome"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lazi_graphql_refused_total", Help: "Operations that were not begun: malformed, beyond a limit or without the right.",
		}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lazi_graphql_errors_total", Help: "Errors in answers, by extensions.code.",
		}, []string{"code"}),
		keys: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lazi_batch_keys", Help: "Keys that one question to a provider carries, by kind: what loaders and plans batch. Of one that goes along with another, the rows above.",
			Buckets: []float64{1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000},
		}, []string{"kind"}),
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lazi_rows_read_total", Help: "Rows that were answered, by kind and source: CACHE, LIVE (fetched for it) or CACHE_FALLBACK (ServiceTitan was not to be had).",
		}, []string{"kind", "source"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lazi_upstream_call_seconds", Help: "Time of calls to ServiceTitan, by module and status (429 is throttling; 0 is no answer).",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 100},
		}, []string{"module", "status"}),
		waits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lazi_upstream_wait_seconds", Help: "Time that calls waited for their turn in the tenant's call budget.",
			Buckets: []float64{.001, .01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
		records: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lazi_sync_records_total", Help: "Records that sync runs have read and stored by this process, by kind.",
		}, []string{"kind"}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lazi_audit_entries_lost_total", Help: "Audit entries that could not be stored.",
		}),
	}
	m.registry.MustRegister(m.operations, m.refused, m.errors, reads, m.keys, m.rows, m.calls, m.waits, m.records, m.lost,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	return m
}

// Register adds what is found out at each scrape.
func (m *Metrics) Register(c ...prometheus.Collector) { m.registry.MustRegister(c...) }

// Handler shows the metrics. A collector that fails costs its own metrics only.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Operation notes an operation that was answered, with the codes of its errors.
func (m *Metrics) Operation(kind string, took time.Duration, codes []string) {
	outcome := "ok"
	if len(codes) > 0 {
		outcome = "error"
	}
	m.operations.WithLabelValues(kind, outcome).Observe(took.Seconds())
	m.Errors(codes)
}

// Refused notes an operation that was not begun.
func (m *Metrics) Refused(codes []string) {
	m.refused.Inc()
	m.Errors(codes)
}

// Errors notes codes of errors.
func (m *Metrics) Errors(codes []string) {
	for _, c := range codes {
		m.errors.WithLabelValues(c).Inc()
	}
}

// Read notes who answered a query.
func (m *Metrics) Read(compiled bool) {
	if compiled {
		m.compiled.Inc()
		return
	}
	m.resolved.Inc()
}

// Asked notes a question to a provider, with its number of keys.
func (m *Metrics) Asked(kind string, keys int) { m.keys.WithLabelValues(kind).Observe(float64(keys)) }

// Rows notes rows of an answer.
func (m *Metrics) Rows(kind, source string, n int) {
	if n > 0 {
		m.rows.WithLabelValues(kind, source).Add(float64(n))
	}
}

// Records notes records that a sync run has stored.
func (m *Metrics) Records(kind string, n int) { m.records.WithLabelValues(kind).Add(float64(n)) }

// Waited notes how long a call to ServiceTitan waited for its turn.
func (m *Metrics) Waited(d time.Duration) { m.waits.Observe(d.Seconds()) }

// AuditLost notes an audit entry that could not be stored.
func (m *Metrics) AuditLost() { m.lost.Inc() }

// Upstream times the calls that a transport makes to ServiceTitan.
func (m *Metrics) Upstream(next http.RoundTripper, now func() time.Time) http.RoundTripper {
	return timedCalls{next, m.calls, now}
}

type timedCalls struct {
	next  http.RoundTripper
	calls *prometheus.HistogramVec
	now   func() time.Time
}

// RoundTrip implements http.RoundTripper.
func (t timedCalls) RoundTrip(r *http.Request) (*http.Response, error) {
	began := t.now()
	resp, err := t.next.RoundTrip(r)
	status := "0"
	if err == nil {
		status = statusLabel(resp.StatusCode)
	}
	t.calls.WithLabelValues(module(r.URL.Path), status).Observe(t.now().Sub(began).Seconds())
	return resp, err
}

// statusLabel keeps the statuses that mean something by themselves, and the class of others.
func statusLabel(status int) string {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests:
		return strconv.Itoa(status)
	}
	return string(rune('0'+status/100)) + "xx"
}

// module is the first part of a path: crm, jpm, pricebook; connect for tokens.
func module(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}
