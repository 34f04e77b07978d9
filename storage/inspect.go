package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/traillake/traillake/storage/catalog"
	"github.com/traillake/traillake/storage/segment"
	"github.com/traillake/traillake/storage/vfs"
	"github.com/traillake/traillake/storage/wal"
)

// Recover rebuilds the index from the commit logs. The lake must not be open.
func Recover(ctx context.Context, opts Options) error {
	opts, err := opts.withDefaults()
	if err != nil {
		return err
	}
	if _, err := opts.FS.Lstat(filepath.Join(opts.Dir, formatName)); err != nil {
		return fmt.Errorf("recover %s: no data directory: %w", opts.Dir, err)
	}
	l := newLake(opts)
	if err := l.open(ctx, true); err != nil {
		return errors.Join(fmt.Errorf("recover %s: %w", opts.Dir, err), l.Close())
	}
	return l.Close()
}

// Inspect describes a file of ours: a segment, a fingerprint file, a file of a
// write-ahead log, a log file, the HEAD of a log, FORMAT, or the folder of a log or
// store.
func Inspect(ctx context.Context, fsys vfs.FS, path string, w io.Writer) error {
	info, err := fsys.Lstat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		if inner, err := fsys.Lstat(filepath.Join(path, "log")); err == nil && inner.IsDir() {
			path = filepath.Join(path, "log") // of a store or of the lake
		}
		return inspectLog(ctx, fsys, path, "", w)
	}
	f, err := vfs.Open(fsys, path)
	if err != nil {
		return err
	}
	defer f.Close()
	src := fileSource{f, info.Size()}
	magic := make([]byte, 4)
	n, err := f.ReadAt(magic, 0)
	if err != nil && err != io.EOF {
		return err
	}
	switch string(magic[:n]) {
	case "PAR1":
		err = inspectSegment(ctx, src, w)
	case "TLFP":
		err = inspectFingerprints(src, w)
	case "TLEV":
		err = wal.Inspect(fsys, path, w)
	case formatText[:4]:
		err = inspectFormat(fsys, path, w)
	default:
		dir := filepath.Dir(path)
		if _, headErr := fsys.Lstat(filepath.Join(dir, catalog.HeadName)); headErr != nil {
			return fmt.Errorf("inspect %s: it is no segment, no fingerprint file, no write-ahead log, no log and no FORMAT", path)
		}
		only := path
		if filepath.Base(path) == catalog.HeadName {
			only = "" // it is about the whole log
		}
		err = inspectLog(ctx, fsys, dir, only, w)
	}
	if err != nil {
		return fmt.Errorf("inspect %s: %w", path, err)
	}
	return nil
}

// inspectFormat shows the FORMAT file of a data directory.
func inspectFormat(fsys vfs.FS, path string, w io.Writer) error {
	text, err := vfs.ReadFile(fsys, path)
	if err != nil {
		return err
	}
	if string(text) != formatText {
		return fmt.Errorf("%w: it says %.80q, this program reads %q", ErrCorrupt, text, formatText)
	}
	_, err = fmt.Fprintf(w, "%s", text)
	return err
}

type fileSource struct {
	io.ReaderAt
	size int64
}

func (f fileSource) Size() int64 { return f.size }

