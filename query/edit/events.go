package edit

import (
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/parse"
	"github.com/traillake/traillake/query/types"
)

// reads edits every SELECT that reads events: change gets one and the qualifier
// under which it may know a table, and returns the statement, or "" when it
// cannot. Of nested SELECTs the outermost one is taken that the change fits; of a
// UNION, one in every branch.
func (s *statement) reads(change func(s *statement, sel *ast.Select, qualifier string) string) (string, error) {
	branches, err := branchesOf(s.query.Body)
	if err != nil {
		return "", err
	}
	// From the last one on, so that the places of those before stay right.
	for i := len(branches) - 1; i >= 0; i-- {
		var candidates []string
		for _, sel := range selects(branches[i], withItems(s.query, nil)) {
			for _, q := range qualifiers(sel) {
				candidates = append(candidates, change(s, sel, q))
			}
		}
		sql, err := s.first(candidates...)
		if err != nil {
			return "", err
		}
		s.sql = sql
	}
	return s.sql, nil
}

// branchesOf are the terms of a UNION.
func branchesOf(body ast.QueryBody) ([]ast.QueryBody, error) {
	b, ok := body.(*ast.SetOperation)
	if !ok {
		return []ast.QueryBody{body}, nil
	}
	if b.Op != ast.Union {
		return nil, refusef("it is not clear which events of an %s are meant; filter by a column of the result", b.Op)
	}
	left, err := branchesOf(b.Left)
	if err != nil {
		return nil, err
	}
	right, err := branchesOf(b.Right)
	return append(left, right...), err
}

// scopeItems are the WITH items that a query sees.
type scopeItems map[string]*ast.Query

func withItems(q *ast.Query, around scopeItems) scopeItems {
	out := scopeItems{}
	for name, item := range around {
		out[name] = item
	}
	for _, item := range q.With {
		out[strings.ToLower(item.Name.Name)] = item.Query
	}
	return out
}

// selects lists the SELECTs from which a body takes its rows, the outermost first.
func selects(body ast.QueryBody, items scopeItems) []*ast.Select {
	switch b := body.(type) {
	case *ast.Select:
		out := []*ast.Select{b}
		for _, t := range b.From {
			out = append(out, below(t, items)...)
		}
		return out
	case *ast.Nested:
		return selects(b.Query.Body, withItems(b.Query, items))
	}
	return nil
}

func below(t ast.TableExpr, items scopeItems) []*ast.Select {
	switch t := t.(type) {
	case *ast.Subquery:
		return selects(t.Query.Body, withItems(t.Query, items))
	case *ast.Join:
		return append(below(t.Left, items), below(t.Right, items)...)
	case *ast.Table:
		name := strings.ToLower(t.Name[len(t.Name)-1].Name)
		if q := items[name]; q != nil && len(t.Name) == 1 {
			rest := scopeItems{}
			for n, item := range items {
				if n != name { // a recursive item ends here
					rest[n] = item
				}
			}
			return selects(q.Body, withItems(q, rest))
		}
	}
	return nil
}

// qualifiers are the ways to name a column of a SELECT's tables: without one, then
// by each table.
func qualifiers(sel *ast.Select) []string {
	if sel.Ends.Items == 0 {
		return nil
	}
	out := []string{""}
	var add func(t ast.TableExpr)
	add = func(t ast.TableExpr) {
		switch t := t.(type) {
		case *ast.Join:
			add(t.Left)
			add(t.Right)
		case *ast.Table:
			name := t.Name[len(t.Name)-1].Name
			if t.Alias != nil {
				name = t.Alias.Name.Name
			}
			out = append(out, parse.WriteName(name)+".")
		case *ast.Subquery:
			if t.Alias != nil {
				out = append(out, parse.WriteName(t.Alias.Name.Name)+".")
			}
		}
	}
	for _, t := range sel.From {
		add(t)
	}
	return out
}

// schemaType is the type of a column of the tables that the statement reads.
func (s *statement) schemaType(name string) (types.Type, bool) {
	for _, t := range s.checked.Tables {
		for _, c := range t.Columns() {
			if !c.Hidden && strings.EqualFold(c.Name, name) {
				return c.Type, true
			}
		}
	}
	return types.Type{}, false
}
