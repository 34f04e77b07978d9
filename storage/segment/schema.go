package segment

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/parquet-go/parquet-go/format"
)

// treeOf rebuilds the tree from the schema of a footer. Only schemas that this
// package writes are accepted.
func treeOf(elements []format.SchemaElement) (*tree, error) {
	p := schemaParser{rest: elements, ids: map[string]int{}}
	root, err := p.next()
	if err != nil {
		return nil, err
	}
	var fields []arrow.Field
	for range root.NumChildren.V {
		f, err := p.field("")
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	if len(p.rest) > 0 {
		return nil, fmt.Errorf("schema has %d elements too many", len(p.rest))
	}
	t, err := newTree(arrow.NewSchema(fields, nil), p.ids)
	if err != nil {
		return nil, err
	}
	return t, sameElements(t.elements(), elements)
}

// sameElements makes sure that the levels and paths that follow from the tree
// are those of the file.
func sameElements(want, got []format.SchemaElement) error {
	if len(want) != len(got) {
		return fmt.Errorf("schema has %d elements, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if w.Name != g.Name && i > 0 || w.RepetitionType != g.RepetitionType || w.Type != g.Type || w.NumChildren != g.NumChildren {
			return fmt.Errorf("schema element %d, %q: not of the form that segments have", i, g.Name)
		}
	}
	return nil
}

type schemaParser struct {
	rest  []format.SchemaElement
	ids   map[string]int
	depth int
}

func (p *schemaParser) next() (format.SchemaElement, error) {
	if len(p.rest) == 0 {
		return format.SchemaElement{}, fmt.Errorf("schema ends early")
	}
	e := p.rest[0]
	p.rest = p.rest[1:]
	if e.NumChildren.V < 0 || int(e.NumChildren.V) > len(p.rest) {
		return e, fmt.Errorf("schema element %q has %d children", e.Name, e.NumChildren.V)
	}
	return e, nil
}

const maxDepth = 64

// field parses an element and what is below it. prefix is the path above with a dot.
func (p *schemaParser) field(prefix string) (arrow.Field, error) {
	if p.depth++; p.depth > maxDepth {
		return arrow.Field{}, fmt.Errorf("schema is nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	e, err := p.next()
	if err != nil {
		return arrow.Field{}, err
	}
	path := prefix + e.Name
	if e.FieldID != 0 {
		p.ids[path] = int(e.FieldID)
	}
	typ, err := p.dataType(e, path)
	return arrow.Field{Name: e.Name, Type: typ, Nullable: true}, err
}

func (p *schemaParser) dataType(e format.SchemaElement, path string) (arrow.DataType, error) {
	switch l := e.LogicalType.Value.(type) {
	case *format.ListType:
		if _, err := p.next(); err != nil {
			return nil, err
		}
		f, err := p.field(path + ".")
		if err != nil {
			return nil, err
		}
		return arrow.ListOf(f.Type), nil
	case *format.MapType:
		if _, err := p.next(); err != nil {
			return nil, err
		}
		k, err := p.field(path + ".")
		if err != nil {
			return nil, err
		}
		v, err := p.field(path + ".")
		if err != nil {
			return nil, err
		}
		return arrow.MapOf(k.Type, v.Type), nil
	case *format.StringType:
		return arrow.BinaryTypes.String, nil
	case *format.TimestampType:
		if _, micros := l.Unit.Value.(*format.MicroSeconds); !micros || l.IsAdjustedToUTC {
			return nil, fmt.Errorf("column %s: %s", path, l)
		}
		return &arrow.TimestampType{Unit: arrow.Microsecond}, nil
	}
	if e.NumChildren.V > 0 {
		var fields []arrow.Field
		for range e.NumChildren.V {
			f, err := p.field(path + ".")
			if err != nil {
				return nil, err
			}
			fields = append(fields, f)
		}
		return arrow.StructOf(fields...), nil
	}
	if !e.Type.Valid {
		return nil, fmt.Errorf("column %s has no type", path)
	}
	switch e.Type.V {
	case format.Boolean:
		return arrow.FixedWidthTypes.Boolean, nil
	case format.Int32:
		return arrow.PrimitiveTypes.Int32, nil
	case format.Int64:
		return arrow.PrimitiveTypes.Int64, nil
	case format.Double:
		return arrow.PrimitiveTypes.Float64, nil
	case format.ByteArray:
		return arrow.BinaryTypes.Binary, nil
	}
	return nil, fmt.Errorf("column %s: physical type %s is not supported", path, e.Type.V)
}
