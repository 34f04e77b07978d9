// Package edit changes statements as a user means it who points at a cell of a
// result or at a leaf of an event: only rows like this, none like this, in that
// order, from then to then.
//
//	text ─parse─► ast ─find the clause─► text spliced or wrapped ─check─► text
//
// The text stays the user's: a change is put in where the tree says a clause ends,
// and comments and layout stay. Where a condition can stand in WHERE or HAVING
// without changing what the statement means, it does; else the statement becomes a
// subquery. No changed statement is handed out that does not bind or whose result
// has other columns.
package edit

import (
	"fmt"
	"strings"
	"time"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/parse"
)

// Edit is one change: one of its members is set.
type Edit struct {
	Column *ColumnFilter
	Leaf   *LeafFilter
	Sort   *Sort
	Range  *TimeRange
}

// Column names a column of the result.
type Column struct {
	Name string // as the result shows it, in any case
	// Index, from 0, tells columns of one name apart; nil: the name does.
	Index *int
}

// ColumnFilter keeps the rows of the result in which a column has a value, or
// drops them.
type ColumnFilter struct {
	Column
	Value *string // as the result shows it; nil is NULL
	Out   bool    // drop; rows with NULL stay unless NULL is dropped
	// BeforeLimit filters what LIMIT then cuts, instead of what it left.
	BeforeLimit bool
}

// Step leads from a JSON object or array to a member: Key, or Index from 0.
type Step struct {
	Key   string
	Index *int
}

// LeafFilter keeps the events that have a value at a path of their JSON, or drops
// them. It applies to the events the statement reads, before they are grouped or cut.
type LeafFilter struct {
	Path  []Step
	Value *string // text, a number or true and false as they are; nil is null or no such member
	Out   bool
}

// Sort orders the result by a column, instead of any order it has.
type Sort struct {
	Column
	Desc        bool
	BeforeLimit bool // LIMIT then keeps the first in that order
}

// TimeRange keeps the events from From on and before To; nil is no bound. It takes
// the place of the bounds the statement has.
type TimeRange struct{ From, To *time.Time }

// Events names two columns of stores: that of the event's time and that of its JSON.
type Events struct{ Time, Payload string }

// Checker tells what a statement means, as query.Check does.
type Checker func(sql string) (*query.Checked, error)

// Refused is the error for an edit that a statement cannot take.
type Refused struct{ Reason string }

// Error implements error.
func (r *Refused) Error() string { return r.Reason }

func refusef(format string, args ...any) error { return &Refused{fmt.Sprintf(format, args...)} }

// Apply makes the edits one after another. Errors of the statement itself are
// *ast.Error or check's; those of an edit are *Refused.
func Apply(sql string, edits []Edit, events Events, check Checker) (string, error) {
	for i, e := range edits {
		s, err := open(sql, events, check)
		if err != nil {
			return "", err
		}
		if sql, err = s.apply(e); err != nil {
			return "", fmt.Errorf("edit %d: %w", i+1, err)
		}
	}
	return sql, nil
}

// statement is one that is being changed.
type statement struct {
	sql     string
	query   *ast.Query
	checked *query.Checked
	events  Events
	check   Checker
}

func open(sql string, events Events, check Checker) (*statement, error) {
	checked, err := check(sql)
	if err != nil {
		return nil, err
	}
	tree, err := parse.Statement(sql)
	if err != nil {
		return nil, err
	}
	s := &statement{sql: sql, checked: checked, events: events, check: check}
	switch tree := tree.(type) {
	case *ast.QueryStatement:
		s.query = tree.Query
	default:
		return nil, refusef("only a query can be edited, this is %s", strings.Fields(sql[tree.Span().Start:])[0])
	}
	return s, nil
}

func (s *statement) apply(e Edit) (string, error) {
	switch {
	case e.Column != nil:
		return s.filterColumn(e.Column)
	case e.Leaf != nil:
		return s.filterLeaf(e.Leaf)
	case e.Sort != nil:
		return s.sort(e.Sort)
	case e.Range != nil:
		return s.timeRange(e.Range)
	}
	return "", refusef("no filter, sort or time range is given")
}

// first returns the first of the statements that binds and whose result has the
// columns it had.
func (s *statement) first(candidates ...string) (string, error) {
	var failed error
	for _, sql := range candidates {
		if sql == "" {
			continue
		}
		if err := s.verify(sql); err == nil {
			return sql, nil
		} else if failed == nil {
			failed = err
		}
	}
	if failed == nil {
		return "", refusef("the statement has no place for it")
	}
	return "", refusef("the statement has no place for it: %v", failed)
}

func (s *statement) verify(sql string) error {
	got, err := s.check(sql)
	if err != nil {
		return err
	}
	if len(got.Columns) != len(s.checked.Columns) {
		return refusef("%d columns instead of %d", len(got.Columns), len(s.checked.Columns))
	}
	for i, c := range s.checked.Columns {
		if g := got.Columns[i]; !strings.EqualFold(g.Name, c.Name) || !g.Type.Equal(c.Type) {
			return refusef("column %s %s instead of %s %s", g.Name, g.Type, c.Name, c.Type)
		}
	}
	return nil
}

// splice puts text in place of a part of the statement.
func (s *statement) splice(start, end int, text string) string {
	return s.sql[:start] + text + s.sql[end:]
}
