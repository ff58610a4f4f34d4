package config

import (
	"cmp"
	"fmt"
	"strings"
)

// Lookup finds an environment variable, as os.LookupEnv does.
type Lookup func(name string) (text string, ok bool)

// Error is everything that is wrong with the configuration.
type Error struct {
	// Problems has one entry per mistake, in the order of the variables.
	Problems []Problem
}

// Problem is one mistake.
type Problem struct {
	// Variable is the variable to correct.
	Variable string
	// Reason is the rule that it breaks. It never quotes the value.
	Reason string
}

// Error lists the problems, one a line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("the configuration is wrong:")
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  %s: %s", p.Variable, p.Reason)
	}
	return b.String()
}

func (e *Error) add(name, reason string) {
	e.Problems = append(e.Problems, Problem{Variable: name, Reason: reason})
}

// Load reads and checks the whole configuration. Space around a value does not count, and an empty value is an absent
// one. The error is an *Error with every mistake; the Config is of use only without one.
func Load(lookup Lookup) (Config, error) {
	var c Config
	problems := &Error{}
	for _, v := range c.variables() {
		text, _ := lookup(v.name)
		text = strings.TrimSpace(text)
		if text == "" {
			text = v.fallback
		}
		if err := v.value.Set(text); err != nil {
			problems.add(v.name, err.Error())
		}
	}
	c.check(problems)
	if len(problems.Problems) > 0 {
		return Config{}, problems
	}
	c.derive()
	return c, nil
}

// derive fills the defaults that depend on another variable.
func (c *Config) derive() {
	if c.LogFormat == "" {
		c.LogFormat = LogJSON
		if c.Environment == Development {
			c.LogFormat = LogText
		}
	}
	c.JWT.Issuer, c.JWT.Audience = cmp.Or(c.JWT.Issuer, "lazi"), cmp.Or(c.JWT.Audience, "lazi")
	api, auth := "https://api.servicetitan.io", "https://auth.servicetitan.io"
	if c.ServiceTitan.Environment == TitanIntegration {
		api, auth = "https://api-integration.servicetitan.io", "https://auth-integration.servicetitan.io"
	}
	if c.ServiceTitan.APIURL == "" {
		c.ServiceTitan.APIURL = api
	}
	if c.ServiceTitan.AuthURL == "" {
		c.ServiceTitan.AuthURL = auth
	}
}
