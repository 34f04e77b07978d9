package parse

import (
	"errors"
	"testing"

	"github.com/traillake/traillake/query/ast"
)

func TestSubstitute(t *testing.T) {
	tests := []struct {
		name, sql string
		params    []string
		want      string
	}{
		{"no parameters", "SELECT '?'", nil, "SELECT '?'"},
		{"bare", "SELECT ?, ?", []string{"1", "b"}, "SELECT 1, b"},
		{"inside quotes", "WHERE eventTime > '?' AND x = DATE_TRUNC('?', y)", []string{"2026-01-01 00:00:00", "hour"},
			"WHERE eventTime > '2026-01-01 00:00:00' AND x = DATE_TRUNC('hour', y)"},
		{"inside double quotes", `SELECT "?"`, []string{"a"}, `SELECT "a"`},
		{"beside a doubled quote", "SELECT 'it''s ?'", []string{"a"}, "SELECT 'it''s a'"},
		{"not in comments", "SELECT 1 -- why?\n, ? /* ? */", []string{"a"}, "SELECT 1 -- why?\n, a /* ? */"},
		{"dashes in quotes are no comment", "SELECT '--?', ?", []string{"a", "b"}, "SELECT '--a', b"},
		{"a parameter is not searched", "SELECT ?, ?", []string{"'?'", "x"}, "SELECT '?', x"},
		{"other alphabets", "SELECT 'ü', ?", []string{"ж"}, "SELECT 'ü', ж"},
		{"open quote", "SELECT '?", []string{"x"}, "SELECT 'x"},
		{"open comment", "SELECT ? /* ?", []string{"x"}, "SELECT x /* ?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Substitute(tt.sql, tt.params)
			if err != nil || got != tt.want {
				t.Errorf("Substitute(%q, %q) = %q, %v, want %q", tt.sql, tt.params, got, err, tt.want)
			}
		})
	}
}

func TestSubstituteCount(t *testing.T) {
	for _, params := range [][]string{{"1"}, {"1", "2", "3"}} {
		_, err := Substitute("SELECT ?, '?'", params)
		var e *ast.Error
		if !errors.As(err, &e) || e.Code != ast.InvalidParameterUsage {
			t.Fatalf("Substitute with %d parameters = %v, want %s", len(params), err, ast.InvalidParameterUsage)
		}
	}
}
