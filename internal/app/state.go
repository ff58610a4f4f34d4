package app

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lazilabs.com/lazi/internal/store"
)

// stateFor is for how long what the database says of syncs is good enough for another scrape, and stateTimeout bounds the asking.
const (
	stateFor     = 10 * time.Second
	stateTimeout = 2 * time.Second
)

// state tells at each scrape how things stand: connections, streams, syncs.
type state struct {
	app *App

	lag, runs, waiting, oldest               *prometheus.Desc
	streams                                  *prometheus.Desc
	used, idle, most, acquired, slow, waited *prometheus.Desc
	questions, convoys, jams                 *prometheus.Desc
	pipelined, pipelines, again              *prometheus.Desc

	mu     sync.Mutex
	at     time.Time
	health store.SyncHealth
	err    error
}

func newState(a *App) *state {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &state{
		app:       a,
		lag:       desc("lazi_sync_lag_seconds", "Since when the mirror has not been brought up to date, by tenant and kind.", "tenant", "kind"),
		runs:      desc("lazi_sync_runs", "Sync runs that are unfinished or have ended within a day, by status.", "status"),
		waiting:   desc("lazi_sync_queue_depth", "Sync turns that could begin now."),
		oldest:    desc("lazi_sync_queue_oldest_seconds", "Since when the first of them could."),
		streams:   desc("lazi_graphql_streams", "Open websockets and streams of events."),
		used:      desc("lazi_pool_connections_in_use", "Connections in use, by pool.", "pool"),
		idle:      desc("lazi_pool_connections_idle", "Idle connections, by pool.", "pool"),
		most:      desc("lazi_pool_connections_max", "The most connections there may be, by pool.", "pool"),
		acquired:  desc("lazi_pool_acquires_total", "Connections that were taken, by pool.", "pool"),
		slow:      desc("lazi_pool_acquires_waited_total", "Connections that had to be waited for, by pool.", "pool"),
		waited:    desc("lazi_pool_wait_seconds_total", "Time spent waiting for connections, by pool.", "pool"),
		questions: desc("lazi_convoy_questions_total", "Small questions that waited to go to the database together with others."),
		convoys:   desc("lazi_convoys_total", "Statements that carried them."),
		pipelined: desc("lazi_pipelined_questions_total", "Questions that waited for a connection to go to the database with others."),
		pipelines: desc("lazi_pipelines_total", "Pipelines that carried them."),
		again:     desc("lazi_pipelined_questions_again_total", "Those that were asked once more, alone, since their pipeline broke or took more than a second."),
		jams:      desc("lazi_convoy_jams_total", "How often questions went past others whose statement had not come back for a second."),
	}
}

// Describe implements prometheus.Collector.
func (s *state) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		s.lag, s.runs, s.waiting, s.oldest, s.streams, s.used, s.idle, s.most, s.acquired, s.slow, s.waited,
		s.questions, s.convoys, s.jams, s.pipelined, s.pipelines, s.again,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (s *state) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	gauge(s.streams, float64(s.app.api.Streams()))
	line := s.app.store.Pipelines()
	counter(s.pipelined, float64(line.Questions))
	counter(s.pipelines, float64(line.Pipelines))
	counter(s.again, float64(line.Again))
	for name, p := range s.app.store.Pools() {
		waits, waited := float64(p.EmptyAcquireCount()), p.EmptyAcquireWaitTime()
		if name == store.ReadsPool { // those who go in a pipeline wait for it outside of the pool
			waits, waited = waits+float64(line.Questions), waited+line.Waited
		}
		gauge(s.used, float64(p.AcquiredConns()), name)
		gauge(s.idle, float64(p.IdleConns()), name)
		gauge(s.most, float64(p.MaxConns()), name)
		counter(s.acquired, float64(p.AcquireCount()), name)
		counter(s.slow, waits, name)
		counter(s.waited, waited.Seconds(), name)
	}
	together := s.app.store.Convoys()
	counter(s.questions, float64(together.Questions))
	counter(s.convoys, float64(together.Convoys))
	counter(s.jams, float64(together.Jams))
	h, err := s.syncs()
	if err != nil {
		ch <- prometheus.NewInvalidMetric(s.waiting, err)
		return
	}
	for _, l := range h.Lags {
		gauge(s.lag, l.Lag.Seconds(), strconv.FormatInt(int64(l.Tenant), 10), l.Kind)
	}
	for status, n := range h.Runs {
		gauge(s.runs, float64(n), status)
	}
	gauge(s.waiting, float64(h.Waiting))
	gauge(s.oldest, h.Oldest.Seconds())
}

// syncs asks the database, but not for every scrape.
func (s *state) syncs() (store.SyncHealth, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.at) < stateFor {
		return s.health, s.err
	}
	ctx, cancel := context.WithTimeout(context.Background(), stateTimeout) //nolint:forbidigo // Prometheus passes no context
	defer cancel()
	s.health, s.err = s.app.store.SyncHealth(ctx)
	s.at = time.Now()
	return s.health, s.err
}
