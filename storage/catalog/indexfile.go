package catalog

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"

	"github.com/traillake/traillake/storage/vfs"
)

const tableSuffix = ".sst"

// vetTables reads every table of an index with Badger's own code. Badger does
// so too when it opens, but in goroutines of its own, where a panic over a
// damaged table would end the process; and each time again.
func vetTables(dir string) error {
	entries, err := vfs.OS().ReadDir(dir)
	if isNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != tableSuffix {
			continue
		}
		if err := vetTable(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("table %s: %w", e.Name(), err)
		}
	}
	return nil
}

func vetTable(path string) (err error) {
	data, err := vfs.ReadFile(vfs.OS(), path)
	if err != nil {
		return err
	}
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("badger cannot read its %d bytes", len(data))
		}
	}()
	t, err := table.OpenInMemoryTable(data, 1, &table.Options{
		ChkMode: options.OnTableAndBlockRead, Compression: options.None,
	})
	if err != nil {
		return err
	}
	return t.VerifyChecksum()
}

// removeIndex removes Badger's files from a folder, and nothing else: the
// folder is a setting, and may be a wrong one.
func removeIndex(dir string) error {
	fsys := vfs.OS()
	entries, err := fsys.ReadDir(dir)
	if isNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	named := []string{"MANIFEST", "MANIFEST-REWRITE", "KEYREGISTRY", "REWRITE-KEYREGISTRY", "DISCARD", "LOCK"}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		ours := slices.Contains(named, e.Name()) || ext == tableSuffix || ext == ".vlog" || ext == ".mem"
		if !ours || !e.Type().IsRegular() {
			continue
		}
		if err := fsys.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func isLockedByOther(err error) bool {
	return strings.Contains(err.Error(), "directory lock")
}
