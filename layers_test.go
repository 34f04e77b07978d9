package traillake

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/traillake/traillake/"

// mayImport is the whole dependency policy between our packages: the longest
// matching prefix of a package's folder decides which folders (and what lies
// below them) it may import. A package may always import what lies below itself
// only where the table says so. Do not change this table to make a build pass;
// move the code instead.
var mayImport = map[string][]string{
	"cmd/traillake":      {"engine", "engine/api", "storage", "proto", "ingest/trailgen"},
	"engine":             {"ingest", "storage", "query", "engine/export", "engine/sample"},
	"engine/sample":      {},
	"engine/export":      {"query/types", "storage/segment"},
	"engine/api":         {"engine", "engine/api", "proto"},
	"engine/api/auth":    {"=engine"},
	"engine/api/awsapi":  {"=engine", "engine/api/auth"},
	"engine/api/grpcapi": {"=engine", "engine/api/auth", "proto"},
	"engine/api/rest":    {"=engine", "engine/api/auth", "proto"},
	"engine/api/console": {},
	"ingest":             {"ingest"},
	"ingest/event":       {},
	"ingest/envelope":    {"ingest/event"},
	"ingest/selector":    {"ingest/event"},
	"ingest/trail":       {"ingest/event"},
	"ingest/trailgen":    {},
	"ingest/watch":       {"ingest/watch", "ingest/trail"}, // for programs that know nothing of stores
	"storage":            {"storage"},
	"storage/segment":    {"storage/objstore"},
	"storage/catalog":    {"storage/vfs"},
	"storage/wal":        {"storage/vfs"},
	"storage/objstore":   {"storage/vfs", "storage/objstore"},
	"storage/vfs":        {"storage/vfs"},
	"query":              {"query"},
	"query/ast":          {},
	"query/types":        {},
	"query/parse":        {"query/ast"},
	"query/function":     {"query/function", "query/ast", "query/types"},
	"query/plan":         {"query/function", "query/types"},
	"query/bind":         {"query/ast", "query/plan", "query/function", "query/types"},
	"query/optimize":     {"query/plan", "query/function", "query/types"},
	"query/prune":        {"query/plan", "query/types"},
	"query/exec":         {"query/exec", "query/plan", "query/function", "query/types", "query/ast"},
	"query/memtable":     {"query/exec/vector", "query/plan", "query/types"},
	"query/edit":         {"query", "query/ast", "query/parse", "query/function", "query/types"},
	"query/slttest":      {"query"},
	"query/difftest":     {"query"},
	"proto":              {},
}

// onlyImporter names the packages that alone may import a library.
var onlyImporter = map[string][]string{
	"vitess.io/vitess":                       {"query/parse"},
	"github.com/parquet-go/parquet-go":       {"storage/segment"},
	"github.com/xitongsys/parquet-go":        {"storage/segment"},
	"github.com/dgraph-io/badger":            {"storage/catalog"},
	"gocloud.dev":                            {"storage/objstore/remotestore"},
	"github.com/aws/aws-sdk-go-v2":           {"storage/objstore/remotestore", "engine/api/auth", "ingest/watch/awswatch"}, // the last: queues, and buckets of programs without our storage
	"github.com/grpc-ecosystem/grpc-gateway": {"engine/api/rest", "proto"},
	"google.golang.org/grpc":                 {"engine/api", "proto", "cmd/traillake"},
	"github.com/apache/arrow/go/v15/parquet": {}, // panics on corrupt bytes, some of it fatal
	"github.com/prometheus/client_golang":    {"engine/api"},
	"github.com/go-json-experiment/json":     {"ingest", "query/function"},
	"github.com/spf13/cobra":                 {"cmd/traillake"},
	"github.com/dlclark/regexp2":             {"query/function/regex"},
}

// TestLayers holds every non-test import of the module against the tables. It
// parses the files itself: a test that ran "go list" would pass from the cache.
func TestLayers(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "node_modules" || path == "engine/bench") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		checkFile(t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Fatalf("only %d files found: the walk is broken", files)
	}
}

func checkFile(t *testing.T, path string) {
	t.Helper()
	dir := filepath.ToSlash(filepath.Dir(path))
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if ours, ok := strings.CutPrefix(imported, module); ok {
			rule, allowed := lookup(dir)
			if !covered(ours, allowed) {
				t.Errorf("%s imports %s: %q may import only %v", path, ours, rule, allowed)
			}
			continue
		}
		for library, importers := range onlyImporter {
			if under(imported, library) && !coveredAny(dir, importers) && !testSupport(dir) {
				t.Errorf("%s imports %s: only %v may", path, imported, importers)
			}
		}
	}
}

// testSupport tells the packages that exist only for tests of other packages.
func testSupport(dir string) bool { return strings.HasSuffix(dir, "test") }

func lookup(dir string) (rule string, allowed []string) {
	for rule = dir; rule != "."; rule = filepath.ToSlash(filepath.Dir(rule)) {
		if allowed, ok := mayImport[rule]; ok {
			return rule, allowed
		}
	}
	return "(no rule)", nil
}

// covered reports whether a package lies at or below an allowed folder; "=engine" allows just that one.
func covered(pkg string, allowed []string) bool {
	for _, a := range allowed {
		if exact, ok := strings.CutPrefix(a, "="); ok {
			if pkg == exact {
				return true
			}
			continue
		}
		if a == "engine" && strings.HasPrefix(pkg, "engine/api") {
			continue // the fronts are named on their own
		}
		if under(pkg, a) {
			return true
		}
	}
	return false
}

func coveredAny(dir string, importers []string) bool {
	for _, i := range importers {
		if under(dir, i) {
			return true
		}
	}
	return false
}

func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
