package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "lazilabs.com/lazi"

// load asks the go command for every package of the module.
func load(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=Dir,ImportPath,GoFiles,Imports,Deps", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var pkgs []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if len(pkgs) < 5 {
		t.Fatalf("go list finds only %d packages", len(pkgs))
	}
	return pkgs
}

func TestImports_followTheDesign(t *testing.T) {
	t.Parallel()
	for _, violation := range check(module, load(t), rules()) {
		t.Error(violation)
	}
}

// TestEnvironment_isReadByServerAlone makes config.Load the one way in for settings. Test helpers and the benchmark may
// look for a database that the machine offers.
func TestEnvironment_isReadByServerAlone(t *testing.T) {
	t.Parallel()
	for _, p := range load(t) {
		if name := short(module, p.ImportPath); name == "/"+command || matches(testOnly, name) || matches(bench, name) {
			continue
		}
		for _, file := range p.GoFiles {
			uses, err := environmentUses(filepath.Join(p.Dir, file), nil)
			if err != nil {
				t.Error(err)
			}
			for _, use := range uses {
				t.Errorf("%s: only server.go reads the environment; pass the value through internal/config", use)
			}
		}
	}
}

// TestCheck_findsEachViolation feeds the checker with packages that break one rule each, and with allowed ones.
func TestCheck_findsEachViolation(t *testing.T) {
	t.Parallel()
	const driver = "github.com/jackc/pgx/v5"
	for _, tt := range []struct {
		name, from, imports string
		broken              bool
	}{
		{"domain and the standard library", "internal/domain", "encoding/json", false},
		{"domain and a library", "internal/domain", "github.com/99designs/gqlgen/graphql", true},
		{"domain and ours", "internal/domain", module + "/internal/config", true},
		{"client and a library", "internal/stclient", "golang.org/x/oauth2", false},
		{"client and domain", "internal/stclient", module + "/internal/domain", true},
		{"config and domain", "internal/config", module + "/internal/domain", true},
		{"auth and config", "internal/auth", module + "/internal/config", true},
		{"obs and auth", "internal/obs", module + "/internal/auth", true},
		{"spec and domain", "internal/stspec", module + "/internal/domain", true},
		{"local server and config", "internal/localpg", module + "/internal/config", true},
		{"graph and domain", "graph/resolvers", module + "/internal/domain", false},
		{"graph and capabilities", "graph/resolvers", module + "/internal/providers", false},
		{"graph and store", "graph/resolvers", module + "/internal/store", true},
		{"graph and client", "graph/loaders", module + "/internal/stclient", true},
		{"graph and provider", "graph", module + "/internal/providers/servicetitan", true},
		{"graph and driver", "graph/loaders", driver + "/pgxpool", true},
		{"store and driver", "internal/store", driver, false},
		{"storetest and driver", "internal/store/storetest", driver + "/pgxpool", false},
		{"provider and driver", "internal/providers/servicetitan", driver, true},
		{"app and driver", "internal/app", driver + "/pgxpool", true},
		{"look-alike of the driver", "internal/app", "github.com/jackc/pgx/v55", false},
		{"provider and client", "internal/providers/servicetitan", module + "/internal/stclient", false},
		{"provider and store", "internal/providers/servicetitan", module + "/internal/store", true},
		{"app and client", "internal/app", module + "/internal/stclient", false},
		{"factory and client", "internal/providers", module + "/internal/stclient", true},
		{"syncer and client", "internal/syncer", module + "/internal/stclient", true},
		{"syncer and store", "internal/syncer", module + "/internal/store", true},
		{"simulator and spec", "internal/simulator", module + "/internal/stspec", false},
		{"server and app", "", module + "/internal/app", false},
		{"store and app", "internal/store", module + "/internal/app", true},
		{"app and test helper", "internal/app", module + "/internal/store/storetest", true},
		{"test helper and test helper", "internal/providers/providertest", module + "/internal/store/storetest", false},
		{"bench and driver", "bench", driver, false},
		{"bench and test helper", "bench/handler", module + "/internal/store/storetest", false},
		{"app and bench", "internal/app", module + "/bench/handler", true},
		{"app and testing", "internal/app", "testing", true},
		{"app and a package of testing", "internal/app", "testing/fstest", true},
		{"test helper and testing", "internal/store/storetest", "testing", false},
		{"package that does not exist yet", "internal/later", "strings", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := pkg{
				ImportPath: strings.TrimSuffix(module+"/"+tt.from, "/"),
				Imports:    []string{"context", tt.imports},
				Deps:       []string{"context", tt.imports},
			}
			got := check(module, []pkg{p}, rules())
			if (len(got) > 0) != tt.broken {
				t.Errorf("violations %q, want some: %v", got, tt.broken)
			}
		})
	}
}

func TestCheck_followsImportsOfImports(t *testing.T) {
	t.Parallel()
	middle := module + "/internal/middle"
	p := pkg{ImportPath: module + "/graph/resolvers", Imports: []string{middle}, Deps: []string{middle, module + "/internal/store"}}
	if got := check(module, []pkg{p}, rules()); len(got) != 1 {
		t.Errorf("violations %q, want one", got)
	}
}

func TestEnvironmentUses_findsEachForm(t *testing.T) {
	t.Parallel()
	const source = `package p

import (
	"os"
	sys "syscall"
)

var lookup = os.LookupEnv

func f(other interface{ Getenv(string) string }) {
	os.Getenv("A")
	sys.Getenv("B")
	os.ExpandEnv("$C")
	other.Getenv("D")
	os.Getpid()
	os.Environ()
}
`
	got, err := environmentUses("p.go", source)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"p.go:8:14: os.LookupEnv", "p.go:11:2: os.Getenv", "p.go:12:2: sys.Getenv", "p.go:13:2: os.ExpandEnv"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
}
