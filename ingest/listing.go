package ingest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/ingest/trail"
)

// listing is the objects of an import in the order they are taken. A bucket may
// have millions, so each takes little more than its name and ETag.
type listing struct {
	folders []string
	index   map[string]uint32
	left    []uint32 // objects of the folder that are not imported yet
	chunks  [][]byte // names and ETags, one after the other
	objects []listed
	bytes   int64
}

// listed is one object.
type listed struct {
	size   int64
	chunk  uint32
	at     uint32 // in the chunk: the name, then the ETag
	folder uint32
	day    int32 // of the path; noDate sorts first
	name   uint16
	etag   uint16
}

const (
	noDate    = math.MinInt32
	chunkSize = 1 << 20
)

// list asks the source for the objects the options want and orders them by the day
// of the path, then by key, so that few days of events are open at a time.
func list(ctx context.Context, src Source, o *Options) (*listing, error) {
	l := &listing{index: map[string]uint32{}}
	err := src.List(ctx, o.Prefix, func(obj Object) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		k := trail.ParseKey(obj.Key)
		if !o.wants(&k, obj.Size) || !k.Between(o.Start, o.End) {
			return nil
		}
		return l.add(&k, obj)
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", location(o.Bucket, o.Prefix), err)
	}
	l.index = nil
	slices.SortFunc(l.objects, l.compare)
	return l, nil
}

// wants reports whether the object is one of those that hold the family's events.
func (o *Options) wants(k *trail.Key, size int64) bool {
	if o.Family == event.ConfigurationItem {
		return k.WantedItems(size)
	}
	return k.Wanted(o.Prefix, size)
}

func (l *listing) add(k *trail.Key, obj Object) error {
	if len(k.Name) > math.MaxUint16 || len(obj.ETag) > math.MaxUint16 {
		return fmt.Errorf("object %.80q…: name or ETag too long", obj.Key)
	}
	folder, ok := l.index[k.Folder]
	if !ok {
		folder = uint32(len(l.folders))
		own := strings.Clone(k.Folder)
		l.folders = append(l.folders, own)
		l.left = append(l.left, 0)
		l.index[own] = folder
	}
	l.left[folder]++
	e := listed{size: obj.Size, folder: folder, day: noDate, name: uint16(len(k.Name)), etag: uint16(len(obj.ETag))}
	if !k.Date.IsZero() {
		e.day = int32(k.Date.Unix() / 86400)
	}
	n := len(l.chunks)
	if need := len(k.Name) + len(obj.ETag); n == 0 || len(l.chunks[n-1])+need > cap(l.chunks[n-1]) {
		l.chunks = append(l.chunks, make([]byte, 0, max(chunkSize, need)))
		n++
	}
	c := &l.chunks[n-1]
	e.chunk, e.at = uint32(n-1), uint32(len(*c))
	*c = append(append(*c, k.Name...), obj.ETag...)
	l.objects = append(l.objects, e)
	l.bytes += obj.Size
	return nil
}

func (l *listing) name(e *listed) []byte {
	return l.chunks[e.chunk][e.at:][:e.name]
}

// object returns the i-th object as it was listed.
func (l *listing) object(i int) Object {
	e := &l.objects[i]
	return Object{
		Key:  l.folders[e.folder] + string(l.name(e)),
		Size: e.size,
		ETag: string(l.chunks[e.chunk][int(e.at)+int(e.name):][:e.etag]),
	}
}

// compare orders by day, then by the bytes of the whole key.
func (l *listing) compare(x, y listed) int {
	if x.day != y.day {
		if x.day < y.day {
			return -1
		}
		return 1
	}
	if x.folder == y.folder {
		return slices.Compare(l.name(&x), l.name(&y))
	}
	fx, fy := l.folders[x.folder], l.folders[y.folder]
	if strings.HasPrefix(fx, fy) || strings.HasPrefix(fy, fx) {
		return strings.Compare(fx+string(l.name(&x)), fy+string(l.name(&y)))
	}
	return strings.Compare(fx, fy)
}

// done counts an object of the folder as imported and reports whether it was the
// last.
func (l *listing) done(i int) (completed bool) {
	f := l.objects[i].folder
	l.left[f]--
	return l.left[f] == 0
}

// location names an object or prefix for people.
func location(bucket, key string) string {
	if bucket == "" {
		return key
	}
	return "s3://" + bucket + "/" + key
}
