package app

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"lazilabs.com/lazi/docs/queries"
	"lazilabs.com/lazi/web"
)

// Places are what the placeholders of examples stand for: ids by "CUSTOMER", "JOB" and so on, and days.
type Places struct {
	IDs map[string]string
	// Day is the day in question: midnight in the company's time zone.
	Day time.Time
}

// Examples returns the documents of docs/queries with their placeholders filled in, the nested query first.
func Examples(p Places) ([]web.Example, error) {
	names, err := fs.Glob(queries.FS, "*.graphql")
	if err != nil {
		return nil, fmt.Errorf("app: examples: %w", err)
	}
	fill := p.replacer()
	examples := make([]web.Example, 0, len(names))
	for _, file := range names {
		name := strings.TrimSuffix(file, ".graphql")
		query, err := fs.ReadFile(queries.FS, file)
		if err != nil {
			return nil, fmt.Errorf("app: examples: %w", err)
		}
		variables, err := fs.ReadFile(queries.FS, name+".variables.json")
		if err != nil {
			return nil, fmt.Errorf("app: examples: %w", err)
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(query), "# "), "\n")
		examples = append(examples, web.Example{
			Name: name, Title: title, Query: string(query), Variables: json.RawMessage(fill.Replace(string(variables))),
		})
	}
	slices.SortStableFunc(examples, func(a, b web.Example) int {
		return cmp.Compare(slices.Index(shownFirst, b.Name), slices.Index(shownFirst, a.Name))
	})
	return examples, nil
}

// shownFirst are the examples that stand in front, in reverse: the one that opens at the first visit is the last.
var shownFirst = []string{"board", "nested"}

func (p Places) replacer() *strings.Replacer {
	monday := p.Day.AddDate(0, 0, -(int(p.Day.Weekday())+6)%7)
	pairs := []string{
		"$ANCHOR_START", stamp(p.Day), "$ANCHOR_END", stamp(p.Day.AddDate(0, 0, 1)),
		"$ANCHOR_DAY", p.Day.Format(time.DateOnly), "$WEEK_START", stamp(monday), "$WEEK_END", stamp(monday.AddDate(0, 0, 7)),
		"$MORNING_START", stamp(p.Day.AddDate(0, 0, 1).Add(9 * time.Hour)), "$MORNING_END", stamp(p.Day.AddDate(0, 0, 1).Add(11 * time.Hour)),
	}
	for name, id := range p.IDs {
		pairs = append(pairs, "$"+name, id)
	}
	return strings.NewReplacer(pairs...)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
