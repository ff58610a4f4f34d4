// Package web serves the playground: GraphiQL with an explorer and example operations,
// bundled by Vite from the sources beside this file and embedded in the binary.
// It loads nothing from another origin. It imports the standard library only.
package web

import (
	"embed"
	"io/fs"
)

// dist is the output of `make web`. A clone that was never built holds only dist/.gitkeep,
// which the all: prefix lets the pattern match, so that Go builds without Node.
//
//go:embed all:dist
var dist embed.FS

// bundle returns the embedded build with dist as its root.
func bundle() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: " + err.Error()) // Only for a malformed path, and the path is a constant.
	}
	return sub
}
