package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/internal/auth"
)

func TestSocket_closeCodes(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(cfg *graph.Config) {
		cfg.Sockets.InitTimeout, cfg.Sockets.MaxMessageBytes = patience, 2000
	})
	const enter = "enter"
	for name, tt := range map[string]struct {
		send  []string
		code  websocket.StatusCode
		words string
	}{
		"no JSON":                 {[]string{`{"type":`}, 4400, "Invalid message"},
		"two values":              {[]string{`{"type":"ping"}{}`}, 4400, "Invalid message"},
		"no object":               {[]string{`[]`}, 4400, "Invalid message"},
		"no type":                 {[]string{`{}`}, 4400, "Invalid message type"},
		"an unknown type":         {[]string{`{"type":"start"}`}, 4400, "Invalid message type"},
		"a server's type":         {[]string{`{"type":"next","id":"1"}`}, 4400, "Invalid message type"},
		"a payload of no object":  {[]string{`{"type":"connection_init","payload":5}`}, 4400, "Invalid connection_init"},
		"a null payload":          {[]string{`{"type":"ping","payload":null}`}, 4400, "Invalid ping"},
		"subscribe without id":    {[]string{enter, `{"type":"subscribe","payload":{"query":"{ a }"}}`}, 4400, "Invalid subscribe"},
		"a number as id":          {[]string{enter, `{"type":"complete","id":5}`}, 4400, "Invalid message"},
		"subscribe without query": {[]string{enter, `{"type":"subscribe","id":"1","payload":{}}`}, 4400, "must hold a query"},
		"variables of no object":  {[]string{enter, `{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":[1]}}`}, 4400, "must hold a query"},
		"too early":               {[]string{watch}, 4401, "Unauthorized"},
		"no token":                {[]string{`{"type":"connection_init"}`}, 4403, "a bearer token is required"},
		"a forged token":          {[]string{`{"type":"connection_init","payload":{"Authorization":"Bearer a.b.c"}}`}, 4403, "not valid"},
		"the same id":             {[]string{enter, watch, watch}, 4409, "Subscriber for 1 already exists"},
		"a long id":               {[]string{enter, strings.Replace(watch, `"1"`, `"`+strings.Repeat("é", 200)+`"`, 1), strings.Replace(watch, `"1"`, `"`+strings.Repeat("é", 200)+`"`, 1)}, 4409, "Subscriber for éé"},
		"two introductions":       {[]string{enter, `{"type":"connection_init"}`}, 4429, "Too many"},
		"a large message":         {[]string{enter, `{"type":"ping","payload":{"a":"` + strings.Repeat("x", 3000) + `"}}`}, 1009, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := s.dial(t, nil)
			for _, text := range tt.send {
				if text == enter {
					text = fmt.Sprintf(`{"type":"connection_init","payload":{"authorization":%q}}`, s.bearer(t, auth.Admin, time.Hour))
				}
				c.send(text)
			}
			c.wantClosed(tt.code, tt.words)
		})
	}
	t.Run("binary", func(t *testing.T) {
		t.Parallel()
		c := s.dial(t, nil)
		if err := c.ws.Write(t.Context(), websocket.MessageBinary, []byte(`{"type":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		c.wantClosed(4400, "Invalid message")
	})
	t.Run("another protocol", func(t *testing.T) {
		t.Parallel()
		s.dial(t, &websocket.DialOptions{Subprotocols: []string{"graphql-ws"}}).wantClosed(4406, "Subprotocol not acceptable")
	})
}
