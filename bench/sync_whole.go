package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"lazilabs.com/lazi/internal/app"
	"lazilabs.com/lazi/internal/config"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
	"lazilabs.com/lazi/internal/stclient"
	"lazilabs.com/lazi/internal/store"
)

// whole measures the sync engine from end to end: a simulated company of issue C's size in a process of its own, without
// latency and without a limit, is copied, copied again, and followed after one record in changedOne has changed.
type whole struct {
	syncCmd
	db   *database
	out  io.Writer
	peak uint64 // the most memory that this process held, in bytes
}

// upstreamCmd is a simulated ServiceTitan that ends with its standard input.
type upstreamCmd struct {
	Customers    int `default:"20000"`
	Jobs         int `default:"100000"`
	Appointments int `default:"150000"`
}

// Run serves.
func (c upstreamCmd) Run(ctx context.Context) error {
	sizes := simulator.DefaultSizes()
	sizes.Customers, sizes.Locations, sizes.Jobs, sizes.Appointments = c.Customers, c.Customers*5/4, c.Jobs, c.Appointments
	sim, err := simulator.New(simulator.Config{Seed: 1, Anchor: time.Now().UTC().Truncate(24 * time.Hour), Tenants: []simulator.Tenant{{
		ID: tenant, ClientID: "cid.bench", ClientSecret: "cs1.bench", AppKey: "ak1.bench", Sizes: sizes,
	}}})
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(greeting{Addr: l.Addr().String()}); err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	srv := &http.Server{Handler: sim.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = srv.Close()
	}()
	_ = srv.Serve(l) // it ends when it is closed
	return nil
}

// run measures and prints.
func (w *whole) run(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	upstream, err := startCommand("upstream", dialect{}, exec.CommandContext(ctx, program, "upstream"))
	if err != nil {
		return err
	}
	defer upstream.stop()
	a, err := w.open(ctx, "http://"+upstream.Addr)
	if err != nil {
		return err
	}
	defer a.Close()
	debug.FreeOSMemory()
	watched, stop := context.WithCancel(ctx)
	defer stop()
	go w.watch(watched)

	first, rows, err := w.timed(ctx, a, domain.SyncFull)
	if err != nil {
		return err
	}
	again, _, err := w.timed(ctx, a, domain.SyncFull)
	if err != nil {
		return err
	}
	changed, err := w.change(ctx, "http://"+upstream.Addr)
	if err != nil {
		return err
	}
	followed, read, err := w.timed(ctx, a, domain.SyncIncremental)
	if err != nil {
		return err
	}
	stop()
	alone, err := w.alone(ctx)
	if err != nil {
		return err
	}
	perSecond := func(n int64, d time.Duration) float64 { return float64(n) / d.Seconds() }
	fmt.Fprintf(w.out, "\nfrom end to end, all %d kinds, %d records: %.0f rows/s first load, %.0f unchanged; writing them alone %.0f\n",
		len(domain.Kinds()), rows, perSecond(rows, first), perSecond(rows, again), perSecond(rows, alone))
	fmt.Fprintf(w.out, "after %d changes: %.2f s (%d records read)\n", changed, followed.Seconds(), read)
	fmt.Fprintf(w.out, "whole first=%.2f of writing alone, unchanged=%.2f, peak=%.0f MB\n",
		alone.Seconds()/first.Seconds(), alone.Seconds()/again.Seconds(), float64(w.peak)/1e6)
	return nil
}

