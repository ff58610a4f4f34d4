package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/joho/godotenv"
)

// WithDotEnv returns a Lookup that falls back on the .env file at path. A variable of the environment wins. A file
// that does not exist is an empty one; the error of a broken file does not quote it.
func WithDotEnv(lookup Lookup, path string) (Lookup, error) {
	file, err := godotenv.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return lookup, nil
	}
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, fmt.Errorf("config: read %s: %w", path, cause.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("config: %s is not a file of NAME=value lines", path)
	}
	return func(name string) (string, bool) {
		if text, ok := lookup(name); ok {
			return text, true
		}
		text, ok := file[name]
		return text, ok
	}, nil
}

// WithLines returns a Lookup in which the NAME=value lines of r win. The error of broken lines does not quote them.
func WithLines(lookup Lookup, r io.Reader) (Lookup, error) {
	lines, err := godotenv.Parse(r)
	if err != nil {
		return nil, errors.New("config: the input is not one of NAME=value lines")
	}
	return func(name string) (string, bool) {
		if text, ok := lines[name]; ok {
			return text, true
		}
		return lookup(name)
	}, nil
}

// WithValue returns a Lookup in which one variable has a fixed value, as `lazi dev` forces LAZI_ENV.
func WithValue(lookup Lookup, name, text string) Lookup {
	return func(n string) (string, bool) {
		if n == name {
			return text, true
		}
		return lookup(n)
	}
}