func inspectSegment(ctx context.Context, src segment.Source, w io.Writer) error {
	r, err := segment.Open(src)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "segment: %d bytes, %d rows, %d row groups\n\nkey values\n", src.Size(), r.NumRows(), r.NumRowGroups())
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	keys := r.KeyValues()
	names := make([]string, 0, len(keys))
	for k := range keys {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		fmt.Fprintf(tw, "  %s\t%s\n", k, keys[k])
	}
	fmt.Fprintf(tw, "\nschema\n")
	for _, f := range r.Schema().Fields() {
		fmt.Fprintf(tw, "  %s\t%s\n", f.Name, f.Type)
	}
	for g := range r.NumRowGroups() {
		rg := r.RowGroup(g)
		fmt.Fprintf(tw, "\nrow group %d: rows %d to %d, %d bytes\n", g, rg.FirstRow, rg.FirstRow+rg.Rows-1, rg.Bytes)
		fmt.Fprintf(tw, "  column\tbytes\tvalues\tnulls\tencoding\tbloom\tmin\tmax\n")
		for _, path := range r.Leaves() {
			s, _ := r.Stats(g, path)
			encoding, bloom := "plain", "-"
			if r.HasDictionary(g, path) {
				encoding = "dictionary"
				if values, _, err := r.Dictionary(g, path); err == nil {
					encoding = fmt.Sprintf("dictionary of %d", len(values))
				}
			}
			if r.HasBloom(g, path) {
				bloom = "yes"
			}
			fmt.Fprintf(tw, "  %s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\n", path, r.LeafBytes(g, path), s.Values, s.Nulls, encoding, bloom, boundText(s.Min), boundText(s.Max))
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if err := r.CheckPages(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, "\nall pages read, checksums right")
	return err
}

func boundText(v any) string {
	switch x := v.(type) {
	case nil:
		return "-"
	case string:
		if len(x) > 40 {
			x = x[:40] + "…"
		}
		return fmt.Sprintf("%q", x)
	}
	return fmt.Sprint(v)
}

func inspectFingerprints(src segment.Source, w io.Writer) error {
	f, err := segment.OpenFingerprints(src)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "fingerprint file: %d bytes, %d entries\n", src.Size(), f.Len())
	if err := f.Check(1 << 32); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, "in order, checksums right")
	return err
}

// inspectLog lists the entries of a log, or those of one of its files.
func inspectLog(ctx context.Context, fsys vfs.FS, dir, file string, w io.Writer) error {
	sum, err := catalog.Walk(ctx, fsys, dir, catalog.WalkOptions{}, func(e catalog.Entry, p catalog.Place) error {
		if file != "" && filepath.Clean(p.File) != filepath.Clean(file) {
			return nil
		}
		return inspectEntry(w, e, p)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no log: %w", dir, err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d versions in %d files, %d bytes, acknowledged up to %d, key %x\n", sum.Version, sum.Files, sum.Bytes, sum.Acknowledged, sum.PublicKey)
	if sum.TornBytes > 0 {
		fmt.Fprintf(w, "%s ends with %d bytes of an entry that is not complete\n", sum.TornFile, sum.TornBytes)
	}
	return nil
}

func inspectEntry(w io.Writer, e catalog.Entry, p catalog.Place) error {
	fmt.Fprintf(w, "version %d  %s  %s\n  at %s offset %d, %d bytes, hash %x\n", e.Version, e.Time.Format(time.RFC3339Nano), e.Reason, filepath.Base(p.File), p.Offset, p.Size, p.Hash)
	for _, s := range e.Add {
		var m segment.Meta
		if err := json.Unmarshal(s.Meta, &m); err != nil {
			fmt.Fprintf(w, "  add segment %s: %v\n", s.ID, err)
			continue
		}
		fmt.Fprintf(w, "  add segment %s: %d rows, %d bytes, SHA-256 %s, Merkle root %s\n", m.ID, m.Rows, m.Bytes, m.SHA256, m.MerkleRoot)
	}
	for _, id := range e.Remove {
		fmt.Fprintf(w, "  remove segment %s\n", id)
	}
	for _, c := range e.Checkpoints {
		fmt.Fprintf(w, "  checkpoint %s/%s etag %s, %d rows\n", c.Source, c.Key, c.ETag, c.Rows)
	}
	keys := make([]string, 0, len(e.Docs))
	for k := range e.Docs {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(w, "  document %s: %s\n", k, shorten(e.Docs[k]))
	}
	return nil
}

func shorten(doc json.RawMessage) string {
	const most = 200
	doc = bytes.TrimSpace(doc)
	if len(doc) == 0 {
		return "deleted"
	}
	if len(doc) > most {
		return fmt.Sprintf("%s… (%d bytes)", bytes.ToValidUTF8(doc[:most], nil), len(doc))
	}
	return string(doc)
}
