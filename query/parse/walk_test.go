package parse

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/traillake/traillake/query/ast"
)

// TestWalk holds ast.Walk to calling for every query, body, FROM item and
// expression of a tree, which reflection finds by itself.
func TestWalk(t *testing.T) {
	files, err := filepath.Glob("testdata/trino/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	walked := 0
	for _, sql := range strings.Split(all.String(), "\n") {
		stmt, err := Statement(sql)
		if err != nil {
			continue
		}
		q, ok := stmt.(*ast.QueryStatement)
		if !ok {
			continue
		}
		want := map[any]bool{}
		collect(reflect.ValueOf(q.Query), want)
		got := map[any]bool{}
		ast.Walk(q.Query, func(n ast.Node) bool { got[n] = true; return true })
		for n := range want {
			if !got[n] {
				t.Errorf("%s\nWalk does not call for %T at %v", sql, n, n.(ast.Node).Span())
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s\nWalk calls for %d nodes, want %d", sql, len(got), len(want))
		}
		walked++
	}
	if walked < 300 {
		t.Errorf("only %d statements walked", walked)
	}
}

// collect adds the nodes in a value that Walk calls for.
func collect(v reflect.Value, out map[any]bool) {
	switch v.Kind() {
	case reflect.Interface:
		collect(v.Elem(), out)
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		switch v.Interface().(type) {
		case *ast.Query, ast.QueryBody, ast.TableExpr, ast.Expr:
			out[v.Interface()] = true
		}
		collect(v.Elem(), out)
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), out)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			collect(v.Field(i), out)
		}
	}
}
