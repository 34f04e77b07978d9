package traillake

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// TestPackageDocs holds that every package says once, in one file, what it is,
// and that every exported name outside of tests has a comment.
func TestPackageDocs(t *testing.T) {
	docs := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		generated := strings.HasSuffix(path, ".pb.go") || strings.HasSuffix(path, ".pb.gw.go")
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || generated {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if _, ok := docs[dir]; !ok {
			docs[dir] = nil
		}
		if file.Doc != nil {
			docs[dir] = append(docs[dir], filepath.Base(path))
		}
		checkComments(t, path, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, files := range docs {
		sort.Strings(files)
		if len(files) != 1 {
			t.Errorf("package %s has its comment in %d files %v, want exactly one", dir, len(files), files)
		}
	}
}

func checkComments(t *testing.T, path string, file *ast.File) {
	t.Helper()
	missing := func(name string) { t.Errorf("%s: exported %s has no comment", path, name) }
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
				missing(d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
						missing(s.Name.Name)
					}
				case *ast.ValueSpec:
					if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						missing(s.Names[0].Name)
					}
				}
			}
		}
	}
}

// exportedReceiver reports whether a function is no method, or one of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}
