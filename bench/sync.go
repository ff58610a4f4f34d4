package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/localpg"
	"lazilabs.com/lazi/internal/store"
)

// syncCmd measures how fast records get into the mirror.
type syncCmd struct {
	Dir     string `help:"Folder of the database server." default:".lazi/bench"`
	BinDir  string `help:"Folder of initdb, pg_ctl and postgres (default: searched)."`
	Records int    `help:"How many records of each kind." default:"100000"`
	Page    int    `help:"How many records a page holds, each page being one transaction." default:"2000"`
	Fetch   int    `help:"How many records a page of ServiceTitan's holds, from end to end." default:"2000"`
	Only    string `help:"Measure only writing, or only the whole from end to end." enum:",writing,whole" default:""`
	Rounds  int    `help:"How many rounds; the figures are their medians." default:"3"`
}

// syncDatabase is made anew by each run.
const syncDatabase = "sync"

// Run measures and prints.
func (c syncCmd) Run(ctx context.Context) error {
	if c.Records < 1 || c.Page < 1 || c.Rounds < 1 {
		return fmt.Errorf("there is a record, a page and a round")
	}
	cluster, err := localpg.Start(ctx, localpg.Config{Dir: c.Dir, BinDir: c.BinDir, Buffers: buffers})
	if err != nil {
		return err
	}
	db := &database{cluster: cluster, dsn: cluster.DSN(syncDatabase)}
	defer db.stop(ctx)
	if err := db.renew(ctx); err != nil {
		return err
	}
	if c.Only != "writing" {
		all := whole{syncCmd: c, db: db, out: os.Stdout}
		if err := all.run(ctx); err != nil || c.Only == "whole" {
			return err
		}
		if err := db.renew(ctx); err != nil {
			return err
		}
	}
	w := writing{syncCmd: c, db: db, out: os.Stdout}
	return w.run(ctx, domain.Customers.Kind, domain.Jobs.Kind)
}

// renew makes the database of syncCmd empty.
func (db *database) renew(ctx context.Context) error {
	err := db.do(ctx, db.cluster.DSN("postgres"), func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{syncDatabase}.Sanitize())
		return err
	})
	if err != nil {
		return fmt.Errorf("drop the old database: %w", err)
	}
	if err := db.cluster.EnsureDatabase(ctx, syncDatabase); err != nil {
		return err
	}
	return store.Migrate(ctx, db.dsn)
}
