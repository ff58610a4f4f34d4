package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// changesCmd measures how long it takes from a commit to all subscribers of one process.
type changesCmd struct {
	Dir         string        `help:"Folder of the database, which is kept for later runs." default:".lazi/bench"`
	BinDir      string        `help:"Folder of initdb, pg_ctl and postgres (default: searched)."`
	Subscribers int           `help:"How many subscribe." default:"5000"`
	Changes     int           `help:"How many changes are measured." default:"20"`
	Pause       time.Duration `help:"Time between two changes." default:"1s"`
}

const watchAppointments = `subscription { appointmentChanged { id changedFields resumeToken appointment { number status scheduled { start end } } } }`

// Run changes an appointment over and over and waits each time until every subscriber has heard of it.
func (c changesCmd) Run(ctx context.Context) error {
	db, lazi, stop, err := serveLAZI(ctx, c.Dir, c.BinDir)
	if err != nil {
		return err
	}
	defer stop()
	visit, err := openVisit(ctx, db.dsn)
	if err != nil {
		return err
	}
	defer visit.store.Close()
	empty, err := lazi.usage(ctx)
	if err != nil {
		return err
	}
	heard := make(chan time.Time, c.Subscribers)
	broken := make(chan error, c.Subscribers)
	client := &http.Client{Transport: &http.Transport{}}
	for range c.Subscribers {
		if err := watch(ctx, client, lazi, heard, broken); err != nil {
			return err
		}
	}
	if err := rest(ctx, 3*time.Second); err != nil { // until the last have begun
		return err
	}
	var latencies []time.Duration
	if _, err := visit.change(ctx, c.Subscribers, heard, broken); err != nil { // warms up
		return err
	}
	before, err := lazi.usage(ctx)
	if err != nil {
		return err
	}
	for range c.Changes {
		if err := rest(ctx, c.Pause); err != nil {
			return err
		}
		took, err := visit.change(ctx, c.Subscribers, heard, broken)
		if err != nil {
			return err
		}
		latencies = append(latencies, took...)
	}
	after, err := lazi.usage(ctx)
	if err != nil {
		return err
	}
	slices.Sort(latencies)
	at := func(share float64) float64 { return milliseconds(latencies[int(share*float64(len(latencies)-1))]) }
	fmt.Fprintf(os.Stdout, "subscribers=%d changes=%d from commit to subscriber p50=%.0f p99=%.0f max=%.0f ms, CPU %.0f ms a change, resident %.0f MB (%.0f before they came)\n",
		c.Subscribers, c.Changes, at(0.5), at(0.99), at(1), milliseconds(after.CPU-before.CPU)/float64(c.Changes),
		float64(after.Resident)/1e6, float64(empty.Resident)/1e6)
	return nil
}

// watch begins a subscription by server-sent events.
func watch(ctx context.Context, client *http.Client, s *server, heard chan<- time.Time, broken chan<- error) error {
	body, err := json.Marshal(map[string]string{"query": watchAppointments})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.Addr+s.Path, strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Authorization", "Bearer "+s.Token)
	resp, err := client.Do(r) //nolint:bodyclose // whoever listens closes it
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("subscribe: status %d", resp.StatusCode), resp.Body.Close())
	}
	go func() {
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() {
			switch data, isData := strings.CutPrefix(lines.Text(), "data: "); {
			case !isData || data == "":
			case strings.Contains(data, `"errors"`):
				broken <- fmt.Errorf("subscription: %.300s", data)
				return
			default:
				heard <- time.Now()
			}
		}
		broken <- fmt.Errorf("a subscription has ended: %w", lines.Err())
	}()
	return nil
}

// rest waits for a while.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// visit is an appointment that is changed.
type visit struct {
	store *store.Store
	id    int64
	doc   map[string]any
	n     int
}

func openVisit(ctx context.Context, dsn string) (*visit, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("an appointment: %w", err)
	}
	defer conn.Close(ctx)
	v := &visit{}
	if err := conn.QueryRow(ctx, "SELECT st_id, full_data FROM raw.st_appointments WHERE tenant_id = $1 ORDER BY st_id LIMIT 1", tenant).Scan(&v.id, &v.doc); err != nil {
		return nil, fmt.Errorf("an appointment: %w", err)
	}
	v.store, err = store.Open(ctx, dsn, store.Options{MaxConns: 2})
	return v, err
}

// change stores a change and returns how long after its commit each subscriber has heard of it.
func (v *visit) change(ctx context.Context, subscribers int, heard <-chan time.Time, broken <-chan error) ([]time.Duration, error) {
	v.n++
	v.doc["specialInstructions"] = fmt.Sprint("Sample ", v.n, " ", time.Now())
	v.doc["modifiedOn"] = time.Now().UTC().Format(time.RFC3339Nano)
	text, err := json.Marshal(v.doc)
	if err != nil {
		return nil, err
	}
	if _, err := v.store.Upsert(ctx, domain.TenantID(tenant), domain.Appointments.Kind, []domain.Document{{ID: v.id, JSON: text}}); err != nil {
		return nil, err
	}
	committed := time.Now()
	latencies := make([]time.Duration, 0, subscribers)
	for len(latencies) < subscribers {
		select {
		case at := <-heard:
			latencies = append(latencies, max(0, at.Sub(committed)))
		case err := <-broken:
			return nil, err
		case <-time.After(30 * time.Second):
			return nil, fmt.Errorf("only %d of %d subscribers heard of a change", len(latencies), subscribers)
		}
	}
	return latencies, nil
}
