package function

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query/types"
)

// The tests' own small SQL: literals, calls, operators, casts, ARRAY, MAP, ROW,
// lambdas. It shares nothing with the real parser and binder.

// shape is how literals are handed to kernels.
type shape int

const (
	constant shape = iota // one element, Const
	repeated              // one element per row
	sliced                // the same at an offset, with other values around it
)

// frame is what an expression may refer to while it runs.
type frame struct {
	ctx   *Context
	shape shape
	rows  int
	vars  map[string]arrow.Array
	free  *[]arrow.Array // released at the end
}

func (f *frame) keep(a arrow.Array) arrow.Array {
	*f.free = append(*f.free, a)
	return a
}

// expr is a typed expression of the tests.
type expr struct {
	typ    types.Type
	eval   func(f *frame) (Value, error)
	lambda *lambdaExpr
}

type lambdaExpr struct {
	params []string
	body   func(c *compiler, scope map[string]types.Type) expr
	// set by resolution
	typed expr
}

type compiler struct {
	toks []string
	pos  int
}

func lexSQL(s string) []string {
	var toks []string
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\n' || c == '\t':
			i++
		case c == '\'':
			j := i + 1
			for j < len(s) && (s[j] != '\'' || j+1 < len(s) && s[j+1] == '\'') {
				if s[j] == '\'' {
					j++
				}
				j++
			}
			toks = append(toks, s[i:j+1])
			i = j + 1
		case c >= '0' && c <= '9':
			j := i
			for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == '.' || s[j] == 'e' || s[j] == 'E' || (s[j] == '-' || s[j] == '+') && (s[j-1] == 'e' || s[j-1] == 'E')) {
				j++
			}
			toks = append(toks, s[i:j])
			i = j
		case c == '_' || c == '$' || unicode.IsLetter(rune(c)):
			j := i
			for j < len(s) && (s[j] == '_' || s[j] == '$' || unicode.IsLetter(rune(s[j])) || s[j] >= '0' && s[j] <= '9') {
				j++
			}
			toks = append(toks, s[i:j])
			i = j
		default:
			n := 1
			if i+1 < len(s) && slices.Contains([]string{"->", "<>", "<=", ">=", "||"}, s[i:i+2]) {
				n = 2
			}
			toks = append(toks, s[i:i+n])
			i += n
		}
	}
	return append(toks, "")
}

func (c *compiler) peek() string { return c.toks[c.pos] }

func (c *compiler) word(words ...string) bool {
	for i, w := range words {
		if c.pos+i >= len(c.toks) || !strings.EqualFold(c.toks[c.pos+i], w) {
			return false
		}
	}
	c.pos += len(words)
	return true
}

func (c *compiler) expect(w string) {
	if !c.word(w) {
		panic(fmt.Errorf("%q expected, %q found", w, c.peek()))
	}
}

var precedence = map[string]int{
	"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "like": 1, "+": 2, "-": 2, "||": 2, "*": 3, "/": 3, "%": 3,
}

func (c *compiler) binary(scope map[string]types.Type, least int) expr {
	left := c.unary(scope)
	for {
		op := strings.ToLower(c.peek())
		if c.word("is", "distinct", "from") {
			left = c.call("is distinct from", []expr{left, c.binary(scope, 2)})
			continue
		}
		p, ok := precedence[op]
		if !ok || p < least {
			return left
		}
		c.pos++
		args := []expr{left, c.binary(scope, p+1)}
		if op == "like" && c.word("escape") {
			args = append(args, c.binary(scope, p+1))
		}
		left = c.call(op, args)
	}
}

func (c *compiler) unary(scope map[string]types.Type) expr {
	if c.word("-") {
		return c.call("negate", []expr{c.unary(scope)})
	}
	e := c.primary(scope)
	for {
		switch {
		case c.word("["):
			index := c.binary(scope, 1)
			c.expect("]")
			e = c.call("[]", []expr{e, index})
		case c.word("at", "time", "zone"):
			e = c.call("at_timezone", []expr{e, c.primary(scope)})
		default:
			return e
		}
	}
}

