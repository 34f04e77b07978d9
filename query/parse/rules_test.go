package parse

import (
	"slices"
	"testing"

	"vitess.io/vitess/go/vt/sqlparser"
)

// ruleExamples has a statement that only its rule carries.
var ruleExamples = map[kind]string{
	nameKind: `SELECT "x" FROM t`, literalKind: `SELECT '\d'`, intervalKind: `SELECT INTERVAL '1' DAY`,
	paramKind: `SELECT ?`, keywordKind: `SELECT current_date`, starKind: `SELECT t.* FROM t`,
	tableKind: `SELECT 1 FROM t`, usingKind: `SELECT 1 FROM t JOIN u USING (a)`, tailKind: `SELECT 1 OFFSET 1 LIMIT 2`,
	parenKind: `SELECT (a)`, operandKind: `SELECT a LIKE b || c`, rowKind: `SELECT (a, b)`, arrayKind: `SELECT ARRAY[a]`,
	rowFieldKind: `SELECT ROW(a AS b)`, atLocalKind: `SELECT a AT LOCAL`,
	subscriptKind: `SELECT a[1]`, fieldKind: `SELECT f(x).y`, timeZoneKind: `SELECT a AT TIME ZONE 'UTC'`,
	castKind: `SELECT CAST(a AS varchar)`, extractKind: `SELECT EXTRACT(YEAR FROM a)`,
	keywordCallKind: `SELECT TRIM(BOTH 'x' FROM y)`, callKind: `SELECT f(a)`, filterKind: `SELECT f(a) FILTER (WHERE b)`,
	windowKind: `SELECT f(a) OVER (PARTITION BY b)`, frameKind: `SELECT f(a) OVER (ROWS CURRENT ROW)`,
	withinKind: `SELECT LISTAGG(a, ',') WITHIN GROUP (ORDER BY b)`, orderKind: `SELECT f(a ORDER BY b)`,
	lambdaKind: `SELECT f(x -> x)`, caseKind: `SELECT CASE WHEN a THEN b END`, scalarKind: `SELECT (SELECT 1)`,
	existsKind: `SELECT EXISTS (SELECT 1)`, quantifiedKind: `SELECT a = ALL (SELECT 1)`, sortKind: `SELECT a ORDER BY a DESC`,
	itemKind: `SELECT a AS b`, groupingSetKind: `SELECT 1 GROUP BY (a, b)`, groupingKind: `SELECT 1 GROUP BY CUBE (a)`,
	namedArgumentKind: `SELECT 1 FROM TABLE(f(TABLE(t)))`, showKind: `SHOW TABLES LIKE 'a'`,
	argumentKind: `SELECT 1 FROM TABLE(f(a => 1))`, queryArgumentKind: `SELECT 1 FROM TABLE(f(TABLE(SELECT 1) AS t))`,
	tableFunctionKind: `SELECT 1 FROM TABLE(f())`,
	selectKind:        `SELECT DISTINCT a`, valuesKind: `VALUES 1`, tableBodyKind: `TABLE t`, nestedKind: `(SELECT 1) UNION SELECT 2`,
	versionedKind: `SELECT 1 FROM t FOR VERSION AS OF 1`, derivedKind: `SELECT 1 FROM (SELECT 2)`,
	unnestKind: `SELECT 1 FROM UNNEST(a)`, groupByKind: `SELECT 1 GROUP BY DISTINCT a`, cteKind: `WITH a (b) AS (SELECT 1) SELECT 2`,
	windowItemKind: `SELECT 1 WINDOW w AS (ORDER BY a)`, plusKind: `SELECT +a`, operatorKind: `SELECT a || b`,
	sampleKind: `SELECT 1 FROM t TABLESAMPLE SYSTEM (1)`,
	setOpKind:  `SELECT 1 EXCEPT SELECT 2`, joinKind: `SELECT 1 FROM t FULL JOIN u ON a`, withKind: `WITH RECURSIVE a AS (SELECT 1) SELECT 2`,
}

// TestRulesAreNeeded removes each rule in turn: its example must then be
// refused, never read as something else.
func TestRulesAreNeeded(t *testing.T) {
	for k := range kinds {
		t.Run(rules[k].name, func(t *testing.T) {
			sql, ok := ruleExamples[k]
			if !ok {
				t.Fatal("no example")
			}
			if _, err := Statement(sql); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			without := rules
			without[k] = rule{}
			if st, err := statement(sql, scanners, &without); err == nil {
				t.Errorf("%s without the rule is read as %s", sql, printer{}.statement(st))
			}
		})
	}
}

// TestMisreadings holds the five things that Vitess reads as something else.
// Each example shows what Vitess makes of the bare text, and what leaving out
// the scanner that guards it, where it is a scanner, must not lead to.
func TestMisreadings(t *testing.T) {
	tests := []struct {
		name, sql, want, scanner string
		misread                  func(e sqlparser.Expr) bool
	}{
		{"|| is OR", "SELECT a || b", "(query (select (|| a b)))", "", func(e sqlparser.Expr) bool {
			_, ok := e.(*sqlparser.OrExpr)
			return ok
		}},
		{`"x" is a string`, `SELECT "x"`, `(query (select "x"))`, "quoted name", func(e sqlparser.Expr) bool {
			l, ok := e.(*sqlparser.Literal)
			return ok && l.Type == sqlparser.StrVal
		}},
		{"backslashes vanish", `SELECT '\d'`, `(query (select '\d'))`, "string", func(e sqlparser.Expr) bool {
			l, ok := e.(*sqlparser.Literal)
			return ok && l.Val == "d"
		}},
		{"--x is x", "SELECT 1--1\n", "(query (select 1))", "comment", func(e sqlparser.Expr) bool {
			_, ok := e.(*sqlparser.BinaryExpr)
			return ok
		}},
		{"U&'x' is an AND of bits", `SELECT U&'\0041'`, "(query (select 'A'))", "unicode string", func(e sqlparser.Expr) bool {
			b, ok := e.(*sqlparser.BinaryExpr)
			return ok && b.Operator == sqlparser.BitAndOp
		}},
	}
	parser, err := newVitess()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := parser.Parse(tt.sql)
			if err != nil {
				t.Fatal(err)
			}
			e := raw.(*sqlparser.Select).SelectExprs.Exprs[0].(*sqlparser.AliasedExpr).Expr
			if !tt.misread(e) {
				t.Errorf("Vitess now reads %s as %s", tt.sql, sqlparser.String(e))
			}
			st, err := Statement(tt.sql)
			if err != nil {
				t.Fatal(err)
			}
			if got := (printer{}).statement(st); got != tt.want {
				t.Errorf("Statement(%q) = %s, want %s", tt.sql, got, tt.want)
			}
			if tt.scanner == "" {
				return
			}
			without := slices.DeleteFunc(slices.Clone(scanners), func(s scanner) bool { return s.name == tt.scanner })
			if len(without) != len(scanners)-1 {
				t.Fatalf("no scanner %q", tt.scanner)
			}
			if st, err := statement(tt.sql, without, &rules); err == nil && (printer{}).statement(st) == tt.want {
				t.Errorf("%s is read the same without the scanner", tt.sql)
			}
		})
	}
}

// TestNoUserBytes checks that Vitess sees none of the user's names, literals,
// types and table names.
func TestNoUserBytes(t *testing.T) {
	sql := `WITH zulu (yak) AS (SELECT xray AS wolf FROM "victor" uncle (tango)) SELECT CAST(sierra.romeo AS quebec), 'papa', oscar(x -> november), 777 FROM zulu WINDOW mike AS (ORDER BY lima)`
	checkNoUserBytes(t, sql)
}
