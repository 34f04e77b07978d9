package parse

import (
	"slices"
	"strings"
	"testing"

	"vitess.io/vitess/go/vt/sqlparser"
)

// plainKinds are the constructs that MySQL writes as Trino does. Their rules only
// put markers in place of what is the user's; all other rules change the form.
var plainKinds = map[kind]bool{
	nameKind: true, literalKind: true, intervalKind: true, paramKind: true, keywordKind: true, starKind: true,
	tableKind: true, usingKind: true, tailKind: true, parenKind: true, operandKind: true, castKind: true,
	extractKind: true, keywordCallKind: true, callKind: true, windowKind: true, frameKind: true, orderKind: true,
	caseKind: true, scalarKind: true, existsKind: true, quantifiedKind: true, sortKind: true, itemKind: true,
	selectKind: true, tableBodyKind: true, nestedKind: true, derivedKind: true, groupByKind: true, cteKind: true,
	windowItemKind: true, operatorKind: true, setOpKind: true, joinKind: true, withKind: true,
}

// shares counts how statements reach Vitess.
type shares struct {
	read     int // statements that are read
	verbatim int // whose text Vitess gets as it is
	accepted int // whose text Vitess would take
	safe     int // of these, with none of the five things it takes for something else
	plain    int // with rules of plainKinds only
	uses     [kinds]int
}

func (s *shares) count(t *testing.T, sql string) {
	toks, err := lex(sql, scanners)
	if err != nil {
		return
	}
	r := newReader(toks)
	var w whole
	if r.read(func() { w = r.statement() }) != nil {
		return
	}
	out, err := rewrite(toks, r.constructs, &rules).emit(w.first, w.last)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	s.read++
	if strings.TrimSpace(out.text) == strings.TrimSpace(sql) {
		s.verbatim++
	}
	if parser, err := newVitess(); err != nil {
		t.Fatal(err)
	} else if vitessTakes(parser, sql) {
		s.accepted++
		if !strings.Contains(sql, "||") && !strings.ContainsAny(sql, "\"\\") && !strings.Contains(sql, "--") && !strings.Contains(strings.ToUpper(sql), "U&'") {
			s.safe++
		}
	}
	plain := true
	for _, c := range r.constructs {
		s.uses[c.kind]++
		plain = plain && plainKinds[c.kind] && !toks[c.first].is("||", "INTERSECT", "EXCEPT", "FULL") &&
			!(c.kind == operatorKind && toks[c.first].is("IS", "BETWEEN"))
	}
	if plain {
		s.plain++
	}
}

// vitessTakes reports whether Vitess reads a text; some it panics on.
func vitessTakes(parser *sqlparser.Parser, sql string) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	_, err := parser.Parse(strings.TrimRight(sql, "; \n"))
	return err == nil
}

// TestShare reports how many of the statements that are read could reach Vitess
// without a rewrite, and how often each rule is used. Every construct's rule must
// be used by some statement.
func TestShare(t *testing.T) {
	var s shares
	for _, c := range corpus(t) {
		s.count(t, c.sql)
	}
	for _, sql := range sltStatements(t) {
		s.count(t, sql)
	}
	percent := func(n int) float64 { return 100 * float64(n) / float64(s.read) }
	t.Logf("%d statements are read", s.read)
	t.Logf("%d (%.1f %%) reach Vitess as they are: names and literals always become markers", s.verbatim, percent(s.verbatim))
	t.Logf("%d (%.1f %%) have only forms that MySQL has too: the rules put markers in and change nothing else", s.plain, percent(s.plain))
	t.Logf("%d (%.1f %%) Vitess would take as they are, %d (%.1f %%) of them without what it takes for something else",
		s.accepted, percent(s.accepted), s.safe, percent(s.safe))
	order := make([]kind, 0, kinds)
	for k := range kinds {
		order = append(order, k)
		if s.uses[k] == 0 {
			t.Errorf("no statement uses the rule %q", rules[k].name)
		}
	}
	slices.SortStableFunc(order, func(a, b kind) int { return s.uses[b] - s.uses[a] })
	for _, k := range order {
		t.Logf("%7d %s", s.uses[k], rules[k].name)
	}
}
