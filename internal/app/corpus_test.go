package app_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// go test ./internal/app -run Corpus -corpus.n=50000 -corpus.time=1h -corpus.seed=7 runs more of the corpus than a plain
// test does, and -corpus.only=123 one operation of it. The time keeps the race detector and slow machines from waiting.
var (
	corpusTime = flag.Duration("corpus.time", 40*time.Second, "after how long to begin no more operations")
	corpusN    = flag.Uint64("corpus.n", 2500, "how many operations of the corpus to run")
	corpusSeed = flag.Uint64("corpus.seed", 1, "seed of the corpus")
	corpusOnly = flag.Int64("corpus.only", -1, "the only operation of the corpus to run, by its number")
)

const (
	// compiledShare is how many operations without errors a compiled read must have answered, at least: all but those
	// that ask for the introspection or for what federation needs.
	compiledShare = 0.85
	// fineShare is how many operations must have no error: errors are answered by resolvers, and prove little.
	fineShare = 0.85
	// enoughForShares is from how many operations on chance leaves no field out.
	enoughForShares = 2000
	// maxDifferences is after how many differences nobody reads on.
	maxDifferences = 5
)

// TestCorpus sends generated operations to a server that answers by compiled reads and to one where resolvers answer
// everything, over the same database. Answers must be the same byte for byte. Where an answer has several errors, their
// order is left out of the comparison: resolvers run side by side, and their errors come as they come.
func TestCorpus(t *testing.T) {
	t.Parallel()
	w := newCorpusWorld(t)
	dsn := w.copied(t)
	c := newComparison(t, w, dsn, dsn, w.clock.now)
	c.pool = harvest(t, w, c.schema, c.reference)
	c.warm(t)
	for number := range c.numbers(*corpusN) {
		c.run(t, number, 2)
	}
	c.walkAll(t)
	c.report(t)
	if c.asked >= enoughForShares {
		c.checkShares(t)
		c.checkCoverage(t)
	}
}

// comparison is a corpus that is being run.
type comparison struct {
	world               *corpusWorld
	schema              *ast.Schema
	pool                *pool
	compiled, reference http.Handler
	unfresh             bool

	selected                          map[string]int
	asked, fine, followed, unsettled  int
	answered, fineAnswered, different int
	bytes                             int64
	spent                             [2]time.Duration
	refused                           map[string]int // reasons why resolvers answered operations without errors
	read                              atomic.Value   // what became of the read under way: readAnswered, or why not
}

// newComparison opens a server with compiled reads over one database and one without over the same or another.
func newComparison(t *testing.T, w *corpusWorld, compiledDSN, referenceDSN string, now func() time.Time) *comparison {
	t.Helper()
	c := &comparison{world: w, selected: map[string]int{}, refused: map[string]int{}, schema: corpusSchema()}
	c.compiled = w.open(t, compiledDSN, true, now, c.onRead).Handler()
	c.reference = w.open(t, referenceDSN, false, now, nil).Handler()
	return c
}

// readAnswered and readUnseen stand beside the reasons of reads that no plan answered.
const (
	readAnswered = "answered"
	readUnseen   = "not a read"
)

func (c *comparison) onRead(err error) {
	if err == nil {
		c.read.Store(readAnswered)
		return
	}
	c.read.Store(err.Error())
}

// numbers are those of the operations to run.
func (c *comparison) numbers(n uint64) func(yield func(uint64) bool) {
	return func(yield func(uint64) bool) {
		if *corpusOnly >= 0 {
			yield(uint64(*corpusOnly))
			return
		}
		began := time.Now()
		for i := range n {
			if c.different >= maxDifferences || time.Since(began) > *corpusTime || !yield(i) {
				return
			}
		}
	}
}

// warm makes both servers remember what they look up once.
func (c *comparison) warm(t *testing.T) {
	t.Helper()
	for _, query := range []string{"{ viewer { currency } }", "{ customers(first: 1) { nodes { name } } }"} {
		for _, h := range []http.Handler{c.reference, c.compiled} {
			c.world.send(t, h, &operation{query: query})
		}
	}
}

// run compares the answers to an operation, and, where it has places for cursors, to the pages that follow.
func (c *comparison) run(t *testing.T, number uint64, pages int) {
	t.Helper()
	op := generate(c.schema, c.pool, *corpusSeed, number, c.unfresh)
	op.number = number
	for _, field := range op.selected {
		c.selected[field]++
	}
	c.asked++
	got := c.compare(t, op)
	if !bytes.Contains(got.body, []byte(`"errors":`)) {
		c.fine++
		if read := c.read.Load().(string); read == readAnswered {
			c.fineAnswered++
		} else {
			c.refused[read]++
		}
	}
	for range pages {
		if !op.follow(got.body) {
			return
		}
		c.followed++
		got = c.compare(t, op)
	}
}

// compare asks both servers at the same time and tells where their answers part.
func (c *comparison) compare(t *testing.T, op *operation) reply {
	t.Helper()
	c.world.clock.step()
	c.read.Store(readUnseen)
	var got, want reply
	var both sync.WaitGroup
	both.Go(func() {
		began := time.Now()
		want = c.world.send(t, c.reference, op)
		c.spent[0] += time.Since(began)
	})
	both.Go(func() {
		began := time.Now()
		got = c.world.send(t, c.compiled, op)
		c.spent[1] += time.Since(began)
	})
	both.Wait()
	if c.read.Load() == readAnswered {
		c.answered++
	}
	c.bytes += int64(len(want.body))
	if bytes.Contains(want.body, []byte(`"code":"INTERNAL"`)) {
		c.different++
		t.Errorf("the reference fails\n%s\n%.500s", op.describe(), want.body)
	}
	c.judge(t, op, got, want)
	return want
}

func (c *comparison) judge(t *testing.T, op *operation, got, want reply) {
	t.Helper()
	if got.status == want.status && got.contentType == want.contentType && bytes.Equal(got.body, want.body) {
		return
	}
	if got.status == want.status && got.contentType == want.contentType && bytes.Equal(sortedErrors(got.body), sortedErrors(want.body)) {
		c.unsettled++
		return
	}
	c.different++
	at := 0
	for at < min(len(got.body), len(want.body)) && got.body[at] == want.body[at] {
		at++
	}
	part := func(b []byte) []byte { return b[max(min(at, len(b))-100, 0):min(at+100, len(b))] }
	t.Errorf("answers differ at byte %d\n%s\ngot  %d %s …%s…\nwant %d %s …%s…", at, op.describe(),
		got.status, got.contentType, part(got.body), want.status, want.contentType, part(want.body))
}

// sortedErrors puts the errors of an answer in an order and leaves all else as it is; answers with at most one error
// are returned as they are.
func sortedErrors(body []byte) []byte {
	var answer struct {
		Errors []json.RawMessage `json:"errors"`
		Data   json.RawMessage   `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Errors) < 2 {
		return body
	}
	slices.SortFunc(answer.Errors, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	return slices.Concat(append(answer.Errors, answer.Data)...)
}
