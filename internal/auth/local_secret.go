package auth

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// secretFile is the name of the file that LocalSecret keeps. Only its owner can read it.
const secretFile = "jwt-secret"

// LocalSecret returns the signing secret of a development machine. It is made at first use and kept in dir, so that
// `lazi token` signs what a running `lazi dev` accepts. Processes that start together agree on one.
func LocalSecret(dir string) (string, error) {
	path := filepath.Join(dir, secretFile)
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = writeSecret(dir, path); err == nil {
			secret, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return "", fmt.Errorf("auth: local secret: %w", err)
	}
	if len(secret) < len(rand.Text()) {
		return "", fmt.Errorf("auth: local secret: %s is damaged: delete it", path)
	}
	return string(secret), nil
}

// writeSecret makes the file whole or not at all, and keeps one that another process made meanwhile.
func writeSecret(dir, path string) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// CreateTemp makes files that only their owner can read.
	temp, err := os.CreateTemp(dir, secretFile+".*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(temp.Name())) }()
	if _, err := temp.WriteString(rand.Text() + rand.Text()); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := temp.Close(); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
