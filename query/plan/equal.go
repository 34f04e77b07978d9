package plan

import (
	"bytes"

	"github.com/traillake/traillake/query/function"
)

// Equal reports whether two expressions over the same columns are written the
// same: same functions, same operands in the same order. Names that are only
// for the text form, and the numbers of lambdas, do not count.
func Equal(a, b Expr) bool { return equal(a, b, nil) }

// lambdaPair says that lambda a of the one side is lambda b of the other.
type lambdaPair struct {
	a, b int
	next *lambdaPair
}

func equal(a, b Expr, env *lambdaPair) bool {
	switch a := a.(type) {
	case *Column:
		b, ok := b.(*Column)
		return ok && a.Index == b.Index
	case *Outer:
		b, ok := b.(*Outer)
		return ok && a.Index == b.Index
	case *Literal:
		b, ok := b.(*Literal)
		return ok && a.Typ.Equal(b.Typ) && equalValue(a.Value, b.Value)
	case *Call:
		b, ok := b.(*Call)
		return ok && equalFunction(a.Function, b.Function) && equalList(a.Args, b.Args, env)
	case *Lambda:
		b, ok := b.(*Lambda)
		return ok && len(a.Params) == len(b.Params) && equal(a.Body, b.Body, &lambdaPair{a.ID, b.ID, env})
	case *LambdaParam:
		b, ok := b.(*LambdaParam)
		if !ok || a.Index != b.Index {
			return false
		}
		for p := env; p != nil; p = p.next {
			if p.a == a.ID || p.b == b.ID {
				return p.a == a.ID && p.b == b.ID
			}
		}
		return a.ID == b.ID
	case *Cast:
		b, ok := b.(*Cast)
		return ok && a.Try == b.Try && a.Typ.Equal(b.Typ) && equal(a.Expr, b.Expr, env)
	case *Field:
		b, ok := b.(*Field)
		return ok && a.Index == b.Index && equal(a.Expr, b.Expr, env)
	case *Special:
		b, ok := b.(*Special)
		return ok && a.Form == b.Form && a.Typ.Equal(b.Typ) && equalList(a.Args, b.Args, env)
	}
	return false
}

func equalList(a, b []Expr, env *lambdaPair) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !equal(a[i], b[i], env) {
			return false
		}
	}
	return true
}

func equalValue(a, b any) bool {
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	if _, ok := b.([]byte); ok {
		return false
	}
	return a == b
}

func equalFunction(a, b *function.Scalar) bool {
	if a == b {
		return true
	}
	if a.Name != b.Name || a.Volatile || b.Volatile || !a.Result.Equal(b.Result) || len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if !a.Args[i].Equal(b.Args[i]) {
			return false
		}
	}
	return true
}
