package difftest

import (
	"bytes"
	"io"
	"sync/atomic"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/exec"
	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/optimize"
)

// tinyBudget is a memory limit in bytes at which sorts, joins and groups of
// some hundred rows no longer fit.
const tinyBudget = 192 << 10

// Variants are the conditions under which our engine must answer alike: tables
// cut up, in small batches, dictionary-encoded, each optimizer rule left out
// and all of them, several partitions, and a budget that forces spilling.
// spilled counts the files that the last one wrote.
func Variants(spilled *atomic.Int64) []Peer {
	cut := memtable.Options{Partitions: 3, BatchRows: 7}
	dictionary := memtable.Options{Dictionary: true}
	both := memtable.Options{Partitions: 2, BatchRows: 16, Dictionary: true}
	parallel := query.RunOptions{Partitions: 4}
	out := []Peer{
		&Ours{Variant: "partitions", Tables: cut, Run: parallel},
		&Ours{Variant: "dictionary", Tables: dictionary},
		&Ours{Variant: "one-row-batches", Tables: memtable.Options{BatchRows: 1}},
		&Ours{Variant: "partitions-dictionary", Tables: both, Run: parallel},
		&Ours{Variant: "no-rules", Tables: both, Compile: query.Options{DisableRules: optimize.Rules()}},
		&Ours{Variant: "tiny-memory", Tables: cut, Run: query.RunOptions{
			Partitions: 2, MemoryLimit: tinyBudget, CreateTemp: func() (exec.TempFile, error) {
				spilled.Add(1)
				return &tempFile{}, nil
			},
		}},
	}
	for _, rule := range optimize.Rules() {
		out = append(out, &Ours{Variant: "without-" + rule, Compile: query.Options{DisableRules: []string{rule}}})
	}
	return out
}

// tempFile is a temporary file in memory outside the query's budget.
type tempFile struct{ bytes.Buffer }

// Open implements exec.TempFile.
func (f *tempFile) Open() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(f.Bytes())), nil
}

// Remove implements exec.TempFile.
func (f *tempFile) Remove() error { return nil }
