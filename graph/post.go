package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/tidwall/gjson"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/graph/gqlerr"
)

// maxBodyBytes bounds a request: the largest of our documents with its variables takes a hundredth of it.
const maxBodyBytes = 1 << 20

const (
	graphqlResponse = "application/graphql-response+json"
	plainJSON       = "application/json"
)

// post serves POST requests with a JSON body. gqlgen's own transport repeats the body in errors, and passes each answer
// through encoding/json once more.
type post struct{ bodies, buffers *sync.Pool }

func newPost() post {
	return post{
		bodies:  &sync.Pool{New: func() any { return new(bytes.Buffer) }},
		buffers: &sync.Pool{New: func() any { return new(make([]byte, 0, 16<<10)) }},
	}
}

// maxKeptBytes is the largest buffer that is kept for later requests.
const maxKeptBytes = 128 << 10

// Supports implements graphql.Transport.
func (post) Supports(r *http.Request) bool {
	if r.Method != http.MethodPost || r.Header.Get("Upgrade") != "" {
		return false
	}
	contentType := r.Header.Get("Content-Type")
	if contentType == plainJSON {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && mediaType == plainJSON
}

// Do implements graphql.Transport.
func (p post) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	started := graphql.Now()
	text := p.bodies.Get().(*bytes.Buffer)
	text.Reset()
	params, ok := readBody(w, r, text)
	if text.Cap() <= maxKeptBytes {
		p.bodies.Put(text)
	}
	if !ok {
		return
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: started, End: graphql.Now()}
	contentType := answerType(r.Header.Get("Accept"))
	w.Header().Set("Content-Type", contentType)
	ctx := r.Context()
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs != nil {
		resp := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		writeAnswer(w, refusalStatus(errs, contentType), resp)
		return
	}
	buffer := p.buffers.Get().(*[]byte)
	*buffer = (*buffer)[:0]
	responses, ctx := exec.DispatchOperation(withBuffer(ctx, buffer), op)
	if resp := responses(ctx); len(*buffer) > 0 && len(resp.Errors)+len(resp.Extensions) == 0 {
		writeWhole(w, append(*buffer, '}'))
	} else {
		writeAnswer(w, http.StatusOK, resp)
	}
	if cap(*buffer) <= maxKeptBytes {
		p.buffers.Put(buffer)
	}
}

type bufferKey struct{}

// answerHead is what stands before the data of an answer without errors.
const answerHead = `{"data":`

// writeWhole writes an answer that stands in one piece.
func writeWhole(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a caller that has gone away is none of our business
}

// withBuffer offers memory for the answer. Who uses it writes answerHead and the data. It is used again once the answer
// is written.
func withBuffer(ctx context.Context, b *[]byte) context.Context {
	return context.WithValue(ctx, bufferKey{}, b)
}

// bufferFrom returns the memory for the answer, nil when none is offered.
func bufferFrom(ctx context.Context) *[]byte {
	b, _ := ctx.Value(bufferKey{}).(*[]byte)
	return b
}

// answerType chooses between GraphQL's media type and plain JSON, whichever the client names first.
func answerType(accept string) string {
	for part := range strings.SplitSeq(accept, ",") {
		switch mediaType, _, _ := mime.ParseMediaType(strings.TrimSpace(part)); mediaType {
		case plainJSON:
			return plainJSON
		case graphqlResponse, "*/*", "application/*":
			return graphqlResponse
		}
	}
	return graphqlResponse
}

