package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// peer is a server that runs in Node.
type peer struct {
	name string
	dialect
}

// peers are the servers that a team would pick instead of LAZI.
func peers() []peer {
	return []peer{
		{name: "postgraphile", dialect: dialect{question: askPostGraphile, project: projectPostGraphile}},
		{name: "mercurius", dialect: dialect{question: askMirror}},
		{name: "apollo", dialect: dialect{question: askMirror}},
	}
}

// start runs a peer's file. Node's library for Postgres takes what it connects to from libpq's variables.
func (p peer) start(ctx context.Context, dir, dsn string) (*server, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	cmd := exec.CommandContext(ctx, "node", p.name+".js")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NODE_ENV=production",
		"PGHOST="+cfg.Host, "PGPORT="+strconv.Itoa(int(cfg.Port)), "PGUSER="+cfg.User, "PGDATABASE="+cfg.Database)
	return startCommand(p.name, p.dialect, cmd)
}

// askMirror asks a peer that has LAZI's shape with the very same document. Its ids and cursors are ServiceTitan's ids.
func askMirror(o operation, p place) any {
	return map[string]any{"query": o.document, "variables": peerVariables(o, p)}
}

// peerVariables are the operation's, with ServiceTitan's id in place of LAZI's cursors and global ids.
func peerVariables(o operation, p place) map[string]any {
	variables := o.variables(p)
	for name := range variables {
		variables[name] = strconv.FormatInt(p.id, 10)
	}
	return variables
}
