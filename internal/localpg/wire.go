package localpg

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"
)

const (
	// protocolVersion is 3.0, which every server speaks.
	protocolVersion = 3 << 16
	// maxMessageBytes bounds an answer: ours are a few rows.
	maxMessageBytes = 1 << 20
	// talkTimeout bounds a session when its context has no earlier deadline.
	talkTimeout = 30 * time.Second
)

// session speaks the simple query protocol, as far as this package needs it: it asks whether a server answers and makes
// databases. Everything else is for a real driver.
type session struct {
	conn net.Conn
	r    *bufio.Reader
}

// serverError is an error that the server reports.
type serverError struct{ code, message string }

// Error gives the server's words and the SQLSTATE.
func (e *serverError) Error() string { return fmt.Sprintf("%s (SQLSTATE %s)", e.message, e.code) }

// socketFile is the path that clients dial.
func socketFile(socketDir string) string { return filepath.Join(socketDir, ".s.PGSQL."+port) }

// connect opens a session that ends with ctx's deadline, or after talkTimeout.
func connect(ctx context.Context, socketDir, db string) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, talkTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socketFile(socketDir))
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, r: bufio.NewReader(conn)}
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		s.close()
		return nil, err
	}
	body := binary.BigEndian.AppendUint32(nil, protocolVersion)
	body = append(body, "user\x00"+role+"\x00database\x00"+db+"\x00\x00"...)
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)), body...)); err != nil {
		s.close()
		return nil, err
	}
	if _, err := s.answer(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) close() { s.conn.Close() }

// query returns the rows as text; null is the empty string.
func (s *session) query(sql string) ([][]string, error) {
	message := append([]byte{'Q'}, binary.BigEndian.AppendUint32(nil, uint32(len(sql)+5))...)
	if _, err := s.conn.Write(append(append(message, sql...), 0)); err != nil {
		return nil, err
	}
	return s.answer()
}

// answer reads until the server is ready for the next query.
func (s *session) answer() ([][]string, error) {
	var rows [][]string
	var failed error
	for {
		kind, body, err := s.message()
		if errors.Is(err, io.EOF) && failed != nil {
			return nil, failed // a fatal error closes the connection
		}
		if err != nil {
			return nil, err
		}
		switch kind {
		case 'R':
			if !bytes.Equal(body, []byte{0, 0, 0, 0}) {
				return nil, errors.New("the server asks for a password")
			}
		case 'D':
			row, err := dataRow(body)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		case 'E':
			failed = errorResponse(body)
		case 'Z':
			return rows, failed
		}
	}
}

func (s *session) message() (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size < 4 || size > maxMessageBytes {
		return 0, nil, fmt.Errorf("the server sends a message of %d bytes", size)
	}
	body = make([]byte, size-4)
	_, err = io.ReadFull(s.r, body)
	return head[0], body, err
}

func dataRow(body []byte) ([]string, error) {
	broken := errors.New("the server sends a broken row")
	if len(body) < 2 {
		return nil, broken
	}
	row := make([]string, binary.BigEndian.Uint16(body))
	body = body[2:]
	for i := range row {
		if len(body) < 4 {
			return nil, broken
		}
		size := int(int32(binary.BigEndian.Uint32(body)))
		if body = body[4:]; size < 0 {
			continue
		}
		if len(body) < size {
			return nil, broken
		}
		row[i], body = string(body[:size]), body[size:]
	}
	return row, nil
}

func errorResponse(body []byte) *serverError {
	e := &serverError{}
	for field := range strings.SplitSeq(string(body), "\x00") {
		switch {
		case strings.HasPrefix(field, "C"):
			e.code = field[1:]
		case strings.HasPrefix(field, "M"):
			e.message = field[1:]
		}
	}
	return e
}

// answers asks whether the server behind a socket takes connections. One that has no more to give does answer.
func answers(ctx context.Context, socketDir string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s, err := connect(ctx, socketDir, "postgres")
	if err == nil {
		s.close()
		return true
	}
	var refused *serverError
	return errors.As(err, &refused) && refused.code == "53300"
}

func quoteLiteral(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoteIdentifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