// open makes a LAZI without servers.
func (w *whole) open(ctx context.Context, url string) (*app.App, error) {
	vars := map[string]string{
		"LAZI_ENV": "development", "SERVICE_TITAN_API_URL": url, "SERVICE_TITAN_AUTH_URL": url, "RATE_LIMIT": "60",
		"PAGE_SIZE": strconv.Itoa(w.Fetch), "JWT_SECRET": "not-a-secret-but-long-enough-for-a-benchmark",
	}
	cfg, err := config.Load(func(name string) (string, bool) { v, ok := vars[name]; return v, ok })
	if err != nil {
		return nil, err
	}
	account := app.Account{
		Tenant:      domain.Tenant{ID: tenant, Name: "Benchmark", TimeZone: "America/Denver", Currency: "USD"},
		Credentials: stclient.Credentials{TenantID: tenant, ClientID: "cid.bench", ClientSecret: "cs1.bench", AppKey: "ak1.bench"},
	}
	a, err := app.New(ctx, cfg, app.Options{DSN: w.db.dsn, Accounts: []app.Account{account}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return a, a.PutTenant(ctx, account.Tenant)
}

// atOnce is how many kinds are read side by side.
const atOnce = 6

// timed runs all kinds in a mode and returns how long that took and how many records were read.
func (*whole) timed(ctx context.Context, a *app.App, mode domain.SyncMode) (took time.Duration, rows int64, err error) {
	var wishes []domain.NewRun
	for _, k := range domain.Kinds() {
		wishes = append(wishes, domain.NewRun{Kind: k, Mode: mode, Trigger: domain.TriggerCommand})
	}
	start := time.Now()
	runs, err := a.Syncs().Start(ctx, tenant, wishes)
	if err != nil {
		return 0, 0, err
	}
	if err := a.Syncs().Finish(ctx, tenant, runs, atOnce); err != nil {
		return 0, 0, err
	}
	took = time.Since(start)
	for _, r := range runs {
		rows += r.Rows
		if r.Status != domain.SyncSucceeded {
			return 0, 0, fmt.Errorf("%s of %s: %s", mode, r.Kind, r.Status)
		}
	}
	return took, rows, nil
}

// change changes one in changedOne of the large kinds, by the simulator's back door.
func (w *whole) change(ctx context.Context, url string) (int, error) {
	changed := 0
	for _, k := range []*domain.Kind{domain.Customers.Kind, domain.Jobs.Kind, domain.Appointments.Kind} {
		member := map[*domain.Kind]string{domain.Customers.Kind: "name", domain.Jobs.Kind: "summary", domain.Appointments.Kind: "specialInstructions"}[k]
		ids, err := w.oneIn(ctx, k)
		if err != nil {
			return 0, err
		}
		var g errgroup.Group
		g.SetLimit(8)
		for _, id := range ids {
			g.Go(func() error {
				body := fmt.Appendf(nil, `{%q:"Changed %d"}`, member, id)
				return post(ctx, fmt.Sprintf("%s/_simulator/%d/%s/%d", url, tenant, k.API.Entity, id), body)
			})
		}
		if err := g.Wait(); err != nil {
			return 0, err
		}
		changed += len(ids)
	}
	return changed, nil
}

func post(ctx context.Context, url string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the back door answers %d", resp.StatusCode)
	}
	return nil
}

// oneIn picks every changedOne-th record of a kind.
func (w *whole) oneIn(ctx context.Context, k *domain.Kind) (ids []int64, err error) {
	err = w.db.do(ctx, w.db.dsn, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, "SELECT st_id FROM (SELECT st_id, row_number() OVER (ORDER BY st_id) AS n FROM raw."+k.Table+") t WHERE n % $1 = 0", changedOne)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	return ids, err
}

// alone times the writing of the same documents into an empty mirror over one connection, without reading them.
func (w *whole) alone(ctx context.Context) (took time.Duration, err error) {
	s, err := store.Open(ctx, w.db.dsn, store.Options{MaxConns: 1})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	const other = tenant + 1 // an empty mirror beside the full one
	err = w.db.do(ctx, w.db.dsn, func(conn *pgx.Conn) error {
		for _, k := range domain.Kinds() {
			after := int64(0)
			for {
				rows, err := conn.Query(ctx, "SELECT st_id, full_data::text FROM raw."+k.Table+" WHERE tenant_id = $1 AND st_id > $2 ORDER BY st_id LIMIT $3", tenant, after, w.Fetch)
				if err != nil {
					return err
				}
				docs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d domain.Document, err error) { return d, row.Scan(&d.ID, &d.JSON) })
				if err != nil {
					return err
				}
				if len(docs) == 0 {
					break
				}
				after = docs[len(docs)-1].ID
				start := time.Now()
				if _, err := s.Upsert(ctx, other, k, docs); err != nil {
					return err
				}
				took += time.Since(start)
			}
		}
		return nil
	})
	return took, err
}

// watch notes the most memory that this process holds.
func (w *whole) watch(ctx context.Context) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		w.peak = max(w.peak, resident())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
