// Package manifest reads and writes lists of trusted documents: the only ones that a server executes. It imports nothing
// of ours.
package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// format is the name of Apollo's format.
const format = "apollo-persisted-query-manifest"

// Documents are documents by the ids that clients name them by.
type Documents map[string]Document

// Document is one document.
type Document struct {
	// ID is the SHA-256 of the text in lower-case hexadecimal, or what the manifest's maker has chosen.
	ID string `json:"id"`
	// Name is what people call it, and Type is query, mutation or subscription; both may be empty.
	Name string `json:"name"`
	Type string `json:"type"`
	// Body is its text. A client that sends the text must send exactly this.
	Body string `json:"body"`
}

// Of makes a document of a text.
func Of(name, operation, text string) Document {
	sum := sha256.Sum256([]byte(text))
	return Document{ID: hex.EncodeToString(sum[:]), Name: name, Type: operation, Body: text}
}

// file is a manifest in Apollo's format.
type file struct {
	Format     string     `json:"format"`
	Version    int        `json:"version"`
	Operations []Document `json:"operations"`
}

// Read reads a manifest in Apollo's format, or a plain object of texts by their ids. One without documents is an error, since it
// would let nothing pass.
func Read(text []byte) (Documents, error) {
	if !json.Valid(text) {
		return nil, errors.New("the manifest is not valid JSON")
	}
	var f file
	var list []Document
	var plain map[string]string
	switch {
	case json.Unmarshal(text, &plain) == nil && plain["format"] != format:
		for id, body := range plain {
			list = append(list, Document{ID: id, Body: body})
		}
	case json.Unmarshal(text, &f) == nil && f.Format == format && f.Version == 1:
		list = f.Operations
	default:
		return nil, fmt.Errorf("the manifest must be of the format %q, version 1, or an object of documents by their hashes", format)
	}
	return index(list)
}

// index puts documents in order by their ids.
func index(list []Document) (Documents, error) {
	all := make(Documents, len(list))
	for _, d := range list {
		d.ID = strings.TrimPrefix(d.ID, "sha256:")
		switch other, twice := all[d.ID]; {
		case d.ID == "" || d.Body == "":
			return nil, fmt.Errorf("the manifest's document %q lacks its id or its text", d.Name)
		case twice && other.Body != d.Body:
			return nil, fmt.Errorf("the manifest has two documents of the id %q", d.ID)
		}
		all[d.ID] = d
	}
	if len(all) == 0 {
		return nil, errors.New("the manifest has no documents")
	}
	return all, nil
}

// Write writes a manifest in Apollo's format.
func Write(w io.Writer, documents []Document) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(file{Format: format, Version: 1, Operations: documents}); err != nil {
		return fmt.Errorf("manifest: write: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
