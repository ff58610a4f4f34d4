package graph

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lazilabs.com/lazi/graph/body"
	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/socket"
)

// maxBodyBytes bounds a request: the largest of our documents with its variables takes a hundredth of it.
const maxBodyBytes = 1 << 20

// post reads POST requests with a JSON body, and answers those and GET requests. gqlgen's own transport repeats the body in errors, and passes each answer
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

// isJSON tells whether a body is what we read. A body that is packed is not: nobody knows how large it is.
func isJSON(r *http.Request) bool {
	if r.Header.Get("Content-Encoding") != "" {
		return false
	}
	contentType := r.Header.Get("Content-Type")
	if contentType == plainJSON {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && mediaType == plainJSON
}

// read reads the request. It refuses what is not one JSON object, and tells so itself.
func (p post) read(w http.ResponseWriter, r *http.Request) (params *graphql.RawParams, ok bool) {
	started := graphql.Now()
	if !isJSON(r) {
		refuse(w, http.StatusUnsupportedMediaType, gqlerr.BadRequest, "the body must be of the type application/json, and not packed")
		return nil, false
	}
	text := p.bodies.Get().(*bytes.Buffer)
	text.Reset()
	defer func() {
		if text.Cap() <= maxKeptBytes {
			p.bodies.Put(text)
		}
	}()
	_, err := text.ReadFrom(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		refuse(w, http.StatusRequestEntityTooLarge, gqlerr.BadRequest, fmt.Sprintf("the body is larger than %d bytes", maxBodyBytes))
		return nil, false
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, gqlerr.BadRequest, "the body could not be read")
		return nil, false
	}
	params, err = body.Parse(text.Bytes())
	if err != nil {
		refuse(w, http.StatusBadRequest, gqlerr.BadRequest, err.Error())
		return nil, false
	}
	if params.Query == "" && params.Extensions == nil {
		refuse(w, http.StatusBadRequest, gqlerr.BadRequest, "the body has no query")
		return nil, false
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: started, End: graphql.Now()}
	return params, true
}

// answer executes a request and writes what comes of it.
func (p post) answer(ctx context.Context, w http.ResponseWriter, r *http.Request, exec socket.Executor, params *graphql.RawParams) {
	contentType := answerType(r.Header.Get("Accept"))
	w.Header().Set("Content-Type", contentType)
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs != nil {
		resp := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		writeAnswer(w, cmp.Or(tellWait(w, errs), refusalStatus(contentType)), resp, false)
		return
	}
	defer exec.Release(ctx, op)
	if op.Operation.Operation == ast.Subscription {
		refuse(w, http.StatusBadRequest, gqlerr.BadRequest, "a subscription needs a stream: accept text/event-stream, or use a websocket")
		return
	}
	if op.Operation.Operation == ast.Mutation && r.Method == http.MethodGet {
		refuseMutation(w)
		return
	}
	buffer := p.buffers.Get().(*[]byte)
	*buffer = (*buffer)[:0]
	responses, ctx := exec.DispatchOperation(withBuffer(ctx, buffer), op)
	if resp := responses(ctx); resp == nil {
		refuse(w, http.StatusServiceUnavailable, gqlerr.Timeout, "the request was abandoned") // its caller has gone
	} else if len(*buffer) > 0 && len(resp.Errors)+len(resp.Extensions) == 0 {
		writeWhole(w, append(*buffer, '}'))
	} else {
		writeAnswer(w, http.StatusOK, resp, true)
	}
	if cap(*buffer) <= maxKeptBytes {
		p.buffers.Put(buffer)
	}
}

// refuseMutation answers a mutation that comes by GET, as a link or a picture can make a browser do it.
func refuseMutation(w http.ResponseWriter) {
	w.Header().Set("Allow", http.MethodPost)
	refuse(w, http.StatusMethodNotAllowed, gqlerr.BadRequest, "a mutation must be sent by POST")
}

type bufferKey struct{}

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
