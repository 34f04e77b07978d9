package function

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function/jsonpath"
	"github.com/traillake/traillake/query/types"
)

// JSONClauses is what a call of json_exists, json_value or json_query says
// besides its input and path. The functions that evaluate it take it as text.
type JSONClauses struct {
	OnEmpty string `json:"onEmpty,omitempty"` // NULL, ERROR, EMPTY ARRAY, EMPTY OBJECT; DEFAULT is NULL here
	OnError string `json:"onError,omitempty"` // as OnEmpty; TRUE, FALSE, UNKNOWN, ERROR of json_exists
	Wrapper bool   `json:"wrapper,omitempty"` // WITH [UNCONDITIONAL] ARRAY WRAPPER
	// Conditional is WITH CONDITIONAL ARRAY WRAPPER.
	Conditional bool         `json:"conditional,omitempty"`
	OmitQuotes  bool         `json:"omitQuotes,omitempty"`
	Passing     []JSONPassed `json:"passing,omitempty"`
}

// JSONPassed is a value given to a path.
type JSONPassed struct {
	Name string `json:"name"`
	JSON bool   `json:"json,omitempty"` // FORMAT JSON
}

// Text is the form that the functions take.
func (c JSONClauses) Text() string {
	text, _ := json.Marshal(c) // strings and booleans always have a form
	return string(text)
}

// The functions behind the SQL/JSON forms take the input, the path, the clauses,
// and what PASSING names. "$json_value" takes a NULL of the type to return
// before those; "$json_state" tells which of its rows have no value: 1 for none,
// 2 for an error.
var jsonQueryFunctions = []entry{
	{sig: "$json_exists(varchar, varchar, varchar, any...) boolean", make: jsonExists},
	{sig: "$json_query(varchar, varchar, varchar, any...) varchar", make: jsonQuery},
	{sig: "$json_value(varchar, varchar, varchar, T, any...) T", make: jsonValue},
	{sig: "$json_state(varchar, varchar, varchar, T, any...) bigint", make: jsonState},
}

// JSONPath checks the text of a path and returns the parameters that it reads.
// Errors are *jsonpath.Error.
func JSONPath(text string) ([]string, error) {
	p, err := jsonpath.Compile(text)
	if err != nil {
		return nil, err
	}
	return p.Names(), nil
}

// jsonCall is a call with its constants read.
type jsonCall struct {
	path    *jsonpath.Path
	clauses JSONClauses
}

// jsonRows evaluates the path of a call for rows.
type jsonRows struct {
	jsonCall
	input  column[string]
	passed []Value
	types  []types.Type
}

// errNoItem marks a path that selects nothing.
var errNoItem = errors.New("no item")

func newJSONRows(c *call, args []Value, first int, cache *compiled[jsonCall]) (*jsonRows, error) {
	path, clauses := columnOf[string](args[1]).at(0), columnOf[string](args[2]).at(0)
	fixed, err := cache.get(path+"\n"+clauses, func(string) (jsonCall, error) {
		var out jsonCall
		var err error
		if out.path, err = jsonpath.Compile(path); err != nil {
			return out, invalidArgument("%s", err.Error())
		}
		return out, json.Unmarshal([]byte(clauses), &out.clauses)
	})
	return &jsonRows{fixed, columnOf[string](args[0]), args[first:], c.args[first:]}, err
}

// items are what the path selects in a row; errNull for an input of NULL.
func (r *jsonRows) items(row int) ([]jsonpath.Item, error) {
	if r.input.null(row) {
		return nil, errNull
	}
	root, err := jsonpath.ParseJSON(r.input.at(row))
	if err != nil {
		return nil, fault(ast.JSONInputConversion, "conversion to JSON failed: %s", err.Error())
	}
	values := make(map[string]jsonpath.Item, len(r.passed))
	for i, v := range r.passed {
		item := jsonItem(r.types[i], v.Array, v.Row(row))
		if text, ok := item.(string); ok && r.clauses.Passing[i].JSON {
			if item, err = jsonpath.ParseJSON(text); err != nil {
				return nil, fault(ast.JSONInputConversion, "conversion to JSON failed: %s", err.Error())
			}
		}
		values[r.clauses.Passing[i].Name] = item
	}
	found, err := r.path.Eval(root, values)
	if err != nil {
		return nil, fault(ast.PathEvaluation, "path evaluation failed: %s", err.Error())
	}
	return found, nil
}

