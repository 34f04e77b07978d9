package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// truth is what an independent, naive reader finds in a bucket: it parses every
// record with encoding/json and keeps one of each (eventID, content).
type truth struct {
	records, rows int
	names         map[string]int
	payloads      map[string]int // SHA-256 of the source bytes of each kept record
}

func readTruth(t *testing.T, dir string) truth {
	t.Helper()
	out := truth{names: map[string]int{}, payloads: map[string]int{}}
	seen := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json.gz") ||
			strings.Contains(path, "CloudTrail-Digest") || strings.Contains(path, "CloudTrail-Insight") {
			return err
		}
		return out.addFile(path, seen)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (o *truth) addFile(path string, seen map[string]bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	var doc struct{ Records []json.RawMessage }
	if err := json.NewDecoder(gz).Decode(&doc); err != nil {
		return err
	}
	for _, raw := range doc.Records {
		o.records++
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var record map[string]any
		if err := d.Decode(&record); err != nil {
			return err
		}
		if id, ok := record["eventID"].(string); ok && id != "" {
			canonical, err := json.Marshal(record) // sorted keys
			if err != nil {
				return err
			}
			key := id + string(canonical)
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		o.rows++
		o.names[fmt.Sprint(record["eventName"])]++
		sum := sha256.Sum256(raw)
		o.payloads[hex.EncodeToString(sum[:])]++
	}
	return nil
}

// checkRows holds a store against the truth: number of rows, rows by name, and
// the exact bytes of every record.
func (o truth) checkRows(t *testing.T, p *process, store string) {
	t.Helper()
	if got, want := p.query("SELECT count(*) FROM " + store)[0], fmt.Sprint(o.rows); got != want {
		t.Errorf("count(*) = %s, want %s", got, want)
	}
	names := map[string]int{}
	for _, line := range p.query("SELECT eventName, count(*) FROM " + store + " GROUP BY 1") {
		name, n, _ := strings.Cut(line, ",")
		_, _ = fmt.Sscan(n, new(int))
		var count int
		_, _ = fmt.Sscan(n, &count)
		names[name] = count
	}
	for name, want := range o.names {
		if names[name] != want {
			t.Errorf("rows of %s = %d, want %d", name, names[name], want)
		}
	}
	if len(names) != len(o.names) {
		t.Errorf("%d names, want %d", len(names), len(o.names))
	}
	payloads := map[string]int{}
	for _, sum := range p.query("SELECT eventJsonChecksum FROM " + store) {
		payloads[sum]++
	}
	wrong := 0
	for sum, want := range o.payloads {
		if payloads[sum] != want {
			wrong++
		}
	}
	if wrong > 0 || len(payloads) != len(o.payloads) {
		t.Errorf("%d of %d records differ from the source's bytes", wrong, len(o.payloads))
	}
}
