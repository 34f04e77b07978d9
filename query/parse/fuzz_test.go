package parse

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/ast"
)

var (
	regexpWords  = regexp.MustCompile(`\w+`)
	regexpMarker = regexp.MustCompile(`^k\d+$`)
	// ours are the words that rules write.
	ours = wordSet("SELECT LIMIT USING GROUP BY UNION ALL LEFT NATURAL JOIN WITH WINDOW PARTITION AS FROM")
)

// FuzzStatement checks that any text is either read or refused with an
// *ast.Error whose place is in the text, and that every span of a tree is too.
func FuzzStatement(f *testing.F) {
	data, err := os.ReadFile("testdata/trino/trees.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range strings.Split(string(data), "\n\n")[1:] {
		sql, _, _ := strings.Cut(c, "\n----\n")
		f.Add(sql)
	}
	for _, sql := range ruleExamples {
		f.Add(sql)
	}
	f.Add("SELECT 1 FROM 5e2676f8-9fce-46ef-8142-3e36a94e6691, arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/x; ")
	f.Add("SELECT \xff")
	f.Fuzz(func(t *testing.T, sql string) {
		st, err := Statement(sql)
		if err == nil {
			checkSpan(t, sql, st.Span())
			_ = printer{spans: true}.statement(st)
			return
		}
		var e *ast.Error
		if !errors.As(err, &e) {
			t.Fatalf("%v is no *ast.Error", err)
		}
		checkSpan(t, sql, e.Span)
		_ = e.Caret()
	})
}

func checkSpan(t *testing.T, sql string, s ast.Span) {
	if s.Start < 0 || s.Start > s.End || s.End > len(sql) {
		t.Fatalf("span %v is outside the text of %d bytes", s, len(sql))
	}
}
