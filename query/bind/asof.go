package bind

import (
	"errors"
	"time"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// versioned asks the catalog for a table as FOR VERSION or FOR TIMESTAMP AS OF
// says. What it says must be constant; errors stand where FOR does, as Trino's.
func (b *binder) versioned(t *ast.Table, parts []string) (plan.Table, error) {
	cat, ok := b.catalog.(plan.VersionedCatalog)
	if !ok {
		return nil, ast.Errorf(ast.NotSupported, t.For, "This connector does not support versioned tables")
	}
	at, err := b.asOf(t)
	if err != nil {
		return nil, err
	}
	table, err := cat.TableAsOf(b.ctx, parts, at)
	if errors.Is(err, plan.ErrNoVersion) {
		return nil, ast.Errorf(ast.InvalidArguments, t.For, "%s", err.Error())
	}
	return table, err
}

// asOf computes the version or the moment.
func (b *binder) asOf(t *ast.Table) (plan.AsOf, error) {
	pointer := t.Version
	if pointer == nil {
		pointer = t.Timestamp
	}
	x := &exprBinder{binder: b, scope: &scope{rel: &relation{}}, clause: "FOR clause"}
	e, err := x.expr(pointer)
	if err != nil {
		return plan.AsOf{}, err
	}
	from := e.Type()
	switch {
	case from.Kind == types.Unknown:
	case t.Version != nil:
		if !types.CanCoerce(from, types.BigIntType) {
			return plan.AsOf{}, mismatch(t.For, "Type %s invalid. Target ID pointers must be of type bigint.", from)
		}
		e = cast(e, types.BigIntType)
	default:
		if !isTime(from) {
			return plan.AsOf{}, mismatch(t.For, "Type %s invalid. Temporal pointers must be of type Timestamp, Timestamp with Time Zone, or Date.", from)
		}
		if e, err = moment(e); err != nil {
			return plan.AsOf{}, at(err, t.For)
		}
	}
	value, ok := b.constant(e)
	if !ok {
		return plan.AsOf{}, ast.Errorf(ast.InvalidArguments, t.For, "Pointer value must be a constant expression")
	}
	switch v := value.Value.(type) {
	case nil:
		return plan.AsOf{}, ast.Errorf(ast.InvalidArguments, t.For, "Pointer value cannot be NULL")
	case int64:
		if t.Version != nil {
			return plan.AsOf{Version: v}, nil
		}
		return plan.AsOf{Time: time.UnixMicro(v).UTC()}, nil
	}
	return plan.AsOf{}, ast.Errorf(ast.InvalidArguments, t.For, "Pointer value must be a constant expression")
}

// moment is a point in time as a timestamp in UTC.
func moment(e plan.Expr) (plan.Expr, error) {
	t := types.Type{Kind: types.Timestamp, Precision: 6}
	if e.Type().Kind != types.TimestampTZ {
		return cast(e, t), nil
	}
	utc, err := resolve("at_timezone", []plan.Expr{e, &plan.Literal{Value: "UTC", Typ: types.VarcharType}})
	if err != nil {
		return nil, err
	}
	return cast(utc, t), nil
}

// constant computes an expression without columns.
func (b *binder) constant(e plan.Expr) (*plan.Literal, bool) {
	if l, ok := e.(*plan.Literal); ok {
		return l, true
	}
	if b.eval == nil || !plan.IsConstant(e) {
		return nil, false
	}
	return b.eval(e)
}