// refusalStatus is the status of a request that is not executed. For plain JSON, a document that does not hold is still
// an answer of status 422, as gqlgen has it.
func refusalStatus(errs gqlerror.List, contentType string) int {
	if contentType == graphqlResponse {
		return http.StatusBadRequest
	}
	if errcode.GetErrorKind(errs) == errcode.KindProtocol {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// writeAnswer writes a response. Its data are JSON already and stay as they are.
func writeAnswer(w http.ResponseWriter, status int, resp *graphql.Response) {
	var head, tail []byte
	if len(resp.Errors) > 0 {
		text, _ := json.Marshal(resp.Errors) // errors are plain values
		head = append(append(append(head, `"errors":`...), text...), ',')
	}
	data := []byte(resp.Data)
	if data == nil {
		data = []byte("null")
	}
	if len(resp.Extensions) > 0 {
		if text, err := json.Marshal(resp.Extensions); err == nil {
			tail = append(append(tail, `,"extensions":`...), text...)
		}
	}
	const frame = len(`{"data":}`)
	w.Header().Set("Content-Length", strconv.Itoa(frame+len(head)+len(data)+len(tail)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "{") // a caller that has gone away is none of our business
	_, _ = w.Write(head)
	_, _ = io.WriteString(w, `"data":`)
	_, _ = w.Write(data)
	_, _ = w.Write(tail)
	_, _ = io.WriteString(w, "}")
}

// readBody reads a request, whose text nothing refers to afterwards. It refuses what is not one JSON object, and tells so
// itself.
func readBody(w http.ResponseWriter, r *http.Request, text *bytes.Buffer) (params *graphql.RawParams, ok bool) {
	_, err := text.ReadFrom(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	body := text.Bytes()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", maxBodyBytes))
		return nil, false
	case err != nil:
		refuse(w, http.StatusBadRequest, "the body could not be read")
		return nil, false
	}
	if params, ok := pick(body); ok {
		return params, true
	}
	params, err = decode(body)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return nil, false
	}
	return params, true
}

// pick reads the members of a plain request, which takes a third of the time that encoding/json needs. It leaves all
// else to decode.
func pick(body []byte) (params *graphql.RawParams, ok bool) {
	const usual = 64 << 10 // and no deeper nesting than that, since gjson has no bound for it
	if len(body) > usual || !utf8.Valid(body) || bytes.Contains(body, []byte(`\u`)) || !gjson.ValidBytes(body) {
		return nil, false
	}
	request := gjson.ParseBytes(body)
	if !request.IsObject() {
		return nil, false
	}
	params, ok = &graphql.RawParams{}, true
	request.ForEach(func(name, v gjson.Result) bool {
		switch known := name.Str == "query" || name.Str == "operationName" || name.Str == "variables"; {
		case known && v.Type == gjson.Null:
		case name.Str == "query" && v.Type == gjson.String:
			params.Query = v.Str
		case name.Str == "operationName" && v.Type == gjson.String:
			params.OperationName = v.Str
		case name.Str == "variables" && v.IsObject():
			params.Variables, _ = plain(v).(map[string]any)
		default:
			ok = false
		}
		return ok
	})
	return params, ok
}

// plain turns JSON into the values that encoding/json makes of it, with numbers as they are written.
func plain(v gjson.Result) any {
	switch {
	case v.IsObject():
		m := map[string]any{}
		v.ForEach(func(name, member gjson.Result) bool {
			m[name.Str] = plain(member)
			return true
		})
		return m
	case v.IsArray():
		list := []any{}
		v.ForEach(func(_, element gjson.Result) bool {
			list = append(list, plain(element))
			return true
		})
		return list
	case v.Type == gjson.String:
		return v.Str
	case v.Type == gjson.Number:
		return json.Number(v.Raw)
	case v.IsBool():
		return v.Bool()
	}
	return nil
}

// decode reads the one JSON object of a request, or says what is wrong with it.
func decode(body []byte) (*graphql.RawParams, error) {
	var params graphql.RawParams
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	err := d.Decode(&params)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return nil, fmt.Errorf("the body is not valid JSON at byte %d", d.InputOffset())
		}
		return &params, nil
	}
	syntax, isSyntax := errors.AsType[*json.SyntaxError](err)
	wrong, isWrong := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, errors.New("the body is empty: send a JSON object with a query")
	case isSyntax:
		return nil, fmt.Errorf("the body is not valid JSON at byte %d", syntax.Offset)
	case isWrong && wrong.Field == "":
		return nil, errors.New("the body must be one JSON object, batches are not supported")
	case isWrong:
		return nil, fmt.Errorf("the body's member %q has the wrong type", wrong.Field)
	}
	return nil, errors.New("the body is not valid JSON")
}

// refuse answers a request that is no GraphQL request.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", graphqlResponse+"; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"errors": []any{map[string]any{"message": message, "extensions": map[string]any{"code": gqlerr.BadRequest}}},
	})
}
