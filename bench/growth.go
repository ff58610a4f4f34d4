package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"
)

// growthCmd measures the nested query while the data grows.
type growthCmd struct {
	Dir      string        `help:"Folder of the databases, which are kept for later runs: some 15 GB." default:".lazi/bench"`
	BinDir   string        `help:"Folder of initdb, pg_ctl and postgres (default: searched)."`
	Duration time.Duration `help:"How long each size is asked in each round." default:"3s"`
	Rounds   int           `help:"How many rounds; the figures are their medians." default:"5"`
	Steps    int           `help:"How many sizes: 20,000 jobs, 200,000 and 2,000,000." default:"3"`
}

// grown is one size of the data with a server that reads it.
type grown struct {
	shape
	db       *database
	server   *server
	requests [][]byte
	samples  []sample
}

// Run loads what is missing, measures and prints.
func (c growthCmd) Run(ctx context.Context) error {
	shapes := growthShapes()
	if c.Steps < 1 || c.Steps > len(shapes) || c.Rounds < 1 {
		return fmt.Errorf("steps are 1 to %d, and there is a round", len(shapes))
	}
	var all []*grown
	defer func() {
		for _, g := range all {
			g.close(ctx)
		}
	}()
	for _, s := range shapes[:c.Steps] {
		g, err := c.open(ctx, s)
		if err != nil {
			return err
		}
		all = append(all, g)
	}
	targets := make([]target, len(all))
	for i, g := range all {
		targets[i] = target{g.server, g.requests}
	}
	for round := range c.Rounds {
		samples, err := inTurns(ctx, targets, 1, c.Duration, round)
		if err != nil {
			return err
		}
		for i, s := range samples {
			all[i].samples = append(all[i].samples, s)
		}
	}
	printGrowth(os.Stdout, all)
	return nil
}

// open makes a size ready: LAZI runs over its database and was asked once for everything that will be measured.
func (c growthCmd) open(ctx context.Context, s shape) (_ *grown, err error) {
	g := &grown{shape: s}
	if g.db, err = openShape(ctx, c.Dir, c.BinDir, s); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			g.close(ctx)
		}
	}()
	if g.server, err = startServer(ctx, laziServer, g.db.dsn); err != nil {
		return nil, err
	}
	places, err := collectPlaces(ctx, g.server)
	if err != nil {
		return nil, err
	}
	nested, err := operationNamed(nestedOp)
	if err != nil {
		return nil, err
	}
	if g.requests, err = nested.requests(g.server, places); err != nil {
		return nil, err
	}
	_, err = answers(ctx, g.server, nested, places)
	return g, err
}

// close ends what open started.
func (g *grown) close(ctx context.Context) {
	if g.server != nil {
		g.server.stop()
	}
	g.db.stop(ctx)
}

func operationNamed(name string) (operation, error) {
	for _, o := range operations() {
		if o.name == name {
			return o, nil
		}
	}
	return operation{}, errors.New("there is no operation " + name)
}

// printGrowth compares each size with the smallest, in the last line the largest.
func printGrowth(out io.Writer, all []*grown) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "jobs\tp50 ms\tp99 ms\tCPU ms/request\tp50 ÷ first\tp99 ÷ first\t\n")
	first, last := medians(all[0].samples), medians(all[len(all)-1].samples)
	for _, g := range all {
		f := medians(g.samples)
		fmt.Fprintf(w, "%d\t%.2f\t%.2f\t%.3f\t%.2f\t%.2f\t\n", g.Jobs(), milliseconds(f.P50), milliseconds(f.P99), milliseconds(f.CPU),
			ratio(f.P50, first.P50), ratio(f.P99, first.P99))
	}
	_ = w.Flush() // a closed output is nobody's loss
	fmt.Fprintf(out, "\nnested, lazi, 1 connection, %d jobs ÷ %d:\ngrowth p50=%.2f p99=%.2f\n", all[len(all)-1].Jobs(), all[0].Jobs(),
		ratio(last.P50, first.P50), ratio(last.P99, first.P99))
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
