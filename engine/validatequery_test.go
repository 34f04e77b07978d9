package engine

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cockroachdb/datadriven"
)

// TestValidateQuery reads testdata/validate.
func TestValidateQuery(t *testing.T) {
	l := openLake(t, nil)
	l.create("audit", 366)
	id := l.mustFind("audit")
	datadriven.RunTest(t, "testdata/validate", func(t *testing.T, d *datadriven.TestData) string {
		in := StatementInput{Statement: d.Input}
		for _, a := range d.CmdArgs {
			in.Parameters = a.Vals
		}
		v, err := l.ValidateQuery(t.Context(), Principal{}, in)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, e := range v.Errors {
			fmt.Fprintf(&out, "%d:%d-%d:%d %s: %s\n", e.Line, e.Column, e.EndLine, e.EndColumn, e.Code, e.Message)
			out.WriteString(underlined(d.Input, e))
			if !strings.HasSuffix(e.Message, e.Hint) {
				t.Errorf("hint %q is not in %q", e.Hint, e.Message)
			}
		}
		for _, c := range v.Columns {
			fmt.Fprintf(&out, "%s %s\n", c.Name, c.Type)
		}
		for _, s := range v.Stores {
			out.WriteString("reads " + strings.ReplaceAll(s, id, "audit") + "\n")
		}
		if v.Parameters > 0 {
			fmt.Fprintf(&out, "%d parameters, %d in quotes\n", v.Parameters, v.QuotedParameters)
		}
		return out.String()
	})
}

// underlined is the text with carets under a fault, counted as an editor would.
func underlined(text string, e StatementError) string {
	var out strings.Builder
	for i, line := range strings.Split(text, "\n") {
		from, to := 1, utf8.RuneCountInString(line)+1
		if i+1 < e.Line || i+1 > e.EndLine {
			continue
		}
		if i+1 == e.Line {
			from = e.Column
		}
		if i+1 == e.EndLine {
			to = e.EndColumn
		}
		fmt.Fprintf(&out, "  %s\n  %s%s\n", line, strings.Repeat(" ", from-1), strings.Repeat("^", max(1, to-from)))
	}
	return out.String()
}

// TestValidateQueryLimits: what is no statement is refused.
func TestValidateQueryLimits(t *testing.T) {
	l := openLake(t, nil)
	for message, in := range map[string]StatementInput{
		"is 10001 characters long, must be 0 to 10000": {Statement: strings.Repeat("x", 10001)},
		"11 QueryParameters: at most 10":               {Statement: "SELECT 1", Parameters: make([]string, 11)},
		"QueryParameters[1]":                           {Statement: "SELECT 1", Parameters: []string{"1", ""}},
	} {
		_, err := l.ValidateQuery(t.Context(), Principal{}, in)
		wantCode(t, err, InvalidParameter, message)
	}
}