// jsonItem is an SQL value as an item; the binder has refused other types.
func jsonItem(t types.Type, arr arrow.Array, at int) jsonpath.Item {
	switch {
	case types.IsNull(arr, at):
		return nil
	case t.IsInteger():
		return types.Int64At(arr, at)
	case t.Kind == types.Decimal:
		return jsonpath.Decimal{Unscaled: arr.(*array.Decimal128).Value(at).BigInt(), Scale: t.Scale}
	}
	return box(arr, at)
}

func jsonExists(c *call) Kernel {
	var cache compiled[jsonCall]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		r, err := newJSONRows(c, args, 3, &cache)
		if err != nil {
			return nil, err
		}
		return each(ctx, c, rows, func(i int) (bool, error) {
			found, err := r.items(i)
			if err == nil || errors.Is(err, errNull) {
				return len(found) > 0, err
			}
			switch r.clauses.OnError {
			case "ERROR":
				return false, err
			case "UNKNOWN":
				return false, errNull
			}
			return r.clauses.OnError == "TRUE", nil
		})
	}
}

func jsonQuery(c *call) Kernel {
	var cache compiled[jsonCall]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		r, err := newJSONRows(c, args, 3, &cache)
		if err != nil {
			return nil, err
		}
		return each(ctx, c, rows, func(i int) (string, error) {
			found, err := r.items(i)
			if errors.Is(err, errNull) {
				return "", err
			}
			behavior := r.clauses.OnError
			if err == nil && len(found) == 0 {
				err, behavior = fault(ast.JSONOutputConversion, "conversion from JSON failed: JSON path found no items"), r.clauses.OnEmpty
			}
			if err == nil {
				var out string
				if out, err = r.text(found); err == nil {
					return out, nil
				}
			}
			switch behavior {
			case "ERROR":
				return "", err
			case "EMPTY ARRAY":
				return "[]", nil
			case "EMPTY OBJECT":
				return "{}", nil
			}
			return "", errNull
		})
	}
}

// text writes what a path selected, wrapped as the call says.
func (r *jsonRows) text(found []jsonpath.Item) (string, error) {
	var whole jsonpath.Item = found
	if len(found) == 1 && !r.clauses.Wrapper {
		whole = found[0]
		if r.clauses.Conditional {
			switch whole.(type) {
			case []jsonpath.Item, jsonpath.Object:
			default:
				whole = found
			}
		}
	} else if !r.clauses.Wrapper && !r.clauses.Conditional {
		return "", fault(ast.JSONOutputConversion, "conversion from JSON failed: JSON path found multiple items")
	}
	if text, ok := whole.(string); ok && r.clauses.OmitQuotes {
		return text, nil
	}
	return string(appendItem(nil, whole)), nil
}

// appendItem writes an item as JSON text.
func appendItem(dst []byte, item jsonpath.Item) []byte {
	return jsonpath.Append(dst, item, appendJSONString, func(dst []byte, v float64) []byte {
		return appendJSONNumber(dst, strconv.FormatFloat(v, 'e', -1, 64), false)
	})
}

// jsonScalars turns items into values of the type that json_value returns.
type jsonScalars struct {
	*jsonRows
	ctx   *Context
	to    types.Type
	casts map[types.Kind]Kernel
}

