package archtest

// Patterns name packages of ours by their path below the module, and others by their whole path. A pattern that ends
// in "/..." covers the package and all below it; "*test" covers every package whose name ends in "test".
const (
	// ours is every package of this module.
	ours = "@ours"
	// thirdParty is every package that is neither ours nor the standard library's.
	thirdParty = "@thirdparty"
	// testOnly is every package that exists for tests.
	testOnly = "*test"
	// command is the package of server.go.
	command = ""
	// bench is a command of its own, which may import everything and is imported by nothing.
	bench = "bench/..."
	pgx   = "github.com/jackc/pgx/v5/..."
)

// rule says what some packages must not import outside their test files.
type rule struct {
	// packages are the patterns that the rule binds, and except those that it does not.
	packages, except []string
	// forbidden are the patterns of imports.
	forbidden []string
	// deep looks at imports of imports, too.
	deep bool
	// why is what a violator reads.
	why string
}

// rules are the arrows of the design. A package that does not exist yet breaks none of them.
func rules() []rule {
	return []rule{
		{
			packages: []string{"internal/domain/..."}, forbidden: []string{ours, thirdParty}, deep: true,
			why: "the domain is plain Go: it has no I/O and imports the standard library alone",
		},
		{
			packages:  []string{"internal/stclient/...", "internal/config/...", "internal/auth/...", "internal/obs/...", "internal/stspec/...", "internal/localpg/...", "internal/secretbox/...", "internal/scheduling/..."},
			forbidden: []string{ours},
			why:       "it stands alone: whoever needs it imports it, and it imports none of ours",
		},
		{
			packages: []string{"graph/..."}, forbidden: []string{"internal/store/...", "internal/stclient/...", "internal/providers/servicetitan/...", pgx}, deep: true,
			why: "the graph knows capabilities, not who provides them: declare the methods it needs and let internal/app pass the value",
		},
		{
			packages: []string{ours}, except: []string{"internal/store/...", bench}, forbidden: []string{pgx},
			why: "all SQL is in internal/store",
		},
		{
			packages: []string{ours}, except: []string{"internal/providers/servicetitan/...", "internal/app/...", "internal/stclient/...", bench}, forbidden: []string{"internal/stclient/..."},
			why: "ServiceTitan is behind internal/providers/servicetitan; internal/app only wires it",
		},
		{
			packages: []string{"internal/syncer/...", "internal/simulator/...", "internal/providers/servicetitan/..."}, forbidden: []string{"internal/store/..."},
			why: "it declares the few methods it uses, and internal/app passes the store",
		},
		{
			packages: []string{ours}, except: []string{command, "internal/app/...", testOnly, bench}, forbidden: []string{"internal/app/..."},
			why: "only server.go and tests see the wiring",
		},
		{
			packages: []string{ours}, except: []string{testOnly, bench}, forbidden: []string{testOnly, "testing/..."},
			why: "what exists for tests stays out of the product",
		},
		{
			packages: []string{ours}, except: []string{bench}, forbidden: []string{bench},
			why: "the benchmark is a command, not a library",
		},
	}
}
