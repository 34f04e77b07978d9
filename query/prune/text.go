package prune

import (
	"slices"
	"unicode/utf8"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// mayHoldTexts reports whether a part can have the texts that a condition asks for:
//
//	column LIKE '%text%'
//	element_at(map, 'key') = 'text'
//	any_match(map_values(map), v -> v LIKE '%text%')
func (p *pruner) mayHoldTexts(cond plan.Expr) bool {
	stats, ok := p.stats.(TextStats)
	if !ok {
		return true
	}
	switch e := cond.(type) {
	case *plan.Column:
		if q, test := p.tested(e); test != nil {
			return q.mayHoldTexts(test)
		}
	case *plan.Special:
		switch e.Form {
		case plan.And:
			return !slices.ContainsFunc(e.Args, func(a plan.Expr) bool { return !p.mayHoldTexts(a) })
		case plan.Or:
			return slices.ContainsFunc(e.Args, p.mayHoldTexts)
		}
	case *plan.Call:
		path, cond, is, ok := p.searched(e)
		if !ok {
			return true
		}
		for _, text := range textsOf(cond, is) {
			if !stats.MayHold(path, text) {
				return false
			}
		}
	}
	return true
}

// searched finds the column whose texts a condition is about, and the condition
// on one of them; is tells which expression stands for the text.
func (p *pruner) searched(e *plan.Call) (path plan.ColumnPath, cond plan.Expr, is func(plan.Expr) bool, ok bool) {
	if e.Function.Name == "any_match" {
		values, isCall := e.Args[0].(*plan.Call)
		by, isLambda := e.Args[1].(*plan.Lambda)
		if !isCall || !isLambda || values.Function.Name != "map_values" {
			return path, nil, nil, false
		}
		path, ok = p.path(values.Args[0])
		t := path.Type
		ok = ok && t.Kind == types.Map && t.Elem.Kind == types.Varchar
		return path, by.Body, func(e plan.Expr) bool {
			v, isParam := e.(*plan.LambdaParam)
			return isParam && v.ID == by.ID && v.Index == 0
		}, ok
	}
	for _, a := range e.Args {
		if path, ok = p.path(a); ok && path.Type.Kind == types.Varchar {
			return path, e, func(e plan.Expr) bool { return e == a }, true
		}
	}
	return path, nil, nil, false
}

// textsOf lists texts that a value has in it where the condition is true.
func textsOf(cond plan.Expr, is func(plan.Expr) bool) (texts []string) {
	switch e := cond.(type) {
	case *plan.Special:
		if e.Form == plan.And {
			for _, a := range e.Args {
				texts = append(texts, textsOf(a, is)...)
			}
		}
	case *plan.Call:
		switch name := e.Function.Name; {
		case name == "like" && is(e.Args[0]):
			return likeTexts(e)
		case name == "starts_with" && is(e.Args[0]), name == "=" && is(e.Args[0]) && isVarchar(e.Args[1]):
			if t, ok := text(e.Args[1]); ok {
				return []string{t}
			}
		case name == "=" && is(e.Args[1]) && isVarchar(e.Args[0]):
			if t, ok := text(e.Args[0]); ok {
				return []string{t}
			}
		}
	}
	return texts
}

// likeTexts lists the texts between the wildcards of a pattern.
func likeTexts(e *plan.Call) (texts []string) {
	rest, ok := text(e.Args[1])
	if !ok {
		return nil
	}
	escape := ""
	if len(e.Args) > 2 {
		if escape, ok = text(e.Args[2]); !ok || utf8.RuneCountInString(escape) != 1 {
			return nil
		}
	}
	for {
		var piece string
		if piece, rest, ok = plainPrefix(rest, escape); !ok {
			return nil
		}
		if piece != "" {
			texts = append(texts, piece)
		}
		if rest == "" {
			return texts
		}
		rest = rest[1:]
	}
}

func isVarchar(e plan.Expr) bool { return e.Type().Kind == types.Varchar }
