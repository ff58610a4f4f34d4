package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// peersWarmUp lets Node's compilers, and mercurius' own, come to rest in both processes.
const peersWarmUp = 3 * time.Second

// peersCmd measures LAZI against the servers of bench/peers.
type peersCmd struct {
	Dir      string        `help:"Folder of the database, which is kept for later runs." default:".lazi/bench"`
	BinDir   string        `help:"Folder of initdb, pg_ctl and postgres (default: searched)."`
	Peers    string        `help:"Folder of the peers, with their node_modules." default:"bench/peers"`
	Duration time.Duration `help:"How long each server is under load in each round." default:"2s"`
	Rounds   int           `help:"How many rounds; the figures are their medians." default:"5"`
	Conns    int           `help:"How many connections send requests at once." default:"16"`
	Quick    bool          `help:"Only show that all works: one round of 200 ms."`
}

// Run measures and prints the figures.
func (c peersCmd) Run(ctx context.Context) error {
	warmUp := peersWarmUp
	if c.Quick {
		c.Rounds, c.Duration, warmUp = 1, 200*time.Millisecond, 200*time.Millisecond
	}
	db, err := openDatabase(ctx, c.Dir, c.BinDir)
	if err != nil {
		return err
	}
	defer db.stop(ctx)
	servers, stop, err := c.start(ctx, db.dsn)
	if err != nil {
		return err
	}
	defer stop()
	places, err := collectPlaces(ctx, servers[0])
	if err != nil {
		return err
	}
	m := measurement{servers: servers, rounds: c.Rounds, warmUp: warmUp, duration: c.Duration, conns: []int{c.Conns}, out: os.Stdout}
	m.printMachine(db.version)
	results, err := m.rivals(ctx, places)
	if err != nil {
		return err
	}
	m.printPeers(results)
	return nil
}

// start starts LAZI and the peers. stop ends them; there is nothing to end after an error.
func (c peersCmd) start(ctx context.Context, dsn string) (all []*server, stop func(), err error) {
	stop = func() {
		for _, s := range all {
			s.stop()
		}
	}
	lazi, err := startServer(ctx, laziServer, dsn)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, lazi)
	for _, p := range peers() {
		s, err := p.start(ctx, c.Peers, dsn)
		if err != nil {
			stop()
			return nil, nil, fmt.Errorf("%w (make bench-peers installs what it needs)", err)
		}
		all = append(all, s)
	}
	return all, stop, nil
}
