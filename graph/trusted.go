package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lazilabs.com/lazi/graph/access"
	"lazilabs.com/lazi/graph/generated"
	"lazilabs.com/lazi/graph/gqlerr"
	"lazilabs.com/lazi/graph/limits"
	"lazilabs.com/lazi/graph/manifest"
)

// trusted are the only documents that may be executed.
type trusted struct {
	byID  map[string]string
	texts map[string]bool
}

// trust makes sure that each document may be executed, and remembers as many of them as there is room for. It returns nil
// for no documents: then any may be executed.
func (d *documents) trust(all manifest.Documents) (*trusted, error) {
	if all == nil {
		return nil, nil //nolint:nilnil // Nobody said which documents are trusted.
	}
	t := &trusted{byID: map[string]string{}, texts: map[string]bool{}}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		doc := all[id]
		if _, errs := d.of(doc.Body, true); errs != nil {
			return nil, fmt.Errorf("the trusted document %s cannot be executed: %s", cmp.Or(doc.Name, id), errs[0].Message)
		}
		t.byID[id], t.texts[doc.Body] = doc.Body, true
	}
	return t, nil
}

// find puts the text into a request that names its document. A request that brings the text must bring one of ours, and need
// not name it: that is as safe as its hash.
func (t *trusted) find(params *graphql.RawParams) *gqlerror.Error {
	if params.Query != "" {
		if !t.texts[params.Query] {
			return notTrusted()
		}
		return nil
	}
	text, ok := t.byID[nameOf(params)]
	if !ok {
		return notTrusted()
	}
	params.Query = text
	return nil
}

// nameOf returns the id by which a request names its document, empty when it names none.
func nameOf(params *graphql.RawParams) string {
	persisted, _ := params.Extensions["persistedQuery"].(map[string]any)
	id, _ := persisted["sha256Hash"].(string)
	return id
}

func notTrusted() *gqlerror.Error {
	return refused(gqlerr.NotTrusted, "this server executes the documents of its manifest only, and this is none of them")[0]
}

// Describe returns the entry of a manifest for a document, whose name is that of its first operation, or the reason why it
// cannot be executed.
func Describe(text string) (manifest.Document, error) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	rules, err := access.New(schema)
	if err != nil {
		return manifest.Document{}, err
	}
	doc, errs := newDocuments(schema, limits.Default(), rules).read(text, true)
	if errs != nil {
		return manifest.Document{}, fmt.Errorf("%s", strings.TrimSpace(errs[0].Message))
	}
	return manifest.Of(doc.Operations[0].Name, string(doc.Operations[0].Operation), text), nil
}
