// Package config reads LAZI's configuration from the environment, once and whole.
//
// Every variable is one line of a table (variables.go) that gives its default, its rule and its meaning; the struct,
// the checks, the redacted dump and the test of .env.example all follow that table. The package imports none of ours
// and never touches the process environment: server.go passes os.LookupEnv.
package config
