package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// cli is the command line. Serve is what bench starts itself as.
type cli struct {
	Run    runCmd    `cmd:"" default:"withargs" help:"Measure (the default)."`
	Growth growthCmd `cmd:"" help:"Measure the nested query at 20,000, 200,000 and 2,000,000 jobs."`
	Peers  peersCmd  `cmd:"" help:"Measure against PostGraphile, mercurius and Apollo Server (see bench/peers)."`
	Soak   soakCmd   `cmd:"" help:"Watch memory while all sorts of requests come, for an hour."`
	// Changes are told to subscribers.
	Changes changesCmd `cmd:"" help:"Measure how fast 5,000 subscribers hear of a change."`
	Sync    syncCmd    `cmd:"" help:"Measure how fast records get into the mirror."`
	// Upstream is what Sync starts itself as.
	Upstream upstreamCmd `cmd:"" hidden:"" help:"Be a simulated ServiceTitan."`
	Serve    serveCmd    `cmd:"" hidden:"" help:"Be one of the two servers that are measured."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	parsed := kong.Parse(&c, kong.Name("bench"), kong.UsageOnError(),
		kong.Description("Measures LAZI against a handler written by hand, over the same tables."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	parsed.FatalIfErrorf(parsed.Run())
}

// runCmd are the flags of a measurement.
type runCmd struct {
	Dir      string        `help:"Folder of the database, which is kept for later runs." default:".lazi/bench"`
	BinDir   string        `help:"Folder of initdb, pg_ctl and postgres (default: searched)."`
	Duration time.Duration `help:"How long each server is under load in each round." default:"2s"`
	Rounds   int           `help:"How many rounds; the figures are their medians." default:"5"`
	Conns    []int         `help:"How many connections send requests at once." default:"1,16,64"`
	Only     []string      `help:"Which queries to measure (nested, wide, small; default: all, and the screens)." enum:"nested,wide,small"`
	Quick    bool          `help:"Only show that all works: one round of 200 ms."`
}

// Run measures and prints the figures.
func (c runCmd) Run(ctx context.Context) error {
	if c.Quick {
		c.Rounds, c.Duration = 1, 200*time.Millisecond
	}
	db, err := openDatabase(ctx, c.Dir, c.BinDir)
	if err != nil {
		return err
	}
	defer db.stop(ctx)
	old, err := openShape(ctx, c.Dir, c.BinDir, oldShape())
	if err != nil {
		return err
	}
	defer old.stop(ctx)
	m := measurement{rounds: c.Rounds, warmUp: min(warmUp, c.Duration), duration: c.Duration, conns: c.Conns, only: c.Only, out: os.Stdout}
	defer func() { m.stop() }()
	for _, s := range []struct{ name, tables, dsn string }{
		{laziServer, "", db.dsn}, {handwrittenServer, "old", old.dsn}, {laziServer, "old", old.dsn},
	} {
		started, err := startServer(ctx, s.name, s.dsn)
		if err != nil {
			return err
		}
		started.tables = s.tables
		m.servers = append(m.servers, started)
	}
	places, err := collectPlaces(ctx, m.servers[0])
	if err != nil {
		return err
	}
	return m.run(ctx, db.version, places)
}
