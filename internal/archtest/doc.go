// Package archtest fails when a package imports what it must not see. Its rules are those of docs/design.md and of
// depguard in .golangci.yml; unlike depguard it also follows imports through other packages. It has tests only.
package archtest
