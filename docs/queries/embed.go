// Package queries holds the documents of the screens that the graph serves in one query each. The Playground offers
// them, and a test runs each and counts its SQL statements.
package queries

import "embed"

// FS holds NAME.graphql and NAME.variables.json. A variable's value may be a placeholder such as "$CUSTOMER", which
// stands for an id of the company at hand.
//
//go:embed *.graphql *.variables.json
var FS embed.FS
