package difftest

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

//go:embed duckdb_peer.py
var duckScript string

// DuckDB is a python3 process with the module duckdb. It answers only portable
// statements.
type DuckDB struct {
	mu  sync.Mutex // guards the process, which answers one statement at a time
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// HasDuckDB reports whether python3 has the module.
func HasDuckDB() bool { return exec.Command("python3", "-c", "import duckdb").Run() == nil }

// NewDuckDB starts the process.
func NewDuckDB() (*DuckDB, error) {
	d := &DuckDB{cmd: exec.Command("python3", "-c", duckScript)}
	var err error
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.out = bufio.NewReader(out)
	return d, d.cmd.Start()
}

// Name implements Peer.
func (d *DuckDB) Name() string { return "duckdb" }

// Close implements Peer.
func (d *DuckDB) Close() error {
	if err := d.in.Close(); err != nil {
		return err
	}
	return d.cmd.Wait()
}

// Load implements Peer.
func (d *DuckDB) Load(_ context.Context, tables []*Table) error {
	var script []string
	for _, t := range tables {
		script = append(script, t.Script(DuckSQL)...)
	}
	a, err := d.ask(map[string]any{"script": script})
	if err == nil && a.Err != nil {
		err = fmt.Errorf("duckdb: load: %s", a.Err.Message)
	}
	return err
}

// Answer implements Peer.
func (d *DuckDB) Answer(_ context.Context, s *Statement) (Answer, error) {
	return d.ask(map[string]any{"sql": s.In(DuckSQL)})
}

func (d *DuckDB) ask(question any) (Answer, error) {
	raw, err := json.Marshal(question)
	if err != nil {
		return Answer{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.in.Write(append(raw, '\n')); err != nil {
		return Answer{}, err
	}
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		return Answer{}, fmt.Errorf("duckdb process: %w", err)
	}
	var reply struct {
		Rows        [][]any
		Error, Kind string
	}
	if err := json.Unmarshal(line, &reply); err != nil {
		return Answer{}, err
	}
	if reply.Error != "" {
		return failed(duckCode(reply.Kind, reply.Error), reply.Error), nil
	}
	for _, row := range reply.Rows {
		for i, v := range row {
			row[i] = fromDuck(v)
		}
	}
	return Answer{Rows: reply.Rows}, nil
}

// duckCode is the kind of an error of DuckDB in Trino's names.
func duckCode(kind, message string) ast.ErrorCode {
	if strings.Contains(message, "must appear in the GROUP BY clause") {
		return ast.ExpressionNotAggregate
	}
	switch kind {
	case "OutOfRangeException":
		return ast.NumericValueOutOfRange
	case "ConversionException":
		return ast.InvalidCastArgument
	case "NotImplementedException":
		return ast.NotSupported
	}
	return ast.ErrorCode(kind)
}

func fromDuck(v any) any {
	switch v := v.(type) {
	case map[string]any:
		f, _ := strconv.ParseFloat(v["double"].(string), 64)
		return f
	case []any:
		for i, e := range v {
			v[i] = fromDuck(e)
		}
	}
	return v
}

// loosely is our answer and DuckDB's in a form that does not show what the two
// do not share: scales of decimals, digits of timestamps, and numeric types.
func loosely(ours, theirs Answer) (Answer, Answer) {
	of := make([]types.Type, len(ours.Types))
	for i, text := range ours.Types {
		of[i], _ = types.Parse(text)
	}
	for _, a := range []*Answer{&ours, &theirs} {
		rows := make([][]any, len(a.Rows))
		for i, row := range a.Rows {
			rows[i] = make([]any, len(row))
			for j, v := range row {
				if j < len(of) {
					rows[i][j] = loose(of[j], v)
				}
			}
		}
		a.Rows = rows
	}
	return ours, theirs
}

func loose(t types.Type, v any) any {
	switch v := v.(type) {
	case string:
		switch {
		case t.Kind == types.Double:
			f, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return v
			}
			return f
		case (t.Kind == types.Decimal || t.Kind == types.Timestamp) && strings.Contains(v, "."):
			return strings.TrimSuffix(strings.TrimRight(v, "0"), ".")
		}
	case float64:
		if t.IsInteger() || t.Kind == types.Decimal {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	case []any:
		if t.Kind == types.Array {
			out := make([]any, len(v))
			for i, e := range v {
				out[i] = loose(*t.Elem, e)
			}
			return out
		}
	}
	return v
}
