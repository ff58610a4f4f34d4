// Package auth says who a request comes from and what he may do: it mints LAZI's own tokens, verifies those and an
// identity provider's, narrows a caller to one tenant, puts his Identity into the request's context, and holds the table
// of permissions. It imports none of ours.
package auth
