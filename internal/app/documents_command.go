package app

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"lazilabs.com/lazi/graph"
	"lazilabs.com/lazi/graph/manifest"
)

// Documents writes a manifest of the documents in files, and in the .graphql files of folders, for TRUSTED_DOCUMENTS. The
// error names the document that the schema does not fit.
func Documents(paths []string, out io.Writer) error {
	files, err := graphqlFiles(paths)
	if err != nil {
		return err
	}
	all := make([]manifest.Document, 0, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		d, err := graph.Describe(string(text))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		d.Name = cmp.Or(d.Name, filepath.Base(file))
		all = append(all, d)
	}
	return manifest.Write(out, all)
}

// graphqlFiles returns files, and what folders hold of them, in order and each once.
func graphqlFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, filepath.Clean(path))
			continue
		}
		inside, err := filepath.Glob(filepath.Join(path, "*.graphql"))
		if err != nil {
			return nil, err
		}
		if len(inside) == 0 {
			return nil, fmt.Errorf("%s: no .graphql file stands here", path)
		}
		files = append(files, inside...)
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}