func (c *compiler) primary(scope map[string]types.Type) expr {
	tok := c.peek()
	switch {
	case tok == "(":
		if l, ok := c.lambda(); ok {
			return l
		}
		c.pos++
		e := c.binary(scope, 1)
		c.expect(")")
		return e
	case tok[0] == '\'':
		c.pos++
		text := strings.ReplaceAll(tok[1:len(tok)-1], "''", "'")
		return literal(types.VarcharOf(int(codePoints(text))), text)
	case tok[0] >= '0' && tok[0] <= '9':
		c.pos++
		return number(tok)
	case c.word("null"):
		return expr{typ: types.UnknownType, eval: func(f *frame) (Value, error) { return f.shaped(array.NewNull(1)), nil }}
	case c.word("true"), c.word("false"):
		return castTo(literal(types.VarcharType, strings.ToLower(tok)), types.BooleanType, false)
	case c.word("array", "["):
		return c.makeArray(scope)
	case c.word("row", "("):
		return c.makeRow(scope)
	case c.word("interval"):
		return c.interval()
	}
	if next := c.toks[c.pos+1]; next == "->" {
		l, _ := c.lambda()
		return l
	} else if strings.HasPrefix(next, "'") || c.typeBefore() {
		return c.typed()
	}
	c.pos++
	if c.word("(") {
		return c.function(scope, strings.ToLower(tok))
	}
	if t, ok := scope[tok]; ok {
		return expr{typ: t, eval: func(f *frame) (Value, error) { return Value{Array: f.vars[tok]}, nil }}
	}
	if strings.HasPrefix(strings.ToLower(tok), "current_") || strings.HasPrefix(strings.ToLower(tok), "local") {
		return c.call(strings.ToLower(tok), nil)
	}
	panic(fmt.Errorf("unknown name %q", tok))
}

// typeBefore tells a literal such as timestamp(3) '…' from a call.
func (c *compiler) typeBefore() bool {
	return c.toks[c.pos+1] == "(" && c.pos+4 < len(c.toks) && c.toks[c.pos+3] == ")" && strings.HasPrefix(c.toks[c.pos+4], "'")
}

func (c *compiler) typed() expr {
	name := ""
	for !strings.HasPrefix(c.peek(), "'") {
		name += c.peek()
		c.pos++
	}
	text := c.primary(nil)
	switch strings.ToLower(name) {
	case "json":
		return c.call("json_parse", []expr{text})
	case "x":
		return c.call("from_hex", []expr{text})
	case "timestamp":
		return castTo(text, timestampLiteralType(c.toks[c.pos-1]), false)
	}
	t, err := types.Parse(name)
	if err != nil {
		panic(err)
	}
	return castTo(text, t, false)
}

// timestampLiteralType has a zone when the text does and the precision of its fraction.
func timestampLiteralType(tok string) types.Type {
	text := tok[1 : len(tok)-1]
	if c, ok := readTimestamp(text); ok && c.zone != "" {
		return types.TimestampTZType
	}
	return types.TimestampType
}

func (c *compiler) interval() expr {
	text := strings.Trim(c.peek(), "'")
	c.pos++
	unit := strings.ToLower(c.peek())
	c.pos++
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	millis := map[string]float64{"day": 86400000, "hour": 3600000, "minute": 60000, "second": 1000}
	if size, ok := millis[unit]; ok {
		return boxed(types.IntervalDaySecondType, int64(n*size))
	}
	return boxed(types.IntervalYearMonthType, int64(n)*map[string]int64{"month": 1, "year": 12}[unit])
}

func (c *compiler) lambda() (expr, bool) {
	start := c.pos
	var params []string
	if c.word("(") {
		for !c.word(")") {
			params = append(params, c.peek())
			c.pos++
			c.word(",")
		}
	} else {
		params = []string{c.peek()}
		c.pos++
	}
	if !c.word("->") {
		c.pos = start
		return expr{}, false
	}
	from := c.pos
	depth := 0
	for {
		t := c.peek()
		if t == "" || depth == 0 && (t == "," || t == ")" || t == "]") {
			break
		}
		if t == "(" || t == "[" {
			depth++
		}
		if t == ")" || t == "]" {
			depth--
		}
		c.pos++
	}
	toks := append(slices.Clone(c.toks[from:c.pos]), "")
	return expr{lambda: &lambdaExpr{params: params, body: func(_ *compiler, scope map[string]types.Type) expr {
		inner := &compiler{toks: toks}
		return inner.binary(scope, 1)
	}}}, true
}

func (c *compiler) function(scope map[string]types.Type, name string) expr {
	var args []expr
	if name == "cast" || name == "try_cast" {
		e := c.binary(scope, 1)
		c.expect("as")
		text := ""
		for depth := 0; depth > 0 || c.peek() != ")"; c.pos++ {
			switch c.peek() {
			case "(":
				depth++
			case ")":
				depth--
			}
			text += " " + c.peek()
		}
		c.expect(")")
		t, err := types.Parse(text)
		if err != nil {
			panic(err)
		}
		return castTo(e, t, name == "try_cast")
	}
	for !c.word(")") {
		args = append(args, c.binary(scope, 1))
		c.word(",")
	}
	return c.callScoped(scope, name, args)
}

