package parse

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/ast"
)

var (
	regexpWords  = regexp.MustCompile(`\w+`)
	regexpMarker = regexp.MustCompile(`^k\d+$`)
	// ours are the words that rules write.
	ours = wordSet("SELECT LIMIT USING GROUP BY UNION ALL LEFT NATURAL JOIN WITH WINDOW PARTITION AS FROM BETWEEN")
)

// sltStatements are the statements of testdata/slt.
func sltStatements(t testing.TB) []string {
	paths, err := filepath.Glob("../../testdata/slt/*.slt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files of statements: %v", err)
	}
	var list []string
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range strings.Split(string(data), "\n\n") {
			for strings.HasPrefix(record, "#") || strings.HasPrefix(record, "differs ") {
				_, record, _ = strings.Cut(record, "\n")
			}
			head, rest, _ := strings.Cut(record, "\n")
			if !strings.HasPrefix(head, "query") && !strings.HasPrefix(head, "statement") {
				continue
			}
			sql, _, _ := strings.Cut("\n"+rest, "\n----")
			list = append(list, strings.TrimSpace(sql))
		}
	}
	return list
}

// seeds are all the statements that the tests know.
func seeds(t testing.TB) []string {
	list := sltStatements(t)
	for _, c := range corpus(t) {
		list = append(list, c.sql)
	}
	for _, name := range []string{"errors.txt", "refused.txt"} {
		for _, c := range recordings(t, "testdata/trino/"+name) {
			list = append(list, c.sql)
		}
	}
	for _, sql := range ruleExamples {
		list = append(list, sql)
	}
	return append(list,
		"SELECT 1 FROM 5e2676f8-9fce-46ef-8142-3e36a94e6691, arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/x; ",
		"SELECT \xff")
}

// pieces cuts statements into what a grammar is made of: tokens, and brackets with
// all they hold.
func pieces(statements []string) []string {
	var list []string
	seen := map[string]bool{}
	for _, sql := range statements {
		toks, _ := lex(sql, scanners)
		for _, t := range toks[:len(toks)-1] {
			piece := t.text
			if t.match >= 0 && t.match < len(toks)-1 && toks[t.match].span.Start > t.span.Start {
				piece = sql[t.span.Start:toks[t.match].span.End]
			}
			for _, p := range []string{t.text, piece} {
				if !seen[p] && len(p) < 200 {
					seen[p] = true
					list = append(list, p)
				}
			}
		}
	}
	return list
}

// mutate edits a statement token by token, four bytes of edits at a time: which
// edit, where, and two more numbers. It inserts, replaces, drops, repeats and
// swaps tokens and whole brackets, so that what comes out is nearly SQL.
func mutate(sql string, edits []byte, pieces []string) string {
	toks, _ := lex(sql, scanners)
	var words []string
	for _, t := range toks[:len(toks)-1] {
		words = append(words, t.text)
	}
	for ; len(edits) >= 4 && len(words) > 0 && len(words) < 2000; edits = edits[4:] {
		i := int(edits[1]) % len(words)
		j := int(edits[2]) % len(words)
		piece := pieces[(int(edits[2])<<8|int(edits[3]))%len(pieces)]
		switch edits[0] % 6 {
		case 0:
			words = append(words[:i:i], append([]string{piece}, words[i:]...)...)
		case 1:
			words[i] = piece
		case 2:
			words = append(words[:i:i], words[i+1:]...)
		case 3:
			words[i], words[j] = words[j], words[i]
		case 4:
			words = append(words[:i:i], append([]string{words[j]}, words[i:]...)...)
		case 5:
			end := min(len(words), i+1+int(edits[3])%8)
			words = append(words[:end:end], words[i:]...)
		}
	}
	return strings.Join(words, " ")
}

// FuzzStatement checks that any text, and any text made of pieces of statements,
// is either read or refused with an *ast.Error whose place is in the text; that
// every span of a tree is too; and that nothing of the user's reaches Vitess.
func FuzzStatement(f *testing.F) {
	list := seeds(f)
	parts := pieces(list)
	for i, sql := range list {
		f.Add(sql, []byte{})
		f.Add(sql, []byte{byte(i), byte(i >> 1), byte(i >> 3), byte(i * 7), byte(i * 3), byte(i * 5), byte(i), byte(i * 11)})
	}
	f.Fuzz(func(t *testing.T, sql string, edits []byte) {
		if len(edits) >= 4 {
			sql = mutate(sql, edits, parts)
		}
		checkStatement(t, sql)
	})
}

func checkStatement(t *testing.T, sql string) {
	st, err := Statement(sql)
	if err == nil {
		checkSpan(t, sql, st.Span())
		checkSpans(t, sql, printer{spans: true}.statement(st))
		checkNoUserBytes(t, sql)
		return
	}
	var e *ast.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *ast.Error", err)
	}
	checkSpan(t, sql, e.Span)
	_ = e.Caret()
}

func checkSpan(t *testing.T, sql string, s ast.Span) {
	if s.Start < 0 || s.Start > s.End || s.End > len(sql) {
		t.Fatalf("span %v is outside the text of %d bytes", s, len(sql))
	}
}

// printedSpan is how the printer writes a span; a name or a string may hold text
// that looks so, which the test then cannot tell apart.
var printedSpan = regexp.MustCompile(`@(\d{1,6}):(\d{1,6})`)

func checkSpans(t *testing.T, sql, tree string) {
	if strings.Contains(sql, "@") {
		return
	}
	for _, m := range printedSpan.FindAllStringSubmatch(tree, -1) {
		checkSpan(t, sql, ast.Span{Start: number(m[1]), End: number(m[2])})
	}
}

func number(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// checkNoUserBytes checks that what Vitess is given of a statement that can be
// read has no word but markers and those that rules write or leave.
func checkNoUserBytes(t *testing.T, sql string) {
	toks, err := lex(sql, scanners)
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(toks)
	var w whole
	if err := r.read(func() { w = r.statement() }); err != nil {
		t.Fatal(err)
	}
	out, err := rewrite(toks, r.constructs, &rules).emit(w.first, w.last)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range regexpWords.FindAllString(out.text, -1) {
		if !regexpMarker.MatchString(word) && !native[word] && !ours[word] {
			t.Errorf("%q reaches Vitess in %s", word, out.text)
		}
	}
}
