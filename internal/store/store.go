// Package store keeps the mirror in Postgres. It is the only package that writes SQL or sees pgx, and it is generic
// over domain.Kind: no query here names an entity, but for the few questions that only one kind can answer.
//
// Every statement is scoped by tenant and by rows that are not deleted. What is read for callers is scoped a second time by
// Postgres, see tenancy.go.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"sync/atomic"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"go.opentelemetry.io/otel/trace"

	"lazilabs.com/lazi/internal/domain"
)

// Options tune a Store.
type Options struct {
	// TransactionPooler is true when the server is behind a pooler in transaction mode: named prepared statements are
	// then not used.
	TransactionPooler bool
	// MaxConns bounds the pool; 0 means pgx's default, the greater of 4 and the number of CPUs.
	MaxConns int32
	// Observe, where set, is told each SQL statement before it is sent, but for the settings that go along with what is read
	// for a tenant. Tests count statements with it.
	Observe func(sql string)
	// Traces, where set, takes spans of connections and statements: their text, never their values.
	Traces trace.TracerProvider
	// Rewrite, where set, changes what is read for tenants before it is sent. Tests take the statements' own scoping away with
	// it, to see row-level security hold by itself.
	Rewrite func(sql string) string
}

// Store answers questions about the mirror and writes to it. It is safe for concurrent use.
type Store struct {
	pool      *pgxpool.Pool // the database's owner's: what LAZI itself reads and writes
	reads     *pgxpool.Pool // what is read for tenants, see tenancy.go
	queue     *river.Client[pgx.Tx]
	columns   selections
	convoys   *convoys
	pipelines *pipelines
	now       func() time.Time
	rewrite   func(sql string) string
	pooled    bool // a pooler in transaction mode stands in between: sessions do not last

	answering atomic.Int64 // callers of Answer; more than crowd are too many for trees
	crowd     int64
}

// Open connects to the database that dsn names, a URL or a keyword string, and checks that it answers.
func Open(ctx context.Context, dsn string, opts Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("store: the database address is malformed") // pgx's own error may hold the password
	}
	if opts.TransactionPooler {
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	} else {
		maps.Copy(cfg.ConnConfig.RuntimeParams, session())
	}
	if opts.MaxConns > 0 {
		cfg.MaxConns = opts.MaxConns
	}
	if opts.Traces != nil {
		cfg.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(opts.Traces),
			otelpgx.WithDisableConnectionDetailsInAttributes())
	}
	if opts.Observe != nil {
		cfg.ConnConfig.Tracer = observer(opts.Observe)
	}
	cfg.AfterConnect = sendIDsPlainly
	s := &Store{now: time.Now, rewrite: opts.Rewrite, pooled: opts.TransactionPooler}
	if s.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, fmt.Errorf("store: open: %w", clean(err))
	}
	if s.reads, err = pgxpool.NewWithConfig(ctx, forReads(cfg)); err != nil {
		s.pool.Close()
		return nil, fmt.Errorf("store: open: %w", clean(err))
	}
	connections := s.reads.Config().MaxConns
	s.convoys, s.pipelines, s.crowd = newConvoys(s, connections), newPipelines(s, connections), int64(connections)*callersAConnection
	if s.queue, err = newQueue(s.pool); err != nil {
		s.Close()
		return nil, fmt.Errorf("store: open: %w", err)
	}
	if err := s.Ping(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// slept is Postgres' code for a transaction that idled for longer than it may.
const slept = "25P03"

// session are the settings of our sessions: the planner's for short reads by index, which is what the tables are made for. A
// pooler in transaction mode does not pass them on; set them for the role or the database there.
func session() map[string]string {
	return map[string]string{
		// A process that sleeps amid a transaction (stopped, swapped out, its machine paused) holds rows that others wait for, such
		// as its sync run's. Awake, it is back in a moment, since nothing remote happens inside.
		"idle_in_transaction_session_timeout": "3s",
		// A process whose machine has vanished is noticed after half a minute instead of two hours.
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "4",
		"random_page_cost": "1.1", // indexes are in memory or on a disk without arms: looking up beats scanning even a small table
		"jit":              "off", // compiling takes longer than any of our statements
	}
}

// Close waits for queries under way and closes all connections.
func (s *Store) Close() {
	s.reads.Close()
	s.pool.Close()
}

// Ping asks whether the database answers, and lets tenants' rows be read. The error is domain.ErrUnavailable if it does not
// answer.
func (s *Store) Ping(ctx context.Context) error {
	for _, pool := range []*pgxpool.Pool{s.pool, s.reads} {
		switch err := pool.Ping(ctx); {
		case code(err) == refusedRole, code(err) == noRole:
			return fmt.Errorf("store: the database's user must be a member of the roles %s and %s, which `lazi migrate` makes", tenantRole, technicianRole)
		case err != nil:
			return fmt.Errorf("store: ping: %w", clean(err))
		}
	}
	return nil
}

// clean turns a driver's error into one that callers can classify and that names no host, user or value. A context's
// own error stays what it is.
func clean(err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &pg):
		switch class := pg.Code[:2]; {
		case class == "08", class == "53", class == "57", pg.Code == slept: // connection, resources, operator intervention
			return fmt.Errorf("postgres answers %s: %w", pg.Code, domain.ErrUnavailable)
		}
		return fmt.Errorf("postgres refuses the statement: %s (%s)", pg.Code, pg.ConstraintName)
	case pgconn.SafeToRetry(err), isConnect(err), isLost(err):
		return fmt.Errorf("postgres does not answer: %w", domain.ErrUnavailable)
	}
	return err
}

func isConnect(err error) bool {
	var c *pgconn.ConnectError
	return errors.As(err, &c)
}

// isLost tells that the connection broke while a statement was under way.
func isLost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// observer tells each statement to a function.
type observer func(sql string)

// TraceQueryStart implements pgx.QueryTracer.
func (o observer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	o(q.SQL)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (observer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer.
func (o observer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, b pgx.TraceBatchStartData) context.Context {
	for _, q := range b.Batch.QueuedQueries {
		if q.SQL != enter {
			o(q.SQL)
		}
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (observer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (observer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
