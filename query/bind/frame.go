package bind

import (
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

var frameUnits = map[string]plan.FrameUnit{"ROWS": plan.RowsFrame, "RANGE": plan.RangeFrame, "GROUPS": plan.GroupsFrame}

var boundKinds = map[string]plan.BoundKind{
	"UNBOUNDED PRECEDING": plan.UnboundedPreceding, "PRECEDING": plan.Preceding, "CURRENT ROW": plan.CurrentRow,
	"FOLLOWING": plan.Following, "UNBOUNDED FOLLOWING": plan.UnboundedFollowing,
}

// frame binds ROWS|RANGE|GROUPS …; the window's keys are bound already.
func (x *exprBinder) frame(w *windowCall) (plan.Frame, error) {
	f := w.spec.Frame
	out := plan.Frame{Unit: frameUnits[f.Unit]}
	if err := frameEnds(f); err != nil {
		return out, err
	}
	var err error
	if out.Start, err = x.bound(w, f.Start, "start"); err != nil {
		return out, err
	}
	out.End, err = x.bound(w, f.End, "end")
	return out, err
}

// frameEnds refuses frames that could never hold a row.
func frameEnds(f *ast.Frame) error {
	start, end := boundKinds[f.Start.Kind], boundKinds[f.End.Kind]
	fail := func(format string, args ...any) error {
		return ast.Errorf(ast.InvalidWindowFrame, f.Span(), format, args...)
	}
	switch {
	case start == plan.UnboundedFollowing:
		return fail("Window frame start cannot be UNBOUNDED FOLLOWING")
	case end == plan.UnboundedPreceding:
		return fail("Window frame end cannot be UNBOUNDED PRECEDING")
	case start > end && start >= plan.CurrentRow:
		return fail("Window frame starting from %s cannot end with %s", f.Start.Kind, f.End.Kind)
	}
	return nil
}

func (x *exprBinder) bound(w *windowCall, b ast.Bound, end string) (plan.Bound, error) {
	out := plan.Bound{Kind: boundKinds[b.Kind]}
	if b.Offset == nil {
		return out, nil
	}
	unit := w.spec.Frame.Unit
	if unit != "ROWS" && len(w.orderBy) == 0 {
		return out, ast.Errorf(ast.MissingOrderBy, x.overSpan(w), "Window frame of type %s PRECEDING or FOLLOWING requires ORDER BY", unit)
	}
	if unit == "RANGE" {
		return x.rangeBound(w, b, out)
	}
	offset, err := x.expr(b.Offset)
	if err != nil {
		return out, err
	}
	if t := offset.Type(); !t.IsInteger() && (t.Kind != types.Decimal || t.Scale != 0) {
		return out, mismatch(b.Offset.Span(), "Window frame %s %s value type must be exact numeric type with scale 0 (actual %s)", unit, end, t)
	}
	out.Offset = cast(offset, types.BigIntType)
	return out, nil
}

// overSpan is the place of the window; of the definition when there is no call.
func (x *exprBinder) overSpan(w *windowCall) ast.Span {
	if w.source == nil {
		return w.spec.Span()
	}
	return w.source.Window.Span()
}

// rangeBound binds an offset from the sort key: the key with the offset added
// or subtracted, whichever lies in the frame's direction, is the bound.
func (x *exprBinder) rangeBound(w *windowCall, b ast.Bound, out plan.Bound) (plan.Bound, error) {
	if n := len(w.orderBy); n > 1 {
		return out, ast.Errorf(ast.InvalidOrderBy, orderClauseOf(w, x.text), "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY (actual: %d)", n)
	}
	key := w.orderBy[0]
	keyType := key.Expr.Type()
	if !keyType.IsNumeric() && !isTime(keyType) && keyType.Kind != types.Time && !isInterval(keyType) {
		return out, mismatch(w.spec.OrderBy[0].Expr.Span(), "Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric, datetime or interval (actual: %s)", keyType)
	}
	offset, err := x.expr(b.Offset)
	if err != nil {
		return out, err
	}
	incompatible := mismatch(b.Offset.Span(), "Window frame RANGE value type (%s) not compatible with sort item type (%s)", offset.Type(), keyType)
	if keyType.IsNumeric() != offset.Type().IsNumeric() || !keyType.IsNumeric() && !isInterval(offset.Type()) {
		return out, incompatible
	}
	op := "+"
	if (out.Kind == plan.Preceding) != key.Desc {
		op = "-"
	}
	limit, err := resolve(op, []plan.Expr{key.Expr, offset})
	if err != nil {
		return out, incompatible
	}
	t, ok := types.CommonSuperType(keyType, limit.Type())
	if !ok {
		return out, incompatible
	}
	zero, err := zeroOf(offset.Type())
	if err != nil {
		return out, incompatible
	}
	if out.Offset, err = resolve(">=", []plan.Expr{offset, zero}); err != nil {
		return out, incompatible
	}
	out.Key, out.Limit = cast(key.Expr, t), cast(limit, t)
	return out, nil
}

func orderClauseOf(w *windowCall, text string) ast.Span {
	if w.spec.Base != nil || len(w.spec.OrderBy) == 0 {
		return w.spec.Span()
	}
	named := *w.spec
	named.Base = &ast.Ident{At: ast.At{Pos: ast.Span{Start: w.spec.Span().Start, End: w.spec.Span().Start}}}
	return orderClause(&named, text)
}

func zeroOf(t types.Type) (plan.Expr, error) {
	zero, err := number(&ast.Literal{Kind: ast.IntegerLiteral, Text: "0"}, false, ast.Span{})
	if err != nil || t.IsNumeric() {
		return cast(zero, t), err
	}
	return &plan.Literal{Value: int64(0), Typ: t}, nil
}

func isInterval(t types.Type) bool {
	return t.Kind == types.IntervalDaySecond || t.Kind == types.IntervalYearMonth
}
