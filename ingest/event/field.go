package event

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
)

// kind is how a value becomes a column.
type kind uint8

const (
	text     kind = iota // utf8 from a string
	boolean              // bool from true, false, "true", "false"
	moment               // timestamp from a string, see parseTime
	freeform             // map<utf8,utf8> of an object's top level
	object               // struct of known keys
	objects              // list of struct of known keys
	double               // float64 from a number
	integer              // int32 from a number
	anyText              // utf8: what a string holds, any other value's JSON text
)

// field declares one column or one field of a struct. A field's id is permanent:
// it is written into Parquet files and must never change or be used again.
type field struct {
	id   int
	name string // lower case, as SQL shows it
	key  string // exact key in the record; empty: not read from the record
	kind kind
	key2 int // id of the map's key, or of the list's element
	val2 int // id of the map's value
	// hidden leaves a column out of SELECT *.
	hidden bool
	sub    []field // of object and objects
}

// level is the keys of one JSON object that fill columns.
type level struct {
	path   string // keys from the record's top, with a dot at the end; empty at the top
	index  map[string]int
	folded map[string]int // by lower-case key, to find other spellings
	keys   []string
}

func newLevel(path string, fields []field) *level {
	l := &level{path: path, index: map[string]int{}, folded: map[string]int{}, keys: make([]string, len(fields))}
	for i, f := range fields {
		l.keys[i] = f.key
		if f.key == "" {
			continue
		}
		l.index[f.key] = i
		l.folded[strings.ToLower(f.key)] = i
	}
	return l
}

// Types used more than once. Times have no zone: they are UTC.
var (
	timestampType = &arrow.TimestampType{Unit: arrow.Microsecond}
	mapType       = arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)
)

func (f *field) dataType() arrow.DataType {
	switch f.kind {
	case boolean:
		return arrow.FixedWidthTypes.Boolean
	case moment:
		return timestampType
	case freeform:
		return mapType
	case object:
		return structType(f.sub)
	case objects:
		return arrow.ListOf(structType(f.sub))
	case double:
		return arrow.PrimitiveTypes.Float64
	case integer:
		return arrow.PrimitiveTypes.Int32
	}
	return arrow.BinaryTypes.String
}

func structType(fields []field) *arrow.StructType {
	out := make([]arrow.Field, len(fields))
	for i := range fields {
		out[i] = fields[i].arrow()
	}
	return arrow.StructOf(out...)
}

func (f *field) arrow() arrow.Field {
	return arrow.Field{Name: f.name, Type: f.dataType(), Nullable: true}
}

// register adds the ids of fields and of what lies below them.
func register(ids map[string]int, path string, fields []field) {
	add := func(name string, id int) {
		if id <= 0 {
			panic(fmt.Sprintf("event: field %s has no id", name))
		}
		ids[name] = id
	}
	for _, f := range fields {
		name := path + f.name
		add(name, f.id)
		switch f.kind {
		case freeform:
			add(name+".key", f.key2)
			add(name+".value", f.val2)
		case object:
			register(ids, name+".", f.sub)
		case objects:
			add(name+".element", f.key2)
			register(ids, name+".element.", f.sub)
		}
	}
}
