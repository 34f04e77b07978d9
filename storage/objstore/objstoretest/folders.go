package objstoretest

import (
	"context"
	"slices"
	"testing"

	"github.com/traillake/traillake/storage/objstore"
)

// folders holds a store that can be looked at folder by folder against List.
func folders(t *testing.T, s objstore.Store) {
	f, ok := s.(objstore.Folders)
	if !ok {
		t.Skip("the store has no folders")
	}
	all := []string{"a.b/x", "a/1", "a/2", "a/b/3", "a/b/4", "a/c/5", "b"}
	for _, key := range all {
		put(t, s, key, key)
	}
	for _, prefix := range []string{"", "a", "a/", "a/b", "a/b/", "none/"} {
		for _, after := range append([]string{"", "a", "a/b", "a/b/", "a/b/3x", "zz"}, all...) {
			var got, want []string
			err := s.List(context.Background(), prefix, func(o objstore.Object) error {
				if o.Key > after {
					want = append(want, o.Key)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			err = f.ListAfter(context.Background(), prefix, after, func(o objstore.Object) error {
				got = append(got, o.Key)
				return nil
			})
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("ListAfter(%q, %q) = %q, %v, want %q", prefix, after, got, err, want)
			}
		}
	}
	for _, tt := range []struct {
		prefix        string
		objects, dirs []string
	}{
		{"", []string{"b"}, []string{"a.b/", "a/"}},
		{"a", nil, []string{"a.b/", "a/"}},
		{"a/", []string{"a/1", "a/2"}, []string{"a/b/", "a/c/"}},
		{"a/b/", []string{"a/b/3", "a/b/4"}, nil},
		{"none/", nil, nil},
	} {
		var objects []string
		dirs, err := f.WalkFolder(context.Background(), tt.prefix, func(o objstore.Object) error {
			objects = append(objects, o.Key)
			if o.Size != int64(len(o.Key)) {
				t.Errorf("%s has %d bytes", o.Key, o.Size)
			}
			return nil
		})
		slices.Sort(dirs)
		if err != nil || !slices.Equal(objects, tt.objects) || !slices.Equal(dirs, tt.dirs) {
			t.Errorf("WalkFolder(%q) = %q, %q, %v, want %q, %q", tt.prefix, objects, dirs, err, tt.objects, tt.dirs)
		}
	}
}
