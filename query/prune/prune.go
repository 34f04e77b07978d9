// Package prune decides from statistics whether a part of a table can hold a
// row that satisfies a predicate. "Cannot match" is a proof; everything that is
// not understood, not known or not certain may match.
//
// It knows nothing of files: what has statistics is whatever the caller asks
// about, a whole segment or one row group.
package prune

import "github.com/traillake/traillake/query/plan"

// Stats are the statistics of one part of a table. Values are those of
// plan.Literal. Safe for as many calls at once as the implementation says;
// MayMatch makes them one after another.
type Stats interface {
	// Range bounds the non-NULL values: min <= value <= max. The bounds need not
	// occur, so a truncated maximum must have been rounded up. ok is false when
	// nothing is known.
	Range(plan.ColumnPath) (min, max any, ok bool)
	// Nulls tells how many of the rows are NULL.
	Nulls(plan.ColumnPath) (nulls, rows int64, ok bool)
	// MayContain is false only when no row has that value.
	MayContain(path plan.ColumnPath, value any) bool
}

// TextStats is an optional ability of Stats.
type TextStats interface {
	// MayHold is false only when no text of a varchar column, or no value of a map
	// or of the key of one, has the given text in it.
	MayHold(path plan.ColumnPath, text string) bool
}

// MayMatch reports whether a row can satisfy all conjuncts. A plan.Column in
// them is an index into cols, as in a plan.ScanRequest.
func MayMatch(conjuncts []plan.Expr, cols []plan.ColumnPath, stats Stats) bool {
	p := &pruner{cols: cols, stats: stats}
	for _, c := range conjuncts {
		if !p.condition(c).canBeTrue || !p.mayHoldTexts(c) {
			return false
		}
	}
	return true
}

// outcome says which results of a condition are possible. NULL is neither.
type outcome struct {
	canBeTrue, canBeFalse bool
}

// anything is the outcome of what is not understood.
var anything = outcome{true, true}

// never is the outcome of a condition that is NULL on every row.
var never = outcome{}

type pruner struct {
	cols  []plan.ColumnPath
	stats Stats
}

// condition finds the possible outcomes of a boolean expression.
func (p *pruner) condition(e plan.Expr) outcome {
	switch e := e.(type) {
	case *plan.Literal:
		v, ok := e.Value.(bool)
		return outcome{canBeTrue: ok && v, canBeFalse: ok && !v}
	case *plan.Special:
		return p.form(e)
	case *plan.Call:
		return p.call(e)
	case *plan.Column, *plan.Field:
		if q, test := p.tested(e); test != nil {
			return q.condition(test)
		}
		return p.compare("=", e, &plan.Literal{Value: true, Typ: e.Type()})
	}
	return anything
}

// tested returns the condition that an expression has been decided by, and the
// pruner to decide it; nil when it is read as it is.
func (p *pruner) tested(e plan.Expr) (*pruner, plan.Expr) {
	c, ok := e.(*plan.Column)
	if !ok || c.Index < 0 || c.Index >= len(p.cols) || p.cols[c.Index].Test == nil {
		return nil, nil
	}
	path := p.cols[c.Index]
	test := path.Test
	plan.ColumnsOf(test, func(of *plan.Column) { path.Type = of.Typ })
	path.Test = nil
	return &pruner{cols: []plan.ColumnPath{path}, stats: p.stats}, test
}

func (p *pruner) form(e *plan.Special) outcome {
	switch e.Form {
	case plan.And:
		out := outcome{canBeTrue: true}
		for _, a := range e.Args {
			o := p.condition(a)
			out.canBeTrue = out.canBeTrue && o.canBeTrue
			out.canBeFalse = out.canBeFalse || o.canBeFalse
		}
		return out
	case plan.Or:
		out := outcome{canBeFalse: true}
		for _, a := range e.Args {
			o := p.condition(a)
			out.canBeTrue = out.canBeTrue || o.canBeTrue
			out.canBeFalse = out.canBeFalse && o.canBeFalse
		}
		return out
	case plan.Not:
		return not(p.condition(e.Args[0]))
	case plan.IsNull:
		return p.isNull(e.Args[0])
	case plan.Between:
		low := p.compare(">=", e.Args[0], e.Args[1])
		high := p.compare("<=", e.Args[0], e.Args[2])
		return outcome{low.canBeTrue && high.canBeTrue, low.canBeFalse || high.canBeFalse}
	case plan.In:
		return p.in(e.Args[0], e.Args[1:])
	}
	return anything
}

func not(o outcome) outcome { return outcome{canBeTrue: o.canBeFalse, canBeFalse: o.canBeTrue} }

func (p *pruner) call(e *plan.Call) outcome {
	switch name := e.Function.Name; name {
	case "=", "<>", "<", "<=", ">", ">=":
		return p.compare(name, e.Args[0], e.Args[1])
	case "is distinct from":
		return p.distinct(e.Args[0], e.Args[1])
	case "like":
		return p.like(e)
	case "starts_with":
		if prefix, ok := text(e.Args[1]); ok {
			return p.prefix(e.Args[0], prefix, true)
		}
	}
	return anything
}

// in is a chain of equations; one with NULL in its list is never false.
func (p *pruner) in(value plan.Expr, list []plan.Expr) outcome {
	out := outcome{canBeFalse: true}
	for _, item := range list {
		o := p.compare("=", value, item)
		out.canBeTrue = out.canBeTrue || o.canBeTrue
		out.canBeFalse = out.canBeFalse && o.canBeFalse
	}
	return out
}

func (p *pruner) isNull(e plan.Expr) outcome {
	path, ok := p.path(e)
	if !ok {
		return anything
	}
	nulls, rows, ok := p.stats.Nulls(path)
	if !ok {
		return anything
	}
	return outcome{canBeTrue: nulls > 0, canBeFalse: nulls < rows}
}

// distinct is <> that holds NULL for a value like any other.
func (p *pruner) distinct(a, b plan.Expr) outcome {
	if isNullLiteral(a) {
		a, b = b, a
	}
	if isNullLiteral(b) {
		return not(p.isNull(a))
	}
	o := p.compare("<>", a, b)
	if p.mayBeNull(a) || p.mayBeNull(b) {
		// NULL beside a value is distinct; NULL beside NULL is not.
		o.canBeTrue = true
		o.canBeFalse = o.canBeFalse || (p.mayBeNull(a) && p.mayBeNull(b))
	}
	return o
}

func isNullLiteral(e plan.Expr) bool {
	l, ok := e.(*plan.Literal)
	return ok && l.Value == nil
}

func (p *pruner) mayBeNull(e plan.Expr) bool {
	if l, ok := e.(*plan.Literal); ok {
		return l.Value == nil
	}
	path, ok := p.path(e)
	if !ok {
		return true
	}
	nulls, _, ok := p.stats.Nulls(path)
	return !ok || nulls > 0
}

func text(e plan.Expr) (string, bool) {
	l, ok := e.(*plan.Literal)
	if !ok {
		return "", false
	}
	s, ok := l.Value.(string)
	return s, ok
}
