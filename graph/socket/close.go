package socket

import (
	"errors"
	"fmt"
	"strings"

	"github.com/coder/websocket"
)

// The protocol's close codes.
const (
	badRequest               websocket.StatusCode = 4400
	unauthorized             websocket.StatusCode = 4401
	forbidden                websocket.StatusCode = 4403
	subprotocolNotAcceptable websocket.StatusCode = 4406
	initTimeout              websocket.StatusCode = 4408
	subscriberExists         websocket.StatusCode = 4409
	tooManyInits             websocket.StatusCode = 4429
	internalError            websocket.StatusCode = 4500
)

// closing is why a connection ends.
type closing struct {
	code   websocket.StatusCode
	reason string
}

// Error says why.
func (c *closing) Error() string { return fmt.Sprintf("websocket closed: %d %s", c.code, c.reason) }

// maxReason is how long a reason may be in a close frame.
const maxReason = 123

// closeWith returns the error that ends a connection with a code.
func closeWith(code websocket.StatusCode, format string, args ...any) error {
	reason := fmt.Sprintf(format, args...)
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "")
	}
	return &closing{code, reason}
}

// closingOf returns how to end a connection for an error: the server goes away unless the error says another thing.
func closingOf(err error) *closing {
	if c, ok := errors.AsType[*closing](err); ok {
		return c
	}
	return &closing{websocket.StatusGoingAway, "the server is stopping"}
}
