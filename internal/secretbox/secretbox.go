// Package secretbox encrypts small secrets for a database: AES-256-GCM, under keys that can be exchanged. It imports none
// of ours.
package secretbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// KeyBytes is the size of a key.
const KeyBytes = 32

// Errors of Seal and Open. They name no key, no text and no place.
var (
	// ErrKey means that there is no key, or none of the name that stands beside the text.
	ErrKey = errors.New("no such key")
	// ErrSealed means that a text was altered, cut, or put in another place than it was sealed for.
	ErrSealed = errors.New("the sealed text is damaged")
)

// Box seals with its first key and opens with all of them. The zero Box has none. It is safe for concurrent use.
type Box struct{ keys []key }

type key struct {
	id   string
	aead cipher.AEAD
}

// New makes a box of keys of KeyBytes random bytes each, the one to seal with first.
func New(keys ...[]byte) (*Box, error) {
	b := &Box{}
	for _, k := range keys {
		if len(k) != KeyBytes {
			return nil, fmt.Errorf("secretbox: a key must have %d bytes, not %d", KeyBytes, len(k))
		}
		block, err := aes.NewCipher(k)
		if err != nil {
			return nil, fmt.Errorf("secretbox: %w", err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("secretbox: %w", err)
		}
		b.keys = append(b.keys, key{id(k), aead})
	}
	return b, nil
}

// id names a key without telling it, and alike in every process.
func id(k []byte) string {
	sum := sha256.Sum256(append([]byte("lazi secretbox key id\x00"), k...))
	return hex.EncodeToString(sum[:4])
}

// KeyID names the key that Seal uses: 8 hexadecimal digits to keep beside the text, or nothing without a key.
func (b *Box) KeyID() string {
	if len(b.keys) == 0 {
		return ""
	}
	return b.keys[0].id
}

// Has tells whether what was sealed under the named key can be opened.
func (b *Box) Has(keyID string) bool {
	_, ok := b.find(keyID)
	return ok
}

// Seal encrypts a text for one place, such as a tenant's field, where alone it can be opened. The error is ErrKey.
func (b *Box) Seal(plain, place string) ([]byte, error) {
	if len(b.keys) == 0 {
		return nil, ErrKey
	}
	aead := b.keys[0].aead
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails; 96 random bits do for the 2³² texts that a key may seal
	return aead.Seal(nonce, nonce, []byte(plain), []byte(place)), nil
}

// Open decrypts what was sealed for the place under the named key. The error is ErrKey or ErrSealed.
func (b *Box) Open(keyID string, sealed []byte, place string) (string, error) {
	k, ok := b.find(keyID)
	if !ok {
		return "", ErrKey
	}
	size := k.aead.NonceSize() // the nonce stands in front
	if len(sealed) < size {
		return "", ErrSealed
	}
	plain, err := k.aead.Open(nil, sealed[:size], sealed[size:], []byte(place))
	if err != nil {
		return "", ErrSealed
	}
	return string(plain), nil
}

func (b *Box) find(keyID string) (key, bool) {
	for _, k := range b.keys {
		if k.id == keyID {
			return k, true
		}
	}
	return key{}, false
}
