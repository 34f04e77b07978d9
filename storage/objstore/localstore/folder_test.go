package localstore

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/vfs"
)

// Folder by folder has what List has, cut at the "/" behind the prefix.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "a.b/c", "a-/b/c", "d/e/f", "d/e/g", "d/e.f", "d/.h", tempDir + "/x"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link": "d", "d/file": "a"} {
		if err := os.Symlink(filepath.Join(dir, to), filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(vfs.OS(), dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"", "a", "a.", "a-/", "a-/b", "d", "d/", "d/e", "d/e/", "d/e/f", "d/.", "link", "link/", "x/", "../", "d//", tempDir, tempDir + "/"} {
		want := map[string]bool{}
		err := s.List(t.Context(), prefix, func(o objstore.Object) error {
			if at := strings.IndexByte(o.Key[len(prefix):], '/'); at >= 0 {
				want[o.Key[:len(prefix)+at+1]] = true
			} else {
				want[o.Key] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Folder(t.Context(), prefix)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
			t.Errorf("Folder(%q) = %q, %v, want %q", prefix, got, err, slices.Sorted(maps.Keys(want)))
		}
	}
}
