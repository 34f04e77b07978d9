package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/types"
)

// Bounds of counting values: events looked at, their number when maps must be
// read whole, memory, and time.
const (
	valueEvents  = 1_000_000
	keyEvents    = 200_000
	valuesMemory = 128 << 20
	valuesTime   = 10 * time.Second
)

// ListValuesInput asks which values of a column occur in a store.
type ListValuesInput struct {
	EventDataStore string // id or ARN
	// Column is a column or a path of row fields, as ListEventDataStoreColumns
	// names them, in any case. Of a map, its keys are counted, or the values of Key.
	Column string
	Key    *string
	Prefix string // of the values, in any case
	// MaxResults is 1 to 1000; nil is 100.
	MaxResults *int32
}

// StoreValue is a value and how many of the events looked at have it.
type StoreValue struct {
	Value string
	Count int64
}

// StoreValues are the values that occur, the most frequent first.
type StoreValues struct {
	Values []StoreValue
	// Events counts the events looked at: the newest days' first.
	Events int64
	// Complete tells that these were all events of the store.
	Complete bool
}

// ListEventDataStoreValues counts the values of a column in the newest events of
// a store, at most a million, and of the keys of maps at most 200,000. It is for
// completion: bounded in work and memory, and exact only when Complete.
func (e *Engine) ListEventDataStoreValues(ctx context.Context, _ Principal, in ListValuesInput) (*StoreValues, error) {
	leave, err := e.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	most, err := pageSize(in.MaxResults, 1000, defaultPage)
	if err != nil {
		return nil, err
	}
	s, err := e.findActive(in.EventDataStore)
	if err != nil {
		return nil, err
	}
	statement, limit, err := valuesStatement(s, in, most)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, valuesTime, errTimedOut)
	defer cancel()
	select { // one at a time: each may hold its memory
	case e.counting <- struct{}{}:
		defer func() { <-e.counting }()
	case <-ctx.Done():
		return nil, slowValues(ctx, in, ctx.Err())
	}
	out, err := e.countValues(ctx, statement)
	if err != nil {
		return nil, slowValues(ctx, in, err)
	}
	out.Complete = out.Events < limit
	return out, nil
}

// slowValues is the error for values that could not be counted within bounds.
func slowValues(ctx context.Context, in ListValuesInput, err error) error {
	var user *ast.Error
	switch {
	case errors.Is(context.Cause(ctx), errTimedOut):
		return &Error{Code: Throttling, Message: "Column " + in.Column + ": its values could not be counted in " + valuesTime.String() + "; try again later", Err: err}
	case errors.As(err, &user) && user.Code == ast.ExceededMemoryLimit:
		return &Error{Code: UnsupportedOperation, Message: "Column " + in.Column + ": it has too many values to count; run a query instead", Err: err}
	}
	return internal(err)
}

// countValues runs the statement of valuesStatement.
func (e *Engine) countValues(ctx context.Context, statement string) (out *StoreValues, err error) {
	now := e.opts.Now().UTC()
	catalog := e.newCatalog(now)
	defer catalog.release()
	compiled, err := query.Compile(ctx, statement, catalog, query.Options{Now: now})
	if err != nil {
		return nil, err
	}
	run, err := compiled.Run(ctx, query.RunOptions{
		Now: now, Partitions: e.opts.Query.Partitions, MemoryLimit: min(valuesMemory, e.opts.Query.MemoryBytes), CreateTemp: e.createTemp, Clock: e.opts.Now,
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	out = &StoreValues{}
	for {
		rec, err := run.Next(ctx)
		if err == io.EOF {
			out.Events = run.Stats().RowsScanned
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		values, counts := rec.Column(0).(*array.String), rec.Column(1).(*array.Int64)
		for i := range values.Len() {
			out.Values = append(out.Values, StoreValue{Value: strings.Clone(values.Value(i)), Count: counts.Value(i)})
		}
		rec.Release()
	}
}

// valuesStatement is the query that counts values, and how many events it looks
// at. The inner LIMIT is handed to the scan: nothing stands between them.
func valuesStatement(s *store, in ListValuesInput, most int32) (statement string, limit int64, err error) {
	expr, t, err := columnExpr(s, in.Column)
	if err != nil {
		return "", 0, err
	}
	value, limit, unnest := expr, int64(valueEvents), ""
	switch {
	case t.Kind == types.Map && in.Key != nil:
		value, limit = "element_at("+expr+", "+ast.QuoteText(*in.Key)+")", keyEvents
	case in.Key != nil:
		return "", 0, Errorf(InvalidParameter, "Key %q: column %s is a %s, only a map has keys", clip(*in.Key), in.Column, t)
	case t.Kind == types.Map:
		value, limit, unnest = "map_keys("+expr+")", keyEvents, " CROSS JOIN UNNEST(k) AS u(v)"
	case t.Kind == types.Row || t.Kind == types.Array:
		return "", 0, Errorf(InvalidParameter, "Column %q: is a %s; name a field of it or another column", clip(in.Column), t)
	case t.Kind != types.Varchar:
		value = "CAST(" + expr + " AS varchar)"
	}
	name := "v"
	if unnest != "" {
		name = "k"
	}
	where := "v IS NOT NULL"
	if in.Prefix != "" {
		where += " AND starts_with(lower(v), lower(" + ast.QuoteText(in.Prefix) + "))"
	}
	return fmt.Sprintf("SELECT v, count(*) FROM (SELECT %s AS %s FROM %s LIMIT %d)%s WHERE %s GROUP BY v ORDER BY 2 DESC, 1 LIMIT %d",
		value, name, ast.QuoteName(s.id), limit, unnest, where, most), limit, nil
}

// columnExpr is the SQL of a column or a path of row fields.
func columnExpr(s *store, path string) (string, types.Type, error) {
	columns, err := familyColumns(s.family)
	if err != nil {
		return "", types.Type{}, internal(err)
	}
	names := strings.Split(path, ".")
	missing := Errorf(InvalidParameter, "Column %q: the store has no such column; ListEventDataStoreColumns lists them", clip(path))
	at := slices.IndexFunc(columns, func(c column) bool { return strings.EqualFold(c.Name, names[0]) })
	if at < 0 {
		return "", types.Type{}, missing
	}
	expr, t := ast.QuoteName(columns[at].Name), columns[at].Type
	for _, name := range names[1:] {
		at := slices.IndexFunc(t.Fields, func(f types.Field) bool { return strings.EqualFold(f.Name, name) })
		if t.Kind != types.Row || at < 0 {
			return "", types.Type{}, missing
		}
		expr, t = expr+"."+ast.QuoteName(t.Fields[at].Name), t.Fields[at].Type
	}
	return expr, t, nil
}
