package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/store"
)

// writing measures store.Upsert against a plain COPY of the same documents into a table like the kind's, with the same
// generated columns and indexes. The COPY is of copyRecords at a time and has no triggers, no hashes and no log of changes.
type writing struct {
	syncCmd
	db    *database
	store *store.Store
	out   io.Writer
	peak  uint64 // the most memory that this process held while Upsert ran, in bytes
	// version is that of the records that changed last.
	version int
}

// copyRecords is how many records COPY and Upsert take in turn, so that both see what else the machine does.
const copyRecords = 5000

// The ways in which documents are written.
const (
	plainCopy = "plain COPY"
	firstLoad = "first load"
	unchanged = "unchanged"
	onePart   = "1 % changed"
)

// writes is how long each way took, by round.
type writes map[string][]time.Duration

// run measures some kinds and prints, in the last line the worst ratios of all.
func (w *writing) run(ctx context.Context, kinds ...*domain.Kind) (err error) {
	all, err := newDocuments(w.Records, kinds...)
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // what the simulator held
	if w.store, err = store.Open(ctx, w.db.dsn, store.Options{MaxConns: 1}); err != nil {
		return err
	}
	defer w.store.Close()
	worst := map[string]float64{}
	table := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%d records, pages of %d\trows/s\t÷ COPY\t\n", w.Records, w.Page)
	for _, k := range kinds {
		took, err := w.kind(ctx, k, all[k])
		if err != nil {
			return fmt.Errorf("%s: %w", k.Plural(), err)
		}
		for _, way := range []string{plainCopy, firstLoad, unchanged, onePart} {
			d := median(took[way])
			r := ratio(median(took[plainCopy]), d)
			if known, ok := worst[way]; !ok || r < known {
				worst[way] = r
			}
			fmt.Fprintf(table, "%s, %s\t%.0f\t%.2f\t\n", k.Plural(), way, float64(w.Records)/d.Seconds(), r)
		}
	}
	_ = table.Flush() // a closed output is nobody's loss
	fmt.Fprintf(w.out, "\nwriting first=%.2f unchanged=%.2f changed=%.2f peak=%.0f MB\n",
		worst[firstLoad], worst[unchanged], worst[onePart], float64(w.peak)/1e6)
	return nil
}

// kind measures a kind.
func (w *writing) kind(ctx context.Context, k *domain.Kind, docs documents) (writes, error) {
	took := writes{}
	like := "raw." + k.Table + "_like"
	err := w.db.do(ctx, w.db.dsn, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "CREATE TABLE "+like+" (LIKE raw."+k.Table+" INCLUDING ALL)"); err != nil {
			return err
		}
		for range w.Rounds {
			if err := settle(ctx, conn, like, "raw."+k.Table); err != nil {
				return err
			}
			if err := w.round(ctx, conn, k, docs, took); err != nil {
				return err
			}
		}
		return nil
	})
	return took, err
}

// round fills both tables side by side, then writes the kind's again. Whether COPY or Upsert begins changes with each part.
func (w *writing) round(ctx context.Context, conn *pgx.Conn, k *domain.Kind, docs documents, took writes) error {
	var copied, first time.Duration
	begin := 0
	for part := range docs.parts(max(copyRecords, w.Page)) {
		both := []func() error{
			func() error { return timed(&copied, func() error { return plainly(ctx, conn, k, part) }) },
			func() error { return timed(&first, func() error { return w.upsert(ctx, k, part, firstLoad) }) },
		}
		for i := range both {
			if err := both[(begin+i)%len(both)](); err != nil {
				return err
			}
		}
		begin++
	}
	took[plainCopy], took[firstLoad] = append(took[plainCopy], copied), append(took[firstLoad], first)
	for _, way := range []string{unchanged, onePart} {
		var again time.Duration
		if err := timed(&again, func() error { return w.upsert(ctx, k, docs, way) }); err != nil {
			return err
		}
		took[way] = append(took[way], again)
	}
	return nil
}

// timed adds to sum how long do takes.
func timed(sum *time.Duration, do func() error) error {
	start := time.Now()
	err := do()
	*sum += time.Since(start)
	return err
}

// plainly copies records into the table like the kind's.
func plainly(ctx context.Context, conn *pgx.Conn, k *domain.Kind, docs documents) error {
	next, now, hash := docs.first, time.Now(), make([]byte, 16)
	_, err := conn.CopyFrom(ctx, pgx.Identifier{"raw", k.Table + "_like"}, []string{"tenant_id", "full_data", "content_hash", "fetched_at"},
		pgx.CopyFromSlice(docs.last-docs.first, func(int) ([]any, error) {
			next++
			return []any{int64(1), docs.at(next-1, 0).JSON, hash, now}, nil
		}))
	if err != nil {
		return fmt.Errorf("COPY: %w", err)
	}
	return nil
}

// upsert writes records as pages and checks that what happened is what the way says.
func (w *writing) upsert(ctx context.Context, k *domain.Kind, docs documents, way string) error {
	version := 0
	if way == onePart {
		w.version++
		version = w.version
	}
	var sum domain.Written
	for page := range docs.parts(w.Page) {
		done, err := w.store.Upsert(ctx, 1, k, page.all(version))
		if err != nil {
			return err
		}
		sum.Add(done)
		w.peak = max(w.peak, resident())
	}
	return expected(way, sum, docs.last-docs.first)
}

// expected tells whether Upsert did what is measured.
func expected(way string, got domain.Written, count int) error {
	changed := (count + changedOne - 1) / changedOne
	want := map[string]domain.Written{
		firstLoad: {Inserted: count}, unchanged: {Unchanged: count}, onePart: {Updated: changed, Unchanged: count - changed},
	}[way]
	if len(got.Rejected) > 0 || got.Inserted != want.Inserted || got.Updated != want.Updated || got.Unchanged != want.Unchanged {
		return fmt.Errorf("%s: %d inserted, %d updated, %d unchanged, %d rejected", way, got.Inserted, got.Updated, got.Unchanged, len(got.Rejected))
	}
	return nil
}

// settle empties tables and lets the server and this process come to rest.
func settle(ctx context.Context, conn *pgx.Conn, tables ...string) error {
	for _, sql := range []string{"TRUNCATE lazi.change_log, " + strings.Join(tables, ", "), "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	runtime.GC()
	return nil
}
