package storage

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/traillake/traillake/storage/catalog"
	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/objstore/localstore"
	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
)

// VerifyOptions say what Verify checks.
type VerifyOptions struct {
	FS  vfs.FS // nil is the operating system's
	Dir string
	// Store limits the check to one store's id. Empty is all, and the lake's log.
	Store string
	// SigningKeyFile is the key that signs the logs; empty is DIR/keys/catalog.pem.
	SigningKeyFile string
	// Progress, if set, is called after each segment with what is checked so far.
	Progress func(Summary)
}

// Finding is something Verify has to say.
type Finding struct {
	// Note says that it is no damage: a file that no entry names, a torn tail.
	Note  bool   `json:"note,omitempty"`
	Store string `json:"store,omitempty"`
	File  string `json:"file"`
	// Offset is the place in the file in bytes, Row the row of a segment; -1 when they do not apply.
	Offset int64 `json:"offset"`
	Row    int64 `json:"row"`
	// Message says what was expected and what was found.
	Message string `json:"message"`
}

// String is the finding on one line.
func (f Finding) String() string {
	var b strings.Builder
	if f.Note {
		b.WriteString("note: ")
	}
	b.WriteString(f.File)
	if f.Offset >= 0 {
		fmt.Fprintf(&b, " at offset %d", f.Offset)
	}
	if f.Row >= 0 {
		fmt.Fprintf(&b, " row %d", f.Row)
	}
	return b.String() + ": " + f.Message
}

// Summary counts what Verify checked.
type Summary struct {
	Stores   int   `json:"stores"`
	Entries  int64 `json:"entries"`
	Segments int64 `json:"segments"`
	Rows     int64 `json:"rows"`
	Batches  int64 `json:"batches"` // of write-ahead logs, in no segment yet
	Bytes    int64 `json:"bytes"`
	Findings int64 `json:"findings"` // without notes
	Notes    int64 `json:"notes"`
}

// Verify checks that everything is as sealed and complete: every entry of every
// log, every file that the newest version names. It reads files only, takes no
// lock, and works beside a server. An error means that it could not check.
func Verify(ctx context.Context, opts VerifyOptions, report func(Finding)) (Summary, error) {
	if opts.FS == nil {
		opts.FS = vfs.OS()
	}
	v := &verifier{opts: opts, report: report}
	if _, err := opts.FS.Lstat(filepath.Join(opts.Dir, formatName)); err != nil {
		return v.sum, fmt.Errorf("verify %s: no data directory: %w", opts.Dir, err)
	}
	if err := v.run(ctx); err != nil {
		return v.sum, fmt.Errorf("verify %s: %w", opts.Dir, err)
	}
	return v.sum, nil
}

type verifier struct {
	opts   VerifyOptions
	report func(Finding)
	sum    Summary
}

func (v *verifier) add(f Finding) {
	if f.Note {
		v.sum.Notes++
	} else {
		v.sum.Findings++
	}
	v.report(f)
}

func (v *verifier) run(ctx context.Context) error {
	if text, err := vfs.ReadFile(v.opts.FS, filepath.Join(v.opts.Dir, formatName)); err != nil {
		return err
	} else if string(text) != formatText {
		v.add(Finding{File: filepath.Join(v.opts.Dir, formatName), Offset: 0, Row: -1, Message: fmt.Sprintf("says %.80q, want %q", text, formatText)})
	}
	stores, key, whole, err := v.lake(ctx, true)
	if err != nil {
		return err
	}
	if !whole { // then other folders may be stores too, and their logs say what they hold
		if stores, err = v.storeFolders(); err != nil {
			return err
		}
	}
	if err := v.signingKey(key); err != nil {
		return err
	}
	if v.opts.Store != "" && !slices.Contains(stores, v.opts.Store) {
		return fmt.Errorf("store %s: %w", v.opts.Store, ErrNotFound)
	}
	for _, id := range stores {
		if v.opts.Store != "" && id != v.opts.Store {
			continue
		}
		if err := v.store(ctx, id, key); err != nil {
			return err
		}
	}
	if v.opts.Store == "" {
		return v.unnamedStores(stores)
	}
	return nil
}

