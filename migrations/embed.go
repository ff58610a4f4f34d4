// Package migrations holds the database's schema as numbered SQL files for goose, one concern each. It imports
// nothing of ours.
//
// A mirror table is written through tenant_id, full_data, content_hash, fetched_at and deleted_at alone: Postgres
// derives every other column from the document, so the files here are the one place where a mapping stands
// (docs/decisions/0001-generated-columns.md).
package migrations

import "embed"

// FS holds the migrations, named NNNNN_title.sql, in the root folder.
//
//go:embed *.sql
var FS embed.FS
