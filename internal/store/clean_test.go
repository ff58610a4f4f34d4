package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"lazilabs.com/lazi/internal/domain"
)

func TestClean_aLostDatabaseIsUnavailableAndHasNoName(t *testing.T) {
	t.Parallel()
	address := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 5432}
	for name, err := range map[string]error{
		"end of stream": fmt.Errorf("receive: %w", io.ErrUnexpectedEOF),
		"closed":        net.ErrClosed,
		"reset":         &net.OpError{Op: "read", Net: "tcp", Addr: address, Err: syscall.ECONNRESET},
		"shut down":     &pgconn.PgError{Code: "57P01"},
	} {
		got := clean(err)
		if !errors.Is(got, domain.ErrUnavailable) || strings.Contains(got.Error(), "192.0.2.7") {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := clean(context.Canceled); !errors.Is(got, context.Canceled) {
		t.Errorf("a cancelled query is told as %v", got)
	}
	if got := clean(&pgconn.PgError{Code: "22P02", Message: "secret value"}); strings.Contains(got.Error(), "secret") {
		t.Errorf("a value leaves: %v", got)
	}
}
