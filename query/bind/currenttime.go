package bind

import (
	"strconv"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// timeKind is the type of a function of the query's start, without its precision.
type timeKind struct {
	name string // as messages have it
	kind types.Kind
	most int // digits of a second that a value holds
}

// currentTimes are the functions that take a precision.
var currentTimes = map[string]timeKind{
	"current_timestamp": {"TIMESTAMP WITH TIME ZONE", types.TimestampTZ, types.MaxTimestampPrecision},
	"localtimestamp":    {"TIMESTAMP", types.Timestamp, types.MaxTimestampPrecision},
	"localtime":         {"TIME", types.Time, types.MaxTimePrecision},
	"current_time":      {name: "TIME WITH TIME ZONE"},
}

// currentTime binds current_timestamp(p) and its like: the query's start, shortened to p digits.
func currentTime(e *ast.Call, name string, t timeKind) (plan.Expr, error) {
	if t.kind == types.Unknown {
		return nil, notSupported(e.Span(), name)
	}
	l, ok := e.Args[0].(*ast.Literal)
	if !ok || l.Kind != ast.IntegerLiteral {
		return nil, ast.Errorf(ast.FunctionNotFound, e.Span(), "Function '%s' not registered", name)
	}
	precision, err := strconv.Atoi(l.Text)
	switch {
	case err != nil || precision > types.MaxTrinoPrecision:
		return nil, precisionRange(e.Span(), t.name, l.Text)
	case precision > t.most:
		return nil, tooFine(e.Span(), name, precision, t.most)
	}
	start, err := resolve("$current_timestamp", []plan.Expr{&plan.Literal{Value: int64(precision), Typ: types.BigIntType}})
	if err != nil {
		return nil, at(err, e.Span())
	}
	return cast(start, types.Type{Kind: t.kind, Precision: precision}), nil
}
