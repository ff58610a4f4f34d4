package secretbox_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"lazilabs.com/lazi/internal/secretbox"
)

func testKey(n byte) []byte { return bytes.Repeat([]byte{n}, secretbox.KeyBytes) }

func newBox(t *testing.T, keys ...[]byte) *secretbox.Box {
	t.Helper()
	b, err := secretbox.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func seal(t *testing.T, b *secretbox.Box, plain, place string) []byte {
	t.Helper()
	sealed, err := b.Seal(plain, place)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestBox_opensWhatItSealed(t *testing.T) {
	t.Parallel()
	b := newBox(t, testKey(1))
	for _, plain := range []string{"", "cs1.sample", strings.Repeat("x", 10_000), "\x00ü"} {
		sealed := seal(t, b, plain, "here")
		if got, err := b.Open(b.KeyID(), sealed, "here"); err != nil || got != plain {
			t.Errorf("%.20q came back as %.20q, %v", plain, got, err)
		}
		if plain != "" && bytes.Contains(sealed, []byte(plain)) {
			t.Errorf("%.20q stands in the sealed text", plain)
		}
		if bytes.Equal(sealed, seal(t, b, plain, "here")) {
			t.Errorf("%.20q is sealed alike twice", plain)
		}
	}
}

func TestBox_tampering(t *testing.T) {
	t.Parallel()
	b := newBox(t, testKey(1))
	sealed := seal(t, b, "cs1.sample", "tenant 1")
	for i := range sealed {
		for bit := range 8 {
			altered := slices.Clone(sealed)
			altered[i] ^= 1 << bit
			if got, err := b.Open(b.KeyID(), altered, "tenant 1"); !errors.Is(err, secretbox.ErrSealed) {
				t.Fatalf("bit %d of byte %d: %q, %v", bit, i, got, err)
			}
		}
	}
	for i := range sealed {
		if got, err := b.Open(b.KeyID(), sealed[:i], "tenant 1"); !errors.Is(err, secretbox.ErrSealed) {
			t.Fatalf("cut to %d bytes: %q, %v", i, got, err)
		}
	}
	for _, place := range []string{"tenant 2", "", "tenant 1 "} {
		if got, err := b.Open(b.KeyID(), sealed, place); !errors.Is(err, secretbox.ErrSealed) {
			t.Errorf("at %q: %q, %v", place, got, err)
		}
	}
}

func TestBox_exchangeOfKeys(t *testing.T) {
	t.Parallel()
	before, during, after := newBox(t, testKey(1)), newBox(t, testKey(2), testKey(1)), newBox(t, testKey(2))
	old := seal(t, before, "cs1.sample", "here")
	if got, err := during.Open(before.KeyID(), old, "here"); err != nil || got != "cs1.sample" {
		t.Errorf("the second key opens %q, %v", got, err)
	}
	if got, err := after.Open(before.KeyID(), old, "here"); !errors.Is(err, secretbox.ErrKey) {
		t.Errorf("without its key: %q, %v", got, err)
	}
	if during.KeyID() != after.KeyID() || during.KeyID() == before.KeyID() {
		t.Errorf("key ids %s, %s, %s", before.KeyID(), during.KeyID(), after.KeyID())
	}
	if got, err := after.Open(during.KeyID(), seal(t, during, "new", "here"), "here"); err != nil || got != "new" {
		t.Errorf("the first key seals what the new box opens as %q, %v", got, err)
	}
	if got, err := during.Open(during.KeyID(), old, "here"); !errors.Is(err, secretbox.ErrSealed) {
		t.Errorf("under the wrong key: %q, %v", got, err)
	}
	if !during.Has(before.KeyID()) || after.Has(before.KeyID()) {
		t.Error("Has is wrong")
	}
}

func TestBox_withoutKeys(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	if _, err := b.Seal("x", "here"); !errors.Is(err, secretbox.ErrKey) || b.KeyID() != "" {
		t.Errorf("Seal: %v, key %q", err, b.KeyID())
	}
	if _, err := b.Open("", nil, "here"); !errors.Is(err, secretbox.ErrKey) {
		t.Errorf("Open: %v", err)
	}
}

func TestNew_wantsWholeKeys(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 16, 24, 31, 33} {
		if _, err := secretbox.New(testKey(1), make([]byte, size)); err == nil {
			t.Errorf("a key of %d bytes is taken", size)
		}
	}
}
