package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// pkg is what `go list -json` tells of a package.
type pkg struct {
	Dir, ImportPath string
	// GoFiles are the files of the product, without tests.
	GoFiles []string
	// Imports are those of GoFiles; Deps adds the imports of imports.
	Imports, Deps []string
}

// check returns one line per import that breaks a rule.
func check(module string, pkgs []pkg, rules []rule) []string {
	var violations []string
	for _, p := range pkgs {
		name := short(module, p.ImportPath)
		for _, r := range rules {
			if !matchesAny(r.packages, name) || matchesAny(r.except, name) {
				continue
			}
			imports := p.Imports
			if r.deep {
				imports = p.Deps
			}
			for _, imported := range imports {
				if matchesAny(r.forbidden, short(module, imported)) && imported != p.ImportPath {
					violations = append(violations, fmt.Sprintf("%s imports %s: %s", p.ImportPath, imported, r.why))
				}
			}
		}
	}
	return violations
}

// short names a package as rules do, and one of the standard library or a third party by its whole path. Ours begin
// with a slash, so that they cannot be mistaken for the standard library's.
func short(module, importPath string) string {
	if rest, ok := strings.CutPrefix(importPath+"/", module+"/"); ok {
		return "/" + strings.TrimSuffix(rest, "/")
	}
	return importPath
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

// matches compares a pattern of rules with a name that short made.
func matches(pattern, name string) bool {
	local, isOurs := strings.CutPrefix(name, "/")
	first, _, _ := strings.Cut(name, "/")
	switch pattern {
	case ours:
		return isOurs
	case thirdParty:
		return strings.Contains(first, ".")
	case testOnly:
		return isOurs && strings.HasSuffix(path.Base(name), "test")
	}
	root, tree := strings.CutSuffix(pattern, "/...")
	return local == root || tree && strings.HasPrefix(local, root+"/")
}

// environmentUses returns the places where a file reads the process environment.
func environmentUses(filename string, source any) ([]string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filename, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	readers := map[string][]string{
		"os":      {"Getenv", "LookupEnv", "ExpandEnv"},
		"syscall": {"Getenv"},
	}
	names := map[string]string{}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		name := importPath
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = importPath
	}
	var uses []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && slices.Contains(readers[names[x.Name]], selector.Sel.Name) {
			uses = append(uses, fmt.Sprintf("%s: %s.%s", fset.Position(selector.Pos()), x.Name, selector.Sel.Name))
		}
		return true
	})
	return uses, nil
}
