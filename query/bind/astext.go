package bind

import (
	"slices"
	"strings"
	"time"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// A statement that reads a table with text columns (plan.TableColumn.Text) may
// use values as text where Trino would refuse their types: a structured column
// reads as its JSON text, a timestamp as ISO 8601, a boolean as its word. That
// is tried only after the statement was found wrong as it stands, so no valid
// statement changes its meaning.

// textColumns gives a scanned table's columns the ids by which the text of a
// column is found, also behind joins and subqueries.
func (b *binder) textColumns(rel *relation, table plan.Table) {
	for i, c := range table.Columns() {
		if c.Text == "" {
			continue
		}
		for j, o := range table.Columns() {
			if o.Name == c.Text {
				b.textID++
				rel.cols[i].textID, rel.cols[j].textOf = b.textID, b.textID
			}
		}
	}
	b.lenient = b.lenient || b.textID > 0
}

// renumberTexts keeps two references to one WITH item apart.
func (b *binder) renumberTexts(rel *relation) {
	for i := range rel.cols {
		id := rel.cols[i].textID
		if id == 0 {
			continue
		}
		b.textID++
		rel.cols[i].textID = b.textID
		for j := range rel.cols {
			if rel.cols[j].textOf == id {
				rel.cols[j].textOf = b.textID
			}
		}
	}
}

// textOf returns the column with the text of a structured column, or nil.
func (r *relation) textOf(c *plan.Column) *column {
	for i := range r.cols {
		if r.cols[i].index != c.Index || r.cols[i].textID == 0 {
			continue
		}
		for j := range r.cols {
			if r.cols[j].textOf == r.cols[i].textID {
				return &r.cols[j]
			}
		}
	}
	return nil
}

// carryTexts lets the text of a structured column go along when a subquery in
// FROM selects the column as it is: as a hidden output after those selected.
func (q *selection) carryTexts() {
	if !q.env.texts() || q.s.Distinct || q.s.GroupBy != nil || q.s.Having != nil || q.found.hasAggregates() {
		return
	}
	for _, it := range q.items {
		c, ok := it.expr.(*plan.Column)
		if !ok || c.Index < 0 {
			continue
		}
		if text := q.from.textOf(c); text != nil && !contains(q.carried, c) {
			q.carried = append(q.carried, c)
			q.items = append(q.items, item{name: text.name, expr: text.ref(), node: it.node})
		}
	}
}

// markTexts hides the outputs that carryTexts added and ties them to their columns.
func (q *selection) markTexts(rel *relation) *relation {
	shown := len(q.items) - len(q.carried)
	for k, c := range q.carried {
		q.textID++
		text := &rel.cols[shown+k]
		text.hidden, text.textOf = true, q.textID
		for i := range rel.cols[:shown] {
			if plan.Equal(q.selected[i], c) {
				rel.cols[i].textID = q.textID
			}
		}
	}
	return rel
}

// groupText is the text of a structured column that rows are grouped by, made
// from the column: the group's rows may have written it differently.
func (q *selection) groupText(c *plan.Column, node *plan.Aggregate) plan.Expr {
	for i, k := range q.keys {
		key, ok := k.(*plan.Column)
		if !ok || !key.Typ.Equal(freeForm) {
			continue
		}
		if text := q.from.textOf(key); text == nil || text.index != c.Index {
			continue
		}
		if out, err := resolve("$map_text", []plan.Expr{&plan.Column{Index: i, Name: node.Names[i], Typ: key.Typ}}); err == nil {
			return out
		}
	}
	return nil
}

// texts reports whether the query's result keeps the texts of its columns.
func (e *env) texts() bool { return e != nil && e.keepTexts }

// inFrom is the environment of a query whose result is a relation of FROM.
func (e *env) inFrom() *env { return &env{ctes: e.cteList(), outer: e.around(), keepTexts: true} }

// plain is the same for a query whose outputs have to be those selected.
func (e *env) plain() *env { return &env{ctes: e.cteList(), outer: e.around()} }

// asText reads a value as text, if it has one.
func (x *exprBinder) asText(e plan.Expr) plan.Expr {
	var out plan.Expr
	var err error
	switch t := e.Type(); {
	case t.Kind == types.Boolean:
		return cast(e, types.VarcharType)
	case t.Kind == types.Timestamp:
		out, err = resolve("$iso_text", []plan.Expr{e})
	case t.Equal(freeForm), t.Kind == types.Row, t.Kind == types.Array, t.Kind == types.Map:
		c, isColumn := e.(*plan.Column)
		if isColumn {
			if text := x.scope.rel.textOf(c); text != nil {
				return text.ref()
			}
		}
		if !t.Equal(freeForm) {
			return e
		}
		out, err = resolve("$map_text", []plan.Expr{e})
	default:
		return e
	}
	if err != nil {
		return e
	}
	return out
}

// freeForm is the type of free-form fields.
var freeForm = types.MapOf(types.VarcharType, types.VarcharType)

// allText reads every value as text that has one; false when none has.
func (x *exprBinder) allText(list []plan.Expr) ([]plan.Expr, bool) {
	if !x.lenient {
		return list, false
	}
	out, changed := slices.Clone(list), false
	for i, e := range list {
		if e == nil {
			continue // a lambda
		}
		out[i] = x.asText(e)
		changed = changed || out[i] != e
	}
	return out, changed
}

// strings reads values as text if that makes all of them text: "readonly IN ('true')".
func (x *exprBinder) strings(list []plan.Expr) []plan.Expr {
	out, changed := x.allText(list)
	if !changed {
		return list
	}
	mixed := false
	for i, e := range out {
		if !e.Type().IsString() && e.Type().Kind != types.Unknown {
			return list
		}
		mixed = mixed || list[i].Type().IsString()
	}
	if !mixed {
		return list
	}
	return out
}

// compared applies a comparison; what cannot be compared as it is may be as text.
func (x *exprBinder) compared(op string, l, r plan.Expr, span ast.Span) (plan.Expr, error) {
	sides := x.wordSides(partSides([]plan.Expr{l, r}))
	e, err := compare(op, sides[0], sides[1], span)
	if err == nil {
		return e, nil
	}
	texts := x.strings(sides)
	if again, failed := compare(op, texts[0], texts[1], span); failed == nil {
		return again, nil
	}
	return nil, err
}

// aligned gives a list the lake's conversions: what is no time reads as text
// where the others are text.
func (x *exprBinder) aligned(args []plan.Expr, span ast.Span) ([]plan.Expr, error) {
	args = x.wordSides(partSides(args))
	if !slices.ContainsFunc(args, func(e plan.Expr) bool { return isTime(e.Type()) }) {
		args = x.strings(args)
	}
	return alignAll(args, span)
}

// textSides reads columns of set operations as text where a side has what a key of
// a map holds, which has no type of its own, and another what does not go with text.
func (b *binder) textSides(rels []*relation) {
	for i := range rels[0].cols {
		if !slices.ContainsFunc(rels, func(r *relation) bool { return r.readsKey(i) }) {
			continue
		}
		for k, r := range rels {
			if i >= len(r.cols) {
				continue
			}
			if _, ok := types.CommonSuperType(r.cols[i].typ, types.VarcharType); ok {
				continue
			}
			x := &exprBinder{binder: b, scope: &scope{rel: r}}
			rels[k] = r.with(i, x.asText(r.cols[i].ref()))
		}
	}
}

// readsKey reports whether a column is what a key of a map holds.
func (r *relation) readsKey(column int) bool {
	p, ok := r.node.(*plan.Project)
	return ok && column < len(r.cols) && keyMap(p.Exprs[r.cols[column].index]) != nil
}

// with is the relation with another value for a column.
func (r *relation) with(column int, value plan.Expr) *relation {
	node := &plan.Project{Input: r.node}
	names := make([]string, len(r.cols))
	for i := range r.cols {
		node.Exprs, names[i] = append(node.Exprs, r.cols[i].ref()), r.cols[i].name
	}
	node.Exprs[column], node.Names = value, names
	return newRelation(node, names)
}

// texted calls resolve with the values as they are, then as text, then with
// what keys hold as maps. The first error counts.
func (x *exprBinder) texted(args []plan.Expr, resolve func([]plan.Expr) error) error {
	err := resolve(args)
	if err == nil {
		return nil
	}
	if texts, ok := x.allText(args); ok && resolve(texts) == nil {
		return nil
	}
	if maps, ok := keyMaps(args); ok && resolve(maps) == nil {
		return nil
	}
	return err
}

// otherwise is what a name that means nothing as it stands, for the reason
// given, is understood as: a synonym, or a key of a map written as a field.
func (x *exprBinder) otherwise(e *ast.Name, reason error) (plan.Expr, error) {
	for n := len(e.Parts); n > 0; n-- {
		base := x.synonym(e.Parts[:n])
		if n < len(e.Parts) && base == nil {
			base, _ = x.scope.resolve(e.Parts[:n], e.Span())
		}
		for _, p := range e.Parts[n:] {
			base = x.mapKey(base, p.Name)
		}
		if base != nil {
			return base, nil
		}
	}
	return nil, reason
}

// synonym is what a table understands under a name that nothing has; nil when
// no table of FROM does.
func (x *exprBinder) synonym(parts []ast.Ident) plan.Expr {
	word := parts[len(parts)-1].Name
	for _, table := range x.order {
		s, ok := table.(plan.Synonymous)
		if !ok {
			continue
		}
		for _, syn := range s.Synonyms() {
			if !strings.EqualFold(syn.Name, word) {
				continue
			}
			found := x.scope.rel.find(parts[:len(parts)-1], syn.Column)
			if len(found) != 1 {
				continue
			}
			return timePart(found[0].ref(), syn.Part)
		}
	}
	return nil
}

// wordSides compares a time as text with a literal that does not begin as a
// time does, such as a place-holder, or is only the beginning of one: '2024-05'.
func (x *exprBinder) wordSides(args []plan.Expr) []plan.Expr {
	if !x.lenient || !slices.ContainsFunc(args, isWord) {
		return args
	}
	return x.strings(args)
}

func isWord(e plan.Expr) bool {
	l, ok := e.(*plan.Literal)
	if !ok || !l.Typ.IsString() || l.Value == nil {
		return false
	}
	text := strings.TrimSpace(l.Value.(string))
	return text == "" || !strings.ContainsRune("0123456789+-", rune(text[0])) || isBeginning(text)
}

// isBeginning reports whether a text is an ISO time that ends early, before the
// day or after the hour.
func isBeginning(text string) bool {
	return slices.ContainsFunc([]string{"2006", "2006-01", "2006-01-02T15"}, func(layout string) bool {
		_, err := time.Parse(layout, text)
		return err == nil
	})
}
