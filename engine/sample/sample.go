// Package sample is the library of sample queries: questions an analyst asks of a
// trail, each with its SQL, one file each in queries/. It knows nothing of how
// queries run.
//
// A file is a comment and a statement:
//
//	-- Trails that were stopped
//	-- question: Who switched a trail off, and from where?
//	-- category: Logging
//	-- technique: T1562.008 Impair Defenses: Disable or Modify Cloud Logs
//	-- parameter: days = 30: days to look back
//	--
//	-- What the answer means, and what to look at next.
//
//	SELECT … FROM $EDS_ID WHERE eventTime >= date_add('day', -?, now()) …
//
// The first line is the title, the name of the file the id. "technique" (of MITRE
// ATT&CK) may be missing; "parameter" stands once for each "?" of the statement, in
// order. $EDS_ID is the event data store, as in what CloudTrail's GenerateQuery
// answers. translation.go shows the files with the texts of other languages.
package sample

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// Placeholder stands for the event data store in every statement.
const Placeholder = "$EDS_ID"

// Query is one sample query.
type Query struct {
	ID          string // of lower-case words with hyphens; stays the same
	Title       string
	Question    string // one sentence that ends in "?"
	Explanation string // paragraphs, separated by an empty line
	Category    string // one of Categories
	// CategoryName is the category in the language of the texts.
	CategoryName string
	Technique    Technique
	Parameters   []Parameter
	Statement    string // Trino SQL with Placeholder, and "?" for each parameter
}

// Technique is a technique of MITRE ATT&CK; empty when none fits.
type Technique struct {
	ID   string // T1562 or T1562.008
	Name string
}

// Parameter is what stands for a "?".
type Parameter struct {
	Name        string
	Default     string
	Description string
}

// Categories are the kinds of questions, in the order a list shows them.
var Categories = []string{
	"First look", "Sign-in", "Credentials", "Identity", "Logging", "Data", "Keys and secrets", "Network", "Compute",
	"Organization", "Cost", "Errors", "Usage", "Governance",
}

// Library is all sample queries, with the texts of one language. Safe for concurrent
// use; what it returns must not be changed.
type Library struct {
	language  string
	queries   []Query // by category, then by English title
	byID      map[string]int
	index     func() *index // made at the first search
	languages *languages
}

//go:embed queries
var files embed.FS

// Load reads the library that is part of the program. It is English; In gives others.
func Load() (*Library, error) {
	dir, err := fs.Sub(files, "queries")
	if err != nil {
		return nil, err
	}
	return load(dir)
}

// load reads a library from a folder of files.
func load(dir fs.FS) (*Library, error) {
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, err
	}
	l := &Library{language: "en", byID: map[string]int{}}
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		q, err := parse(strings.TrimSuffix(name, ".sql"), string(text))
		if err != nil {
			return nil, fmt.Errorf("sample query %s: %w", name, err)
		}
		l.queries = append(l.queries, q)
	}
	slices.SortFunc(l.queries, func(a, b Query) int {
		if c := slices.Index(Categories, a.Category) - slices.Index(Categories, b.Category); c != 0 {
			return c
		}
		return strings.Compare(a.Title, b.Title)
	})
	for i := range l.queries {
		l.byID[l.queries[i].ID] = i
	}
	l.index = sync.OnceValue(func() *index { return newIndex(l.queries) })
	others, err := l.translations(dir)
	if err != nil {
		return nil, err
	}
	l.languages = newLanguages(l, others)
	return l, nil
}

// All returns every query, by category in the order of Categories, then by its
// English title.
func (l *Library) All() []Query { return l.queries }

// Find returns the query with that id.
func (l *Library) Find(id string) (Query, bool) {
	i, ok := l.byID[id]
	if !ok {
		return Query{}, false
	}
	return l.queries[i], true
}