// lake walks the lake's log and returns the stores it names and the key that
// signs all logs; whole is false when damage hides a part of the log. Only with
// count are entries and faults noted.
func (v *verifier) lake(ctx context.Context, count bool) (stores []string, key ed25519.PublicKey, whole bool, err error) {
	named := map[string]bool{}
	sum, whole, err := v.walk(ctx, catalog.LakeLog, nil, count, func(e catalog.Entry, _ catalog.Place) error {
		for doc, value := range e.Docs {
			if id, ok := strings.CutPrefix(doc, storeDoc); ok {
				named[id] = len(value) > 0 && string(value) != "null"
			}
		}
		return nil
	})
	for id, there := range named {
		if there {
			stores = append(stores, id)
		}
	}
	slices.Sort(stores)
	return stores, sum.PublicKey, whole, err
}

// storeFolders lists the folders that may be stores.
func (v *verifier) storeFolders() ([]string, error) {
	entries, err := v.opts.FS.ReadDir(filepath.Join(v.opts.Dir, "stores"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// signingKey checks that the next entry can be signed like those before.
// Reading needs no key, and it may be kept elsewhere.
func (v *verifier) signingKey(want ed25519.PublicKey) error {
	path := v.opts.SigningKeyFile
	if path == "" {
		path = catalog.KeyFile(v.opts.Dir)
	}
	f := Finding{File: path, Offset: -1, Row: -1}
	key, err := catalog.ReadKey(v.opts.FS, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Note, f.Message = true, "the signing key is not here: without it the logs can be read, but take no entry"
	case errors.Is(err, fs.ErrPermission):
		f.Note, f.Message = true, "the signing key was not checked: "+err.Error()
	case err != nil:
		f.Message = err.Error()
	case want != nil && !want.Equal(key.Public()):
		f.Message = fmt.Sprintf("the signing key's public key is %x, but the logs are signed with %x", key.Public(), []byte(want))
	default:
		return nil
	}
	v.add(f)
	return nil
}

// walk walks a log, turning damage into findings. What was read before the
// damage has been seen; whole tells that there was none.
func (v *verifier) walk(ctx context.Context, name string, key ed25519.PublicKey, count bool, fn func(catalog.Entry, catalog.Place) error) (sum catalog.Summary, whole bool, err error) {
	dir := catalog.LogDir(v.opts.Dir, name)
	sum, err = catalog.Walk(ctx, v.opts.FS, dir, catalog.WalkOptions{Name: name, PublicKey: key}, fn)
	if err != nil && name != catalog.LakeLog && v.dropped(ctx, name) {
		return sum, false, ctx.Err()
	}
	if !count {
		v = &verifier{report: func(Finding) {}}
	}
	v.sum.Entries += sum.Version
	store := name
	if name == catalog.LakeLog {
		store = ""
	}
	damages, rest := splitDamage(err)
	for _, d := range damages {
		v.add(Finding{Store: store, File: d.File, Offset: d.Offset, Row: -1, Message: d.Detail()})
	}
	switch {
	case errors.Is(rest, fs.ErrNotExist):
		v.add(Finding{Store: store, File: dir, Offset: -1, Row: -1, Message: "the log is missing: " + rest.Error()})
		return sum, false, nil
	case err == nil && sum.TornBytes > 0:
		v.add(Finding{Note: true, Store: store, File: sum.TornFile, Offset: -1, Row: -1,
			Message: fmt.Sprintf("ends with %d bytes of an entry that is being written, or was never acknowledged", sum.TornBytes)})
	}
	return sum, len(damages) == 0, rest
}

// dropped tells whether the lake's log does not name a store any more: beside a
// server it may be dropped while it is read.
func (v *verifier) dropped(ctx context.Context, id string) bool {
	stores, _, whole, err := v.lake(ctx, false)
	return err == nil && whole && !slices.Contains(stores, id)
}

// splitDamage parts what a walk found from what kept it from reading.
func splitDamage(err error) (damages []*catalog.CorruptError, rest error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			d, r := splitDamage(e)
			damages, rest = append(damages, d...), errors.Join(rest, r)
		}
		return damages, rest
	}
	var d *catalog.CorruptError
	if errors.As(err, &d) {
		return []*catalog.CorruptError{d}, nil
	}
	return nil, err
}

// namedSegment is a segment of the newest version and the entry that added it.
type namedSegment struct {
	meta  segment.Meta
	place catalog.Place
}

// segments walks a store's log and returns what its newest version names, and up
// to which file the write-ahead log is in segments, as far as the log is whole.
func (v *verifier) segments(ctx context.Context, id string, key ed25519.PublicKey, count bool) (named map[string]namedSegment, sealed int64, whole bool, err error) {
	named = map[string]namedSegment{}
	_, whole, err = v.walk(ctx, id, key, count, func(e catalog.Entry, p catalog.Place) error {
		if raw, ok := e.Docs[liveDoc]; ok {
			if err := json.Unmarshal(raw, &sealed); err != nil && count {
				v.add(Finding{Store: id, File: p.File, Offset: p.Offset, Row: -1, Message: fmt.Sprintf("version %d: document %s: %v", e.Version, liveDoc, err)})
			}
		}
		for _, gone := range e.Remove {
			delete(named, gone)
		}
		for _, s := range e.Add {
			n := namedSegment{place: p}
			if err := json.Unmarshal(s.Meta, &n.meta); err != nil || n.meta.ID != s.ID {
				if count {
					v.add(Finding{Store: id, File: p.File, Offset: p.Offset, Row: -1, Message: fmt.Sprintf("version %d: segment %s has no readable description: %v", e.Version, s.ID, err)})
				}
				continue
			}
			named[s.ID] = n
		}
		return nil
	})
	return named, sealed, whole, err
}

func (v *verifier) store(ctx context.Context, id string, key ed25519.PublicKey) error {
	// Files first: what is written while the log is read is named by no entry yet.
	dir := storeDir(v.opts.Dir, id)
	var files []string
	objects, err := localstore.Open(v.opts.FS, dir, localstore.Options{ReadOnly: true})
	if err == nil {
		err = objects.List(ctx, segmentPrefix, func(o objstore.Object) error {
			files = append(files, o.Key)
			return nil
		})
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	named, sealed, whole, walkErr := v.segments(ctx, id, key, true)
	if walkErr != nil {
		return walkErr
	}
	v.sum.Stores++
	if err := v.live(ctx, id, sealed); err != nil {
		return err
	}
	if objects == nil {
		return nil // the walk has said that there is nothing
	}
	known := map[string]bool{}
	for _, n := range named {
		known[n.meta.Key], known[n.meta.FingerprintKey] = true, true
	}
	for _, name := range sortedKeys(named) {
		if err := v.segment(ctx, id, key, objects, named[name]); err != nil {
			return err
		}
	}
	for _, key := range files {
		if whole && !known[key] {
			v.add(Finding{Note: true, Store: id, File: filepath.Join(dir, filepath.FromSlash(key)), Offset: -1, Row: -1,
				Message: "no entry names this file: it is being written, was removed while in use, or is left over"})
		}
	}
	return nil
}

func sortedKeys(m map[string]namedSegment) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// unnamedStores notes folders of stores that the lake's log does not name.
func (v *verifier) unnamedStores(stores []string) error {
	folders, err := v.storeFolders()
	if err != nil {
		return err
	}
	for _, name := range folders {
		if !slices.Contains(stores, name) {
			v.add(Finding{Note: true, File: storeDir(v.opts.Dir, name), Offset: -1, Row: -1,
				Message: "the lake's log names no such store: it is being created or dropped, or is left over"})
		}
	}
	return nil
}
