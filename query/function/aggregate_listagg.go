package function

import (
	"strconv"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// maxListagg is how many bytes LISTAGG joins in Trino: those of a page.
const maxListagg = 1 << 20

// textAggregates are the aggregates that make text. The arguments of listagg are
// the value, the separator, whether overflow is an error, else what stands for
// the rest, and whether the number of values left out follows in brackets
// (https://trino.io/docs/current/functions/aggregate.html#listagg).
var textAggregates = []aggEntry{
	{sig: "listagg(varchar, varchar, boolean, varchar, boolean) varchar", make: listagg},
}

// joined is the values of a group and how to join them, which is the same in every row.
type joined struct {
	values            []string
	separator, filler string
	fail, count       bool
}

func listagg(c *call) func(*Context) Accumulator {
	return func(ctx *Context) Accumulator {
		f := &folder[joined]{ctx: ctx, c: c, fixed: 64}
		f.add = func(s *joined, args []Value, row int) error {
			if types.IsNull(args[0].Array, args[0].Row(row)) {
				return nil
			}
			text := func(i int) string {
				at := args[i].Row(row)
				if types.IsNull(args[i].Array, at) {
					return ""
				}
				return args[i].Array.(*array.String).Value(at)
			}
			yes := func(i int) bool { return args[i].Array.(*array.Boolean).Value(args[i].Row(row)) }
			if s.values == nil {
				s.separator, s.fail, s.filler, s.count = text(1), yes(2), text(3), yes(4)
			}
			v := string([]byte(text(0))) // the array goes
			s.values = append(s.values, v)
			f.bytes += int64(len(v)) + 16
			return nil
		}
		f.merge = func(s, o *joined) error {
			if len(o.values) == 0 {
				return nil
			}
			values := s.values
			*s = *o
			s.values = append(values[:len(values):len(values)], o.values...)
			f.bytes += int64(len(o.values)) * 16
			return nil
		}
		f.emit = func(b array.Builder, s *joined) error {
			if s.values == nil {
				b.AppendNull()
				return nil
			}
			text, err := s.join()
			b.(*array.StringBuilder).Append(text)
			return err
		}
		return f
	}
}

func (s *joined) join() (string, error) {
	var out []byte
	for i, v := range s.values {
		separator := s.separator
		if i == 0 {
			separator = ""
		}
		if len(out)+len(separator)+len(v) <= maxListagg {
			out = append(append(out, separator...), v...)
			continue
		}
		if s.fail {
			return "", ast.Errorf(ast.ExceededFunctionMemory, ast.Span{}, "Concatenated string has the length in bytes larger than the maximum output length %d", maxListagg)
		}
		out = append(append(out, separator...), s.filler...)
		if s.count {
			out = append(out, "("+strconv.Itoa(len(s.values)-i)+")"...)
		}
		break
	}
	return string(out), nil
}