// value is the item of a row as an array of one value; errNull, errNoItem, or why there is none.
func (s *jsonScalars) value(row int) (arrow.Array, error) {
	found, err := s.items(row)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, errNoItem
	case len(found) > 1:
		return nil, jsonValueFault("JSON path found multiple items")
	case found[0] == nil:
		return nil, errNull
	}
	t, b := s.scalar(found[0])
	if b == nil {
		return nil, jsonValueFault("JSON path found an item that cannot be converted to an SQL value")
	}
	one := b.NewArray()
	b.Release()
	if t.Equal(s.to) {
		return one, nil
	}
	defer one.Release()
	kernel, known := s.casts[t.Kind]
	if !known {
		if kernel, err = Cast(t, s.to); err != nil {
			kernel = nil
		}
		s.casts[t.Kind] = kernel
	}
	if kernel != nil {
		var out arrow.Array
		if out, err = kernel(s.ctx, []Value{{Array: one}}, 1); err == nil {
			return out, nil
		}
	}
	return nil, jsonValueFault("Cannot cast value of type " + t.String() + " to declared return type of function JSON_VALUE: " + s.to.String())
}

func jsonValueFault(why string) error {
	return fault(ast.JSONValueResult, "cannot extract SQL scalar from JSON: %s", why)
}

// scalar is a builder that holds the item; nil when it is no scalar.
func (s *jsonScalars) scalar(item jsonpath.Item) (types.Type, array.Builder) {
	make := func(t types.Type) array.Builder { return array.NewBuilder(s.ctx.Mem, t.Arrow()) }
	switch v := item.(type) {
	case bool:
		b := make(types.BooleanType)
		b.(*array.BooleanBuilder).Append(v)
		return types.BooleanType, b
	case string:
		b := make(types.VarcharType)
		b.(*array.StringBuilder).Append(v)
		return types.VarcharType, b
	case int64:
		b := make(types.BigIntType)
		b.(*array.Int64Builder).Append(v)
		return types.BigIntType, b
	case float64:
		b := make(types.DoubleType)
		b.(*array.Float64Builder).Append(v)
		return types.DoubleType, b
	case jsonpath.Decimal:
		if v.Scale > types.MaxDecimalPrecision || v.Unscaled.CmpAbs(pow10(types.MaxDecimalPrecision)) >= 0 {
			return types.Type{}, nil
		}
		t := types.DecimalOf(types.MaxDecimalPrecision, v.Scale)
		b := make(t)
		b.(*array.Decimal128Builder).Append(decimal128.FromBigInt(v.Unscaled))
		return t, b
	}
	return types.Type{}, nil
}

func jsonValue(c *call) Kernel {
	var cache compiled[jsonCall]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		r, err := newJSONRows(c, args, 4, &cache)
		if err != nil {
			return nil, err
		}
		s := &jsonScalars{jsonRows: r, ctx: ctx, to: c.result, casts: map[types.Kind]Kernel{}}
		parts := make([]arrow.Array, 0, rows)
		defer func() { releaseAll(parts) }()
		for i := range rows {
			v, err := s.value(i)
			behavior := r.clauses.OnError
			if errors.Is(err, errNoItem) {
				err, behavior = jsonValueFault("JSON path found no items"), r.clauses.OnEmpty
			}
			switch {
			case err == nil:
				parts = append(parts, v)
			case behavior == "ERROR" && !errors.Is(err, errNull):
				return nil, err
			default:
				parts = append(parts, allNull(ctx, c.result, 1))
			}
		}
		if rows == 0 {
			return allNull(ctx, c.result, 0), nil
		}
		return array.Concatenate(parts, ctx.Mem)
	}
}

func jsonState(c *call) Kernel {
	var cache compiled[jsonCall]
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		r, err := newJSONRows(c, args, 4, &cache)
		if err != nil {
			return nil, err
		}
		s := &jsonScalars{jsonRows: r, ctx: ctx, to: c.args[3], casts: map[types.Kind]Kernel{}}
		return each(ctx, c, rows, func(i int) (int64, error) {
			v, err := s.value(i)
			switch {
			case err == nil:
				v.Release()
				return 0, nil
			case errors.Is(err, errNull):
				return 0, nil
			case errors.Is(err, errNoItem):
				return 1, nil
			}
			return 2, nil
		})
	}
}
