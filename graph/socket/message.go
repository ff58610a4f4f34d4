package socket

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"lazilabs.com/lazi/graph/body"
)

// The types of messages.
const (
	connectionInit = "connection_init"
	connectionAck  = "connection_ack"
	ping           = "ping"
	pong           = "pong"
	subscribe      = "subscribe"
	next           = "next"
	failed         = "error"
	complete       = "complete"
)

// message is one in either direction.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// parse reads a client's message. What does not follow the protocol to the letter ends the connection.
func parse(text []byte) (message, error) {
	var m message
	if !utf8.Valid(text) || json.Unmarshal(text, &m) != nil {
		return m, closeWith(badRequest, "Invalid message received")
	}
	var ok bool
	switch m.Type {
	case connectionInit, ping, pong:
		ok = len(m.Payload) == 0 || isObject(m.Payload)
	case subscribe:
		ok = m.ID != "" && isObject(m.Payload)
	case complete:
		ok = m.ID != ""
	default:
		return m, closeWith(badRequest, "Invalid message type")
	}
	if !ok {
		return m, closeWith(badRequest, "Invalid %s message", m.Type)
	}
	return m, nil
}

func isObject(text json.RawMessage) bool { return bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) }

// request reads the operation that a client subscribes to.
func (m message) request() (*graphql.RawParams, error) {
	params, err := body.Parse(m.Payload)
	if err != nil || params.Query == "" && params.Extensions == nil {
		return nil, closeWith(badRequest, "Invalid subscribe message: the payload must hold a query")
	}
	return params, nil
}

// strings reads the members of an object that are texts.
func (m message) strings() map[string]string {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(m.Payload, &members) // it is an object or missing
	texts := map[string]string{}
	for name, text := range members {
		var s string
		if json.Unmarshal(text, &s) == nil {
			texts[name] = s
		}
	}
	return texts
}
