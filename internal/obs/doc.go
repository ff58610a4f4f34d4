// Package obs makes a running LAZI observable: structured logs, request ids, the access log, panic recovery and the
// health endpoints. It imports none of ours and logs no payloads, query strings, tokens or personal data.
package obs
