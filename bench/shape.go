package main

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"lazilabs.com/lazi/migrations"
)

// dataSQL fills the tables: a template of shape.
//
//go:embed data.sql
var dataSQL string

// shape says how much data a database holds and under which tables. Each shape is a database of its own.
type shape struct {
	// Customers is how many there are; the other numbers follow. It is a multiple of 10.
	Customers int
	// old tells that the tables are as they were before they were made for reading.
	old bool
}

// forReading is the migration that made the tables for reading.
const forReading = "00017_tables_for_reading.sql"

// fullShape is what `make bench` measures.
func fullShape() shape { return shape{Customers: 20_000} }

// oldShape is the same data in the tables as they were.
func oldShape() shape { return shape{Customers: 20_000, old: true} }

// growthShapes are of 20,000, 200,000 and 2,000,000 jobs.
func growthShapes() []shape {
	return []shape{{Customers: 4_000}, {Customers: 40_000}, {Customers: 400_000}}
}

// Locations is how many there are, for the template as the ones below.
func (s shape) Locations() int { return s.Customers * 6 / 5 }

// Jobs is how many there are.
func (s shape) Jobs() int { return s.Customers * 5 }

// Appointments is how many there are.
func (s shape) Appointments() int { return s.Jobs() * 3 / 2 }

// Assignments is how many there are.
func (s shape) Assignments() int { return s.Jobs() * 9 / 5 }

// sql returns the statements that fill the tables.
func (s shape) sql() (string, error) {
	t, err := template.New("data.sql").Parse(dataSQL)
	if err != nil {
		return "", fmt.Errorf("data.sql: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, s); err != nil {
		return "", fmt.Errorf("data.sql: %w", err)
	}
	return b.String(), nil
}

// database returns a name that depends on the data and the migrations: a change of either begins anew.
func (s shape) database() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, s.Customers, s.old, dataSQL)
	files, err := migrations.FS.ReadDir(".")
	if err != nil {
		return "", fmt.Errorf("migrations: %w", err)
	}
	for _, f := range files {
		sql, err := migrations.FS.ReadFile(f.Name())
		if err != nil {
			return "", fmt.Errorf("migrations: %w", err)
		}
		h.Write(sql)
	}
	return fmt.Sprintf("bench_%x", h.Sum(nil)[:4]), nil
}

// undo returns the statements that make the tables what they were before they were made for reading.
func (s shape) undo() (string, error) {
	if !s.old {
		return "", nil
	}
	sql, err := migrations.FS.ReadFile(forReading)
	if err != nil {
		return "", fmt.Errorf("migrations: %w", err)
	}
	_, down, _ := strings.Cut(string(sql), "-- +goose Down")
	return down, nil
}

// currentDatabases are the names of all databases that a run may want to find again.
func currentDatabases() ([]string, error) {
	var names []string
	for _, s := range append(growthShapes(), fullShape(), oldShape()) {
		name, err := s.database()
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}
