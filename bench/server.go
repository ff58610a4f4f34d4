package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
)

// dialect is how a server is asked, and how it answers.
type dialect struct {
	// question is the body of a request.
	question func(operation, place) any
	// project turns the answer to an operation into LAZI's, for comparing. It is nil where that is what comes.
	project func(operation string, answer []byte) ([]byte, error)
}

// server is a running server process.
type server struct {
	greeting
	dialect
	name string
	// tables is "old" for those before they were made for reading.
	tables string
	cmd    *exec.Cmd
	stdin  io.Closer
}

// startServer runs this program again as one of the servers and waits until it listens.
func startServer(ctx context.Context, name, dsn string) (*server, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	d := dialect{question: askLAZI}
	if name == handwrittenServer {
		d.question = askHandwritten
	}
	return startCommand(name, d, exec.CommandContext(ctx, program, "serve", name, "--dsn="+dsn))
}

// serveLAZI opens the database and starts LAZI over it; stop ends both.
func serveLAZI(ctx context.Context, dir, binDir string) (db *database, lazi *server, stop func(), err error) {
	if db, err = openDatabase(ctx, dir, binDir); err != nil {
		return nil, nil, nil, err
	}
	if lazi, err = startServer(ctx, laziServer, db.dsn); err != nil {
		db.stop(ctx)
		return nil, nil, nil, err
	}
	return db, lazi, func() { lazi.stop(); db.stop(ctx) }, nil
}

// startCommand starts a server that greets on standard output and runs until its standard input ends.
func startCommand(name string, d dialect, cmd *exec.Cmd) (*server, error) {
	s := &server{name: name, dialect: d, cmd: cmd}
	s.cmd.Stderr = os.Stderr
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	s.stdin = stdin
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.greeting)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("start %s: no greeting: %w", name, err)
	}
	return s, nil
}

// stop ends the process and waits for its end.
func (s *server) stop() {
	_ = s.stdin.Close()
	if err := s.cmd.Wait(); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %s: %v\n", s.name, err)
	}
}

// usage asks what the server's processes have used so far.
func (s *server) usage(ctx context.Context) (u usage, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+cmp.Or(s.UsageAddr, s.Addr)+usagePath, http.NoBody)
	if err != nil {
		return u, fmt.Errorf("usage of %s: %w", s.name, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return u, fmt.Errorf("usage of %s: %w", s.name, err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&u); err != nil {
		return u, fmt.Errorf("usage of %s: %w", s.name, err)
	}
	return u, nil
}

// request returns the bytes of a POST.
func (s *server) request(body []byte) []byte {
	authorization := ""
	if s.Token != "" {
		authorization = "Authorization: Bearer " + s.Token + "\r\n"
	}
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s",
		s.Path, s.Addr, authorization, len(body), body)
}
