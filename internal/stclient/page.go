package stclient

import (
	"encoding/json"
	"fmt"
)

// envelope is what lists and feeds wrap their records in. It is read member by member, so that a page costs its records
// once and not a second time as one text.
type envelope struct {
	items        []json.RawMessage
	hasMore      *bool
	total        *int64
	continueFrom string
}

func (e *envelope) decode(dec *json.Decoder) error {
	*e = envelope{}
	if err := open(dec, '{'); err != nil {
		return err
	}
	hasData := false
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		switch name {
		case "data":
			hasData = true
			e.items, err = decodeItems(dec)
		case "hasMore":
			err = dec.Decode(&e.hasMore)
		case "totalCount":
			err = dec.Decode(&e.total)
		case "continueFrom":
			err = dec.Decode(&e.continueFrom)
		default:
			var unknown json.RawMessage
			err = dec.Decode(&unknown)
		}
		if err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return err
	}
	if !hasData || e.hasMore == nil {
		return errShape
	}
	return nil
}

// decodeItems reads an array as raw elements; null is an empty one.
func decodeItems(dec *json.Decoder) ([]json.RawMessage, error) {
	tok, err := dec.Token()
	if err != nil || tok == nil {
		return nil, err
	}
	if tok != json.Delim('[') {
		return nil, fmt.Errorf("%w: data is not an array", errShape)
	}
	var items []json.RawMessage
	for dec.More() {
		var item json.RawMessage
		if err := dec.Decode(&item); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err = dec.Token()
	return items, err
}

// open reads an opening delimiter.
func open(dec *json.Decoder, d json.Delim) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	if tok != d {
		return errShape
	}
	return nil
}
