// Package auth says who a request comes from: it mints and verifies LAZI's own tokens and puts the caller's Identity
// into the request's context. It imports none of ours.
package auth
