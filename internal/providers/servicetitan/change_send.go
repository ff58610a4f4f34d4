package servicetitan

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
)

// sendings is how often a change is sent at most. It is sent again only when it was surely not made.
const sendings = 3

// send makes the change: it books technicians' time, sends the request, and looks before it sends it again.
func (c *change) send(ctx context.Context) error {
	again := c.doubt // an earlier attempt ended without an outcome
	if again {
		if found, err := c.look(ctx); found || err != nil {
			return c.asUnknown(err)
		}
		c.doubt = false
	}
	if err := c.check(ctx); err != nil {
		return err
	}
	if err := c.book(ctx); err != nil {
		return err
	}
	for sending := 1; ; sending++ {
		again = again || sending > 1
		failure := c.call(ctx, again)
		if failure == nil {
			c.doubt = false
			return nil
		}
		if !failure.Unknown {
			return c.refused(ctx, failure, again)
		}
		c.doubt = true
		found, err := c.look(ctx)
		if found || err != nil {
			return c.asUnknown(err)
		}
		if c.Act.Creates() && errors.Is(failure, context.DeadlineExceeded) {
			return c.asUnknown(failure) // ServiceTitan may still be at it
		}
		verified := c.Act.Creates() || c.Act.Moves != nil
		if sending == sendings && !verified {
			return c.asUnknown(failure)
		}
		c.doubt = false
		if sending == sendings {
			return c.failed(failure)
		}
	}
}

// asUnknown says that nobody knows whether the change is made, unless err is nil.
func (c *change) asUnknown(err error) error {
	if err == nil {
		c.doubt = false
		return nil
	}
	c.cfg.Logger.Warn("the outcome of a change is not known", "tenant", c.tenant, "act", c.Act.Name, "cause", err)
	return refuse(domain.ProblemUnknown, "", "ServiceTitan's answer was lost, and it does not tell whether it has made the change; "+
		"repeat it with the same idempotencyKey to find out")
}

// call sends the request on each of its paths. When it was sent before, what is already so is none of its failures.
func (c *change) call(ctx context.Context, again bool) *stclient.Error {
	module := strings.Split(c.Act.Path, "/")[1]
	var body json.RawMessage
	if len(c.body) > 0 {
		body, _ = json.Marshal(c.body) // it holds nothing but what JSON has
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.SendTimeout)
	defer cancel()
	for _, path := range c.paths {
		answer, err := c.account.Write(ctx, stclient.Write{Op: c.Act.Name, Module: module, Method: c.Act.Method, Path: path, Body: body})
		failure, _ := errors.AsType[*stclient.Error](err)
		switch {
		case err == nil:
			c.made = append(c.made, madeIn(answer)...)
		case again && len(c.paths) > 1 && failure.Code == stclient.CodeConflict:
		default:
			return failure
		}
	}
	return nil
}

// madeIn are the ids of the records in an answer: its own, or those of a list inside.
func madeIn(answer json.RawMessage) (ids []int64) {
	if id, err := idOf(answer); err == nil {
		return []int64{id}
	}
	var inside map[string]json.RawMessage
	if json.Unmarshal(answer, &inside) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(inside)) {
		var items []json.RawMessage
		if json.Unmarshal(inside[name], &items) != nil {
			continue
		}
		for _, item := range items {
			if id, err := idOf(item); err == nil {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// refused explains ServiceTitan's refusal. One that meets a repeated request may come of the first having been done.
func (c *change) refused(ctx context.Context, failure *stclient.Error, again bool) error {
	switch {
	case !again:
	case failure.Code == stclient.CodeConflict && c.Act.Repeatable, failure.Code == stclient.CodeNotFound && c.Act.Method == http.MethodDelete:
		return nil
	case failure.Code == stclient.CodeConflict, failure.Code == stclient.CodeInvalid:
		if found, _ := c.look(ctx); found {
			return nil
		}
	}
	return c.failed(failure)
}

// failed explains a failure of ServiceTitan's after which nothing is changed.
func (c *change) failed(err error) error {
	failure, ok := errors.AsType[*stclient.Error](err)
	if !ok {
		return err
	}
	field, said := c.said(failure)
	switch failure.Code {
	case stclient.CodeInvalid, stclient.CodeConflict:
		if c.Act.Moves != nil && len(failure.Fields) == 0 {
			return refuse(domain.ProblemTransition, c.Act.ID, "ServiceTitan does not make this change now: %s", said)
		}
		return refuse(domain.ProblemRejected, field, "ServiceTitan refuses it: %s", said)
	case stclient.CodeNotFound:
		return refuse(domain.ProblemNotFound, c.Act.ID, "ServiceTitan does not know a record that this is about")
	case stclient.CodeUnauthorized, stclient.CodeTenantNotAuthorised, stclient.CodeForbidden, stclient.CodeNoSuchOperation:
		return refuse(domain.ProblemUpstreamRights, "", "%s; nothing was changed", explained[failure.Code].Problem)
	case stclient.CodeRateLimited, stclient.CodeUnavailable, stclient.CodeBadResponse:
		return refuse(domain.ProblemUnavailable, "", "%s; nothing was changed", explained[failure.Code].Problem)
	case stclient.CodeCanceled:
	}
	return err
}

// said is what ServiceTitan says about a refusal, and the member of the input that it says it about, "" for several or none.
func (c *change) said(failure *stclient.Error) (field, text string) {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(failure.Fields)) {
		texts = append(texts, strings.Join(failure.Fields[name], " "))
		field = c.inputOf(name)
	}
	if len(texts) != 1 {
		field = ""
	}
	if len(texts) == 0 {
		texts = []string{failure.Title}
	}
	return field, strings.Join(texts, " ")
}

// inputOf is the input's name of a member of the body.
func (c *change) inputOf(member string) string {
	for name := range c.Input {
		if pair, ok := windows[name]; ok && (member == pair[0] || member == pair[1]) || nameOfMember(c.Act, name) == member {
			return name
		}
	}
	return ""
}