func (c *compiler) call(name string, args []expr) expr { return c.callScoped(nil, name, args) }

// callScoped resolves a function and casts its arguments.
func (c *compiler) callScoped(scope map[string]types.Type, name string, args []expr) expr {
	known := make([]Arg, len(args))
	for i, a := range args {
		known[i] = Arg{Type: a.typ}
		if a.lambda != nil {
			known[i].LambdaParams = len(a.lambda.params)
		}
	}
	bind := func(i int, params []types.Type) (types.Type, error) {
		inner := map[string]types.Type{}
		for k, t := range scope {
			inner[k] = t
		}
		for k, p := range args[i].lambda.params {
			inner[p] = params[k]
		}
		args[i].lambda.typed = args[i].lambda.body(c, inner)
		return args[i].lambda.typed.typ, nil
	}
	s, err := Resolve(name, known, bind)
	if err != nil {
		panic(err)
	}
	for i, want := range s.Args {
		if args[i].lambda == nil {
			args[i] = castTo(args[i], want, false)
		} else {
			args[i].lambda.typed = castTo(args[i].lambda.typed, *want.Elem, false)
		}
	}
	return expr{typ: s.Result, eval: func(f *frame) (Value, error) {
		values := make([]Value, len(args))
		for i, a := range args {
			if a.lambda != nil {
				values[i] = Value{Lambda: runLambda(f, a.lambda)}
				continue
			}
			v, err := a.eval(f)
			if err != nil {
				return Value{}, err
			}
			values[i] = v
		}
		out, err := s.Kernel(f.ctx, values, f.rows)
		if err != nil {
			return Value{}, err
		}
		if out.Len() != f.rows {
			return Value{}, fmt.Errorf("%s gave %d rows, not %d", name, out.Len(), f.rows)
		}
		if !arrow.TypeEqual(out.DataType(), s.Result.Arrow()) {
			return Value{}, fmt.Errorf("%s gave %s, not %s", name, out.DataType(), s.Result.Arrow())
		}
		return Value{Array: f.keep(out)}, nil
	}}
}

func runLambda(f *frame, l *lambdaExpr) Lambda {
	return func(params []arrow.Array, rows []int32) (arrow.Array, error) {
		inner := *f
		inner.rows = len(rows)
		inner.vars = map[string]arrow.Array{}
		for name, arr := range f.vars {
			inner.vars[name] = f.keep(types.Take(f.ctx.Mem, arr, rows))
		}
		for i, p := range l.params {
			inner.vars[p] = params[i]
		}
		v, err := l.typed.eval(&inner)
		if err != nil {
			return nil, err
		}
		if v.Const {
			return types.Take(f.ctx.Mem, v.Array, make([]int32, len(rows))), nil
		}
		v.Array.Retain()
		return v.Array, nil
	}
}

func castTo(e expr, t types.Type, try bool) expr {
	if e.typ.Equal(t) {
		return e
	}
	k, err := Cast(e.typ, t)
	if err != nil {
		panic(err)
	}
	return expr{typ: t, eval: func(f *frame) (Value, error) {
		v, err := e.eval(f)
		if err != nil {
			return v, err
		}
		out, err := k(f.ctx, []Value{v}, f.rows)
		if err != nil && try {
			out, err = allNull(f.ctx, t, f.rows), nil
		}
		if err != nil {
			return Value{}, err
		}
		return Value{Array: f.keep(out)}, nil
	}}
}

func number(tok string) expr {
	switch {
	case strings.ContainsAny(tok, "eE"):
		return castTo(literal(types.VarcharType, tok), types.DoubleType, false)
	case strings.Contains(tok, "."):
		whole, fraction, _ := strings.Cut(tok, ".")
		return castTo(literal(types.VarcharType, tok), types.DecimalOf(max(len(strings.TrimLeft(whole, "0")), 0)+len(fraction), len(fraction)), false)
	}
	n, err := strconv.ParseInt(tok, 10, 64)
	if err != nil {
		panic(err)
	}
	if n == int64(int32(n)) {
		return boxed(types.IntegerType, n)
	}
	return boxed(types.BigIntType, n)
}
