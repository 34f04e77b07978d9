// Package slttest runs SQL logic tests: files of statements with the rows they
// must yield, after SQLite's sqllogictest (https://www.sqlite.org/sqllogictest).
//
// A file is records separated by blank lines; "#" begins a comment line.
//
//	table NAME              rows of a table, one JSON array per line (see
//	COLUMN TYPE             memtable.FromJSON), after one line per column
//	----
//	[1, "a"]
//
//	include FILE            reads tables of another file, relative to this one
//
//	statement ok            must compile and run; its rows do not matter
//	SQL
//
//	statement error REGEXP  must fail with a message that matches
//	SQL
//
//	query TYPES [rowsort]   must yield exactly these rows; with rowsort both sides
//	SQL                     are sorted first
//	----
//	1	a
//
//	differs REASON          before the first line of a record: Trino answers
//	query I                 otherwise, on purpose
//	SQL
//
// A file that begins with "# Recorded from Trino VERSION." holds Trino's answers:
// its rows, types and errors are written by query/slttest/record, those of records
// with differs excepted. TYPES and REGEXP are "?" until a record is recorded.
//
// TYPES has one letter per column: B boolean, I integer, R real, double or
// decimal, T varchar, char or json, D date, time, timestamp or interval, X
// varbinary, uuid or ipaddress, N array, map or row, U unknown. Values are
// separated by tabs and written as results show them; NULL is NULL, an empty
// string is (empty).
//
// Every record runs on several engines, which must all agree with the file.
package slttest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// File is a parsed test file.
type File struct {
	Name    string
	Trino   string // version that the answers were recorded from; "" when they were not
	Tables  []*memtable.Table
	Sources []Source // what Tables were made from
	Records []Record
}

// Source is a table as a file writes it.
type Source struct {
	Name    string
	Columns []plan.TableColumn
	Rows    []json.RawMessage // JSON arrays, see memtable.FromJSON
}

// Record is one statement and what is expected of it.
type Record struct {
	Line  int // of the record's first line
	SQL   string
	Error string // regexp of the message; "" when it must succeed
	// Of a query: the letters of the types, the rows, and whether order counts.
	Query   bool
	Types   string
	Rows    []string
	RowSort bool
	// Differs is why Trino answers otherwise; "" when it does not.
	Differs string
	// Body are the lines of the file that hold Rows, counted from 0: [first, last+1).
	Body [2]int
}

// recordedFrom is the first line of a file of recorded answers, before the version.
const recordedFrom = "# Recorded from Trino "

// RecordedFrom is the first line of a file whose answers are those of a version of Trino.
func RecordedFrom(version string) string { return recordedFrom + version + "." }

// Parse reads a file.
func Parse(fsys fs.FS, name string) (*File, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	p := &parser{fsys: fsys, file: &File{Name: name}}
	sc := bufio.NewScanner(strings.NewReader(string(raw)))
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		p.lines = append(p.lines, sc.Text())
	}
	if len(p.lines) > 0 && strings.HasPrefix(p.lines[0], recordedFrom) {
		p.file.Trino = strings.TrimSuffix(strings.TrimPrefix(p.lines[0], recordedFrom), ".")
	}
	for p.at < len(p.lines) {
		if err := p.record(); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, p.at, err)
		}
	}
	return p.file, nil
}

type parser struct {
	fsys    fs.FS
	file    *File
	lines   []string
	at      int
	differs string // of the record that follows
}

// next returns the next line of a record; ok is false at its end.
func (p *parser) next() (line string, ok bool) {
	if p.at >= len(p.lines) || strings.TrimSpace(p.lines[p.at]) == "" {
		return "", false
	}
	p.at++
	return p.lines[p.at-1], true
}

func (p *parser) record() error {
	line, ok := p.next()
	if !ok {
		p.at++
		return nil
	}
	if strings.HasPrefix(line, "#") {
		return nil
	}
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "table":
		return p.table(strings.TrimSpace(rest))
	case "include":
		return p.include(strings.TrimSpace(rest))
	case "statement":
		return p.statement(rest)
	case "query":
		return p.query(strings.Fields(rest))
	case "differs":
		if rest == "" {
			return errors.New("differs without a reason")
		}
		p.differs = rest
		return p.record()
	}
	return fmt.Errorf("unknown record %q", line)
}

func (p *parser) include(name string) error {
	f, err := Parse(p.fsys, path.Join(path.Dir(p.file.Name), name))
	if err != nil {
		return err
	}
	p.file.Tables = append(p.file.Tables, f.Tables...)
	p.file.Sources = append(p.file.Sources, f.Sources...)
	return nil
}

func (p *parser) table(name string) error {
	var columns []plan.TableColumn
	for {
		line, ok := p.next()
		if !ok {
			return fmt.Errorf("table %s: no ----", name)
		}
		if line == "----" {
			break
		}
		column, text, _ := strings.Cut(line, " ")
		t, err := types.Parse(text)
		if err != nil {
			return fmt.Errorf("table %s, column %s: %w", name, column, err)
		}
		columns = append(columns, plan.TableColumn{Name: column, Type: t})
	}
	var rows []json.RawMessage
	for line, ok := p.next(); ok; line, ok = p.next() {
		rows = append(rows, json.RawMessage(line))
	}
	t, err := memtable.FromJSON(name, columns, rows)
	if err != nil {
		return err
	}
	p.file.Tables = append(p.file.Tables, t)
	p.file.Sources = append(p.file.Sources, Source{Name: name, Columns: columns, Rows: rows})
	return nil
}

func (p *parser) statement(rest string) error {
	r := p.newRecord()
	kind, pattern, _ := strings.Cut(rest, " ")
	switch {
	case kind == "ok" && pattern == "":
	case kind == "error" && pattern != "":
		r.Error = pattern
	default:
		return fmt.Errorf("statement %q is neither ok nor error with a pattern", rest)
	}
	r.SQL = p.sql()
	p.file.Records = append(p.file.Records, r)
	return nil
}

// newRecord starts the record whose first line was just read.
func (p *parser) newRecord() Record {
	r := Record{Line: p.at, Differs: p.differs}
	p.differs = ""
	return r
}

// sql reads up to ---- or the end of the record.
func (p *parser) sql() string {
	var sql []string
	for line, ok := p.next(); ok && line != "----"; line, ok = p.next() {
		sql = append(sql, line)
	}
	return strings.Join(sql, "\n")
}

func (p *parser) query(words []string) error {
	r := p.newRecord()
	r.Query = true
	switch {
	case len(words) == 2 && words[1] == "rowsort":
		r.RowSort = true
	case len(words) != 1:
		return fmt.Errorf("query %q: want types and at most rowsort", words)
	}
	r.Types = words[0]
	r.SQL = p.sql()
	r.Body[0] = p.at
	for line, ok := p.next(); ok; line, ok = p.next() {
		r.Rows = append(r.Rows, line)
	}
	r.Body[1] = p.at
	p.file.Records = append(p.file.Records, r)
	return nil
}
