package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/traillake/traillake/query/slttest"
	"github.com/traillake/traillake/query/slttest/trino"
)

// recorder goes over files and counts.
type recorder struct {
	server, version string
	write           bool

	files, records, onPurpose, differences, failed int
}

// answer is what Trino said to a record, as lines of the file: its first line and its rows.
type answer struct {
	head string
	rows []string
	err  error // the record cannot be recorded
}

// file compares one file with Trino, or rewrites it.
func (r *recorder) file(ctx context.Context, f *slttest.File) error {
	client := &trino.Client{Server: r.server, Catalog: "memory", User: "tester"}
	client.Schema = fmt.Sprintf("slt_%s_%d", strings.TrimSuffix(strings.ReplaceAll(f.Name, "/", "_"), ".slt"), os.Getpid())
	if _, err := client.Run(ctx, "CREATE SCHEMA "+client.Schema); err != nil {
		return err
	}
	defer dropSchema(context.WithoutCancel(ctx), client, f)
	for _, s := range f.Sources {
		if err := client.CreateTable(ctx, s.Name, s.Columns, s.Rows); err != nil {
			return err
		}
	}
	answers := make([]answer, len(f.Records))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(3)
	for i, rec := range f.Records {
		group.Go(func() error {
			answers[i] = ask(ctx, client, rec)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return r.compare(f, answers)
}

func dropSchema(ctx context.Context, client *trino.Client, f *slttest.File) {
	for _, s := range f.Sources {
		_, _ = client.Run(ctx, `DROP TABLE IF EXISTS "`+s.Name+`"`) // the server's memory is all that is at stake
	}
	_, _ = client.Run(ctx, "DROP SCHEMA "+client.Schema)
}

// ask runs a record in Trino.
func ask(ctx context.Context, client *trino.Client, rec slttest.Record) answer {
	res, err := client.Run(ctx, rec.SQL)
	failure, isFailure := trino.Failed(err)
	switch {
	case err != nil && !isFailure:
		return answer{err: err}
	case isFailure && rec.Error == "":
		return answer{err: fmt.Errorf("trino fails: %s", failure.Message)}
	case isFailure:
		return answer{head: "statement error " + pattern(rec.Error, failure.Message)}
	case rec.Error != "":
		return answer{err: errors.New("trino does not fail")}
	case !rec.Query:
		return answer{head: "statement ok"}
	}
	return rows(res, rec)
}

// pattern is the regular expression of an error: the one there was if it says
// anything and matches, else the message itself.
func pattern(old, message string) string {
	if old != "?" {
		if ok, err := regexp.MatchString(old, message); ok && err == nil {
			return old
		}
	}
	line, _, _ := strings.Cut(message, "\n")
	return regexp.QuoteMeta(line)
}

// rows shows a result as the file does.
func rows(res *trino.Result, rec slttest.Record) answer {
	head := "query "
	for _, c := range res.Columns {
		head += string(c.Type.Letter())
	}
	if rec.RowSort {
		head += " rowsort"
	}
	out := answer{head: head}
	for _, row := range res.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cell, ok, err := res.Columns[i].Type.Text(v)
			switch {
			case err != nil:
				return answer{err: err}
			case !ok:
				cell = "NULL"
			default:
				cell = slttest.Cell(cell)
			}
			cells[i] = cell
		}
		out.rows = append(out.rows, strings.Join(cells, "\t"))
	}
	if rec.RowSort {
		slices.Sort(out.rows)
	}
	return out
}

// compare counts and prints what differs, and with -write puts it into the file.
func (r *recorder) compare(f *slttest.File, answers []answer) error {
	path := filepath.Join(dir, filepath.FromSlash(f.Name))
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.Split(string(raw), "\n")
	r.files++
	for i, rec := range slices.Backward(f.Records) {
		got := answers[i]
		if rec.Differs != "" {
			r.onPurpose++
			continue
		}
		r.records++
		if got.err != nil {
			r.failed++
			fmt.Printf("%s:%d: %v\n%s\n", path, rec.Line, got.err, rec.SQL)
			continue
		}
		was := slices.Clone(lines[rec.Body[0]:rec.Body[1]])
		if rec.RowSort {
			slices.Sort(was)
		}
		if lines[rec.Line-1] == got.head && slices.Equal(was, got.rows) {
			continue
		}
		r.differences++
		if !r.write {
			fmt.Printf("%s:%d: %s\n%s\nTrino says: %s\n%s\n", path, rec.Line, lines[rec.Line-1], rec.SQL, got.head, strings.Join(got.rows, "\n"))
			continue
		}
		if rec.Body[0] == 0 && len(got.rows) > 0 {
			r.failed++
			fmt.Printf("%s:%d: an error is wanted, and there are rows\n%s\n", path, rec.Line, rec.SQL)
			continue
		}
		if len(got.rows) > 0 && lines[rec.Body[0]-1] != "----" {
			got.rows = append([]string{"----"}, got.rows...)
		}
		lines = slices.Replace(lines, rec.Body[0], rec.Body[1], got.rows...)
		lines[rec.Line-1] = got.head
	}
	if !r.write {
		return nil
	}
	if f.Trino == "" {
		lines = slices.Insert(lines, 0, "")
	}
	lines[0] = slttest.RecordedFrom(r.version)
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644)
}
