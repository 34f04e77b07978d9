package segment

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// kind is what a node of the schema tree is.
type kind uint8

const (
	kindStruct kind = iota
	kindList
	kindMap
	kindUTF8
	kindBinary
	kindBool
	kindInt32
	kindInt64
	kindFloat64
	kindTimestamp
)

func (k kind) isLeaf() bool  { return k >= kindUTF8 }
func (k kind) isBytes() bool { return k == kindUTF8 || k == kindBinary }
func (k kind) isInt() bool   { return k == kindInt32 || k == kindInt64 || k == kindTimestamp }

// node is a field of the schema. Its levels are Parquet's: a value of the field
// is there when the definition level of an entry is at least def.
type node struct {
	name     string // the last step of path
	path     string // with dots, see Layout
	kind     kind
	typ      arrow.DataType
	required bool // only the keys of maps
	fieldID  int
	def      int // definition level at which the field is not NULL
	rep      int // repetition level of the field's own slots: lists and maps above it
	children []*node
	leaves   []*node // below, or itself

	// of leaves
	index          int // among all leaves
	maxDef, maxRep int
	parquetPath    []string
}

// tree is the schema as nodes.
type tree struct {
	schema  *arrow.Schema
	columns []*node
	leaves  []*node
	byPath  map[string]*node
}

func newTree(schema *arrow.Schema, ids map[string]int) (*tree, error) {
	t := &tree{schema: schema, byPath: map[string]*node{}}
	for _, f := range schema.Fields() {
		n, err := t.add(f.Name, f.Name, f.Type, 0, 0, []string{f.Name}, false, ids)
		if err != nil {
			return nil, err
		}
		t.columns = append(t.columns, n)
	}
	if len(t.leaves) == 0 {
		return nil, fmt.Errorf("schema without columns")
	}
	return t, nil
}

func (t *tree) add(name, path string, typ arrow.DataType, def, rep int, pq []string, required bool, ids map[string]int) (*node, error) {
	if _, dup := t.byPath[path]; dup {
		return nil, fmt.Errorf("column %s: the name is used twice", path)
	}
	n := &node{name: name, path: path, typ: typ, required: required, fieldID: ids[path], def: def + 1, rep: rep}
	if required {
		n.def = def
	}
	t.byPath[path] = n
	child := func(name string, typ arrow.DataType, def, rep int, required bool, steps ...string) error {
		sub := append(append([]string(nil), pq...), steps...)
		c, err := t.add(name, path+"."+name, typ, def, rep, sub, required, ids)
		if err != nil {
			return err
		}
		n.children = append(n.children, c)
		n.leaves = append(n.leaves, c.leaves...)
		return nil
	}
	switch typ := typ.(type) {
	case *arrow.StructType:
		n.kind = kindStruct
		if len(typ.Fields()) == 0 {
			return nil, fmt.Errorf("column %s: struct without fields", path)
		}
		for _, f := range typ.Fields() {
			if err := child(f.Name, f.Type, n.def, rep, false, f.Name); err != nil {
				return nil, err
			}
		}
		return n, nil
	case *arrow.MapType:
		n.kind = kindMap
		if typ.KeyType().ID() != arrow.STRING {
			return nil, fmt.Errorf("column %s: map keys of type %s are not supported", path, typ.KeyType())
		}
		if err := child("key", typ.KeyType(), n.def+1, rep+1, true, "key_value", "key"); err != nil {
			return nil, err
		}
		return n, child("value", typ.ItemType(), n.def+1, rep+1, false, "key_value", "value")
	case *arrow.ListType:
		n.kind = kindList
		return n, child("element", typ.Elem(), n.def+1, rep+1, false, "list", "element")
	}
	k, ok := leafKind(typ)
	if !ok {
		return nil, fmt.Errorf("column %s: type %s is not supported", path, typ)
	}
	n.kind, n.index, n.maxDef, n.maxRep, n.parquetPath = k, len(t.leaves), n.def, rep, pq
	n.leaves = []*node{n}
	t.leaves = append(t.leaves, n)
	return n, nil
}

