// Command record takes the answers of SQL logic tests from a real Trino server.
//
//	go run ./query/slttest/record -server URL [-write] [FILE…]
//
// It makes the tables of each file in the server's memory catalog, runs every
// record there, and compares what Trino says with the file: the letters of the
// types, the rows, and the messages of errors. With -write the file is brought up
// to what Trino says and its first line names the version. Without FILE it takes
// every file of testdata/slt that was recorded before.
//
// A new record is written without its answer: "query ?" or "query ? rowsort" with
// no rows, "statement error ?". The pattern of an error stays while it matches what
// Trino says. Records with a "differs" line are left as they are and listed.
//
// The exit status is 1 when something differs from the files (or, with -write,
// when a record cannot be recorded). "make slt-trino" starts the server, checks
// all files and stops it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/traillake/traillake/query/slttest"
)

const dir = "testdata/slt"

func main() {
	server := flag.String("server", "", "address of the Trino server")
	version := flag.String("version", "483", "version of that server, when it does not tell")
	write := flag.Bool("write", false, "write what Trino says into the files")
	flag.Parse()
	r := &recorder{server: *server, version: *version, write: *write}
	if err := r.run(context.Background(), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// run records the files and prints the sum.
func (r *recorder) run(ctx context.Context, names []string) error {
	all := len(names) == 0
	if all {
		var err error
		if names, err = filepath.Glob(filepath.Join(dir, "*.slt")); err != nil {
			return err
		}
	}
	for _, name := range names {
		rel := strings.TrimPrefix(filepath.ToSlash(name), dir+"/")
		f, err := slttest.Parse(os.DirFS(dir), rel)
		if err != nil {
			return err
		}
		if all && f.Trino == "" {
			continue
		}
		if err := r.file(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	fmt.Printf("%d records of %d files against Trino %s: %d differ on purpose, %d differences\n",
		r.records, r.files, r.version, r.onPurpose, r.differences)
	if r.differences > 0 && !r.write || r.failed > 0 {
		return fmt.Errorf("%d differences, %d records that cannot be recorded", r.differences, r.failed)
	}
	return nil
}
