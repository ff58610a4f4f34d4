//go:build !linux

package localpg

import "context"

// inNamespace is never chosen: only Linux has user namespaces.
func inNamespace() identity { return ourselves() }

// namespaceWorks is false: only Linux has user namespaces.
func namespaceWorks(context.Context, string) bool { return false }