func leafKind(typ arrow.DataType) (kind, bool) {
	switch typ.ID() {
	case arrow.STRING:
		return kindUTF8, true
	case arrow.BINARY:
		return kindBinary, true
	case arrow.BOOL:
		return kindBool, true
	case arrow.INT32:
		return kindInt32, true
	case arrow.INT64:
		return kindInt64, true
	case arrow.FLOAT64:
		return kindFloat64, true
	case arrow.TIMESTAMP:
		ts := typ.(*arrow.TimestampType)
		return kindTimestamp, ts.Unit == arrow.Microsecond && ts.TimeZone == ""
	}
	return 0, false
}

// leafByPath returns the leaf of a path with dots, or nil.
func (t *tree) leafByPath(path string) *node {
	if n := t.byPath[path]; n != nil && n.kind.isLeaf() {
		return n
	}
	return nil
}

// keyOf returns the leaf of the keys of a map whose values are the leaf, or nil.
func (t *tree) keyOf(leaf *node) *node {
	for _, n := range t.byPath {
		if n.kind == kindMap && n.children[1] == leaf {
			return n.children[0]
		}
	}
	return nil
}

// find returns the node of a path, or nil.
func (t *tree) find(path []string) *node { return t.byPath[strings.Join(path, ".")] }

// physical is the Parquet type of a leaf.
func (k kind) physical() format.Type {
	switch k {
	case kindBool:
		return format.Boolean
	case kindInt32:
		return format.Int32
	case kindInt64, kindTimestamp:
		return format.Int64
	case kindFloat64:
		return format.Double
	}
	return format.ByteArray
}

// elements lists the schema as the footer wants it, depth first.
func (t *tree) elements() []format.SchemaElement {
	root := format.SchemaElement{Name: "schema"}
	root.NumChildren.Set(int32(len(t.columns)))
	out := []format.SchemaElement{root}
	for _, n := range t.columns {
		out = n.elements(out)
	}
	return out
}

func (n *node) elements(out []format.SchemaElement) []format.SchemaElement {
	e := format.SchemaElement{Name: n.name, FieldID: int32(n.fieldID)}
	e.RepetitionType.Set(format.Optional)
	if n.required {
		e.RepetitionType.Set(format.Required)
	}
	group := func(name string, children int) {
		g := format.SchemaElement{Name: name}
		g.RepetitionType.Set(format.Repeated)
		g.NumChildren.Set(int32(children))
		out = append(out, g)
	}
	switch n.kind {
	case kindStruct:
		e.NumChildren.Set(int32(len(n.children)))
		out = append(out, e)
	case kindList:
		e.NumChildren.Set(1)
		e.ConvertedType.Set(deprecated.List)
		e.LogicalType = format.LogicalType{Value: &format.ListType{}}
		out = append(out, e)
		group("list", 1)
	case kindMap:
		e.NumChildren.Set(1)
		e.ConvertedType.Set(deprecated.Map)
		e.LogicalType = format.LogicalType{Value: &format.MapType{}}
		out = append(out, e)
		group("key_value", 2)
	default:
		e.Type = thrift.New(n.kind.physical())
		switch n.kind {
		case kindUTF8:
			e.ConvertedType.Set(deprecated.UTF8)
			e.LogicalType = format.LogicalType{Value: &format.StringType{}}
		case kindTimestamp:
			// No ConvertedType: TIMESTAMP_MICROS would mean a time in UTC.
			e.LogicalType = format.LogicalType{Value: &format.TimestampType{
				Unit: format.TimeUnit{Value: &format.MicroSeconds{}},
			}}
		}
		return append(out, e)
	}
	for _, c := range n.children {
		out = c.elements(out)
	}
	return out
}
