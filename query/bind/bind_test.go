package bind_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/bind"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// catalog has the tables that a test's "table" commands made.
type catalog map[string]*table

func (c catalog) Table(_ context.Context, name []string) (plan.Table, error) {
	key := strings.ToLower(strings.Join(name, "."))
	if key == "closed" {
		return nil, errors.New("the store is being deleted")
	}
	if t, ok := c[key]; ok {
		return t, nil
	}
	return nil, fmt.Errorf("%s: %w", key, plan.ErrTableNotFound)
}

type table struct {
	name     string
	cols     []plan.TableColumn
	synonyms []plan.Synonym
}

func (t *table) Name() string                { return t.name }
func (t *table) Columns() []plan.TableColumn { return t.cols }
func (t *table) Synonyms() []plan.Synonym    { return t.synonyms }
func (t *table) Scan(context.Context, plan.ScanRequest) ([]plan.Stream, error) {
	return nil, errors.New("not for reading")
}

// TestBind reads testdata. "table NAME" takes one column per line, name and
// type, "hidden" at the end for hidden ones, "text NAME" for those with a text
// column, or "synonym NAME COLUMN [PART]"; "bind" takes a statement and
// prints its columns and plan, or its error with a caret.
func TestBind(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Base(path) == "answers" {
			return // TestAnswers
		}
		cat := catalog{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "table":
				name := d.CmdArgs[0].Key
				cat[name] = defineTable(t, name, d.Input)
				return ""
			case "bind":
				return bindText(cat, d.Input)
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func defineTable(t testing.TB, name, text string) *table {
	out := &table{name: name}
	for _, line := range strings.Split(text, "\n") {
		col, typ, _ := strings.Cut(strings.TrimSpace(line), " ")
		if words := strings.Fields(typ); col == "synonym" {
			words = append(words, "")
			out.synonyms = append(out.synonyms, plan.Synonym{Name: words[0], Column: words[1], Part: words[2]})
			continue
		}
		typ, text, _ := strings.Cut(typ, " text ")
		typ, hidden := strings.CutSuffix(typ, " hidden")
		parsed, err := types.Parse(typ)
		if err != nil {
			t.Fatal(err)
		}
		out.cols = append(out.cols, plan.TableColumn{Name: col, Type: parsed, Hidden: hidden, Text: text})
	}
	return out
}

func bindText(cat catalog, sql string) string {
	stmt, err := parse.Statement(sql)
	var bound *bind.Bound
	if err == nil {
		bound, err = bind.Statement(context.Background(), stmt, cat, bind.Options{Text: sql})
	}
	if err != nil {
		return errorText(err, sql)
	}
	var b strings.Builder
	for i, name := range bound.Names {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", name, bound.Types[i])
	}
	fmt.Fprintf(&b, "\n%s", plan.Format(bound.Root))
	for i, o := range bound.Root.Outputs() {
		if !o.Type.Equal(bound.Types[i]) {
			fmt.Fprintf(&b, "output %d has type %s\n", i, o.Type)
		}
	}
	return b.String()
}

func errorText(err error, sql string) string {
	var e *ast.Error
	if !errors.As(err, &e) {
		return "plain error: " + err.Error() + "\n"
	}
	e.Text = sql
	if e.Span.IsZero() {
		return fmt.Sprintf("%s without a place: %s\n", e.Code, e.Msg)
	}
	return fmt.Sprintf("%s: %s\n%s\n", e.Code, e.Error(), e.Caret())
}
