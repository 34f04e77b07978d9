package bind

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
)

// windowCall is a window function with the window it runs over.
type windowCall struct {
	call        plan.WindowCall
	partitionBy []plan.Expr
	orderBy     []plan.SortKey
	source      ast.Node // for messages
}

// ranks are the window functions of their own; all others are aggregates.
var ranks = map[string]bool{"row_number": true, "rank": true, "dense_rank": true}

// laterWindows are window functions that Trino has and the lake does not yet.
var laterWindows = map[string]bool{
	"lag": true, "lead": true, "first_value": true, "last_value": true, "nth_value": true,
	"ntile": true, "percent_rank": true, "cume_dist": true,
}

// window binds a call with OVER and leaves a finding in its place.
func (x *exprBinder) window(e *ast.Call, name string) (plan.Expr, error) {
	if err := x.windowAllowed(e, name); err != nil {
		return nil, err
	}
	inner := *x
	inner.windows = false
	spec, err := inner.windowSpec(e.Window, 0)
	if err != nil {
		return nil, err
	}
	w := &windowCall{source: e, call: plan.WindowCall{Name: name}}
	if w.partitionBy, err = inner.exprs(spec.PartitionBy); err != nil {
		return nil, err
	}
	if w.orderBy, err = inner.sortKeys(spec.OrderBy); err != nil {
		return nil, err
	}
	if err := defaultFrame(spec, ranks[name]); err != nil {
		return nil, err
	}
	if ranks[name] {
		if len(e.Args) > 0 || e.Star {
			return nil, ast.Errorf(ast.FunctionNotFound, e.Span(), "Unexpected parameters for function %s. Expected: %s()", name, name)
		}
		w.call.Rank = name
	} else if w.call.Function, w.call.Args, err = inner.aggArguments(e, name); err != nil {
		return nil, err
	}
	return x.found.add(finding{window: w}, name, w.call.Type()), nil
}

func (x *exprBinder) windowAllowed(e *ast.Call, name string) error {
	if err := x.outsideLambda(e.Span(), "aggregations, window functions or grouping operations: "+name); err != nil {
		return err
	}
	switch {
	case !ranks[name] && !function.IsAggregate(name):
		if function.IsWindow(name) || laterWindows[name] {
			return notSupported(e.Span(), "Window function "+name)
		}
		return ast.Errorf(ast.FunctionNotFound, e.Span(), "Not a window function: %s", name)
	case x.within != "":
		return ast.Errorf(ast.InvalidArguments, e.Span(), "Cannot nest window functions inside aggregation '%s'", x.within)
	case !x.windows:
		return ast.Errorf(ast.InvalidArguments, e.Span(), "%s cannot contain aggregations, window functions or grouping operations: [%s]", x.clause, x.display(e, name))
	case e.Distinct:
		return notSupported(e.Span(), "DISTINCT in window function parameters")
	case e.Filter != nil:
		return notSupported(e.Span(), "FILTER of a window function")
	case e.IgnoreNulls:
		return notSupported(e.Span(), "IGNORE NULLS")
	case len(e.OrderBy) > 0 || len(e.WithinGroup) > 0:
		return notSupported(e.Span(), "ORDER BY in window function parameters")
	}
	return nil
}

// windowSpec finds what a window that names another one inherits.
func (x *exprBinder) windowSpec(w *ast.Window, depth int) (*ast.Window, error) {
	if w.Base == nil {
		return w, nil
	}
	for _, def := range x.windowDefs {
		if !strings.EqualFold(def.Name.Name, w.Base.Name) {
			continue
		}
		if depth > len(x.windowDefs) {
			break
		}
		base, err := x.windowSpec(&def.Window, depth+1)
		if err != nil {
			return nil, err
		}
		return inherit(w, base)
	}
	return nil, ast.Errorf(ast.InvalidArguments, w.Base.Span(), "Cannot resolve WINDOW name %s", w.Base.Name)
}

func inherit(w, base *ast.Window) (*ast.Window, error) {
	switch {
	case len(w.PartitionBy) > 0:
		return nil, ast.Errorf(ast.InvalidArguments, w.Span(), "WINDOW specification with named WINDOW reference cannot specify PARTITION BY")
	case len(w.OrderBy) > 0 && len(base.OrderBy) > 0:
		return nil, ast.Errorf(ast.InvalidArguments, w.Span(), "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY")
	}
	merged := *w
	merged.Base, merged.PartitionBy = nil, base.PartitionBy
	if len(w.OrderBy) == 0 {
		merged.OrderBy = base.OrderBy
	}
	if w.Frame == nil {
		merged.Frame = base.Frame
	}
	return &merged, nil
}

// defaultFrame refuses frames other than the default one: all rows up to the
// last peer of the current row, or the whole partition when there is no order.
// Ranks do not look at the frame.
func defaultFrame(w *ast.Window, rank bool) error {
	f := w.Frame
	if f == nil || rank {
		return nil
	}
	end := f.End.Kind
	if end == "" {
		end = "CURRENT ROW"
	}
	fromStart := f.Start.Kind == "UNBOUNDED PRECEDING"
	switch {
	case fromStart && end == "CURRENT ROW" && f.Unit == "RANGE":
		return nil
	case fromStart && end == "UNBOUNDED FOLLOWING" && len(w.OrderBy) == 0:
		return nil
	}
	return notSupported(f.Span(), "Window frame "+f.Unit+" BETWEEN "+f.Start.Kind+" AND "+end)
}
