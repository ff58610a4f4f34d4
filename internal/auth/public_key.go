package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"slices"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
)

// minRSABits is what RFC 7518 (3.3) demands.
const minRSABits = 2048

// publicKey is *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey.
type publicKey interface {
	Equal(other crypto.PublicKey) bool
}

// parseKey reads a key of a set. Keys that verify no tokens of ours are no error: providers publish those for
// encryption, other algorithms and older clients beside them.
func parseKey(k jwkset.JWKMarshal) (keyName, publicKey, bool) {
	verifies := len(k.KEYOPS) == 0 || slices.Contains(k.KEYOPS, jwkset.KeyOpsVerify)
	if k.KID == "" || (k.USE != "" && k.USE != jwkset.UseSig) || !verifies {
		return keyName{}, nil, false
	}
	k.X5C, k.X5T, k.X5TS256, k.X5U = nil, "", "", "" // certificates say nothing that we trust more than the address
	parsed, err := jwkset.NewJWKFromMarshal(k, jwkset.JWKMarshalOptions{Private: false}, jwkset.JWKValidateOptions{})
	if err != nil {
		return keyName{}, nil, false
	}
	key, algorithm := usable(parsed.Key())
	if key == nil || (k.ALG != "" && k.ALG.String() != algorithm) {
		return keyName{}, nil, false
	}
	return keyName{k.KID, algorithm}, key, true
}

// usable returns a key with the one algorithm that it is used with, or nil for a key that is too weak or of another type.
func usable(key any) (publicKey, string) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() >= minRSABits {
			return k, jwt.SigningMethodRS256.Alg()
		}
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return k, jwt.SigningMethodES256.Alg()
		}
	case ed25519.PublicKey:
		return k, jwt.SigningMethodEdDSA.Alg()
	}
	return nil, ""
}
