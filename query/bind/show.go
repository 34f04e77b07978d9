package bind

import (
	"errors"
	"strings"

	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/function"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// informationSchema is the schema of the tables that tell of tables.
const informationSchema = "information_schema"

// informationTables are the tables of information_schema with their columns;
// those of one name have the same type everywhere.
var informationTables = map[string][]string{
	"tables":   {"table_catalog", "table_schema", "table_name", "table_type"},
	"columns":  {"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default", "is_nullable", "data_type"},
	"schemata": {"catalog_name", "schema_name"},
}

// information binds a table of information_schema; nil when the name is none.
func (b *binder) information(t *ast.Table, parts []string) (*relation, error) {
	n := len(parts)
	dir, ok := b.catalog.(plan.Directory)
	if !ok || n < 2 || n > 3 || !strings.EqualFold(parts[n-2], informationSchema) {
		return nil, nil
	}
	catalog, _ := dir.Schema()
	name := strings.ToLower(parts[n-1])
	columns := informationTables[name]
	if n == 3 && !strings.EqualFold(parts[0], catalog) || columns == nil {
		return nil, nil
	}
	if t.Version != nil || t.Timestamp != nil {
		return nil, ast.Errorf(ast.NotSupported, t.For, "This connector does not support versioned tables")
	}
	rows, err := b.informationRows(dir, name)
	if err != nil {
		return nil, err
	}
	typs := make([]types.Type, len(columns))
	for i, c := range columns {
		typs[i] = types.VarcharType
		if c == "ordinal_position" {
			typs[i] = types.BigIntType
		}
	}
	return constantRelation(columns, typs, rows), nil
}

func (b *binder) informationRows(dir plan.Directory, name string) ([][]any, error) {
	catalog, schema := dir.Schema()
	if name == "schemata" {
		return [][]any{{catalog, schema}, {catalog, informationSchema}}, nil
	}
	listed, err := dir.List(b.ctx)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	add := func(schema string, l plan.Listing) {
		if name == "tables" {
			kind := "BASE TABLE"
			if l.View {
				kind = "VIEW"
			}
			rows = append(rows, []any{catalog, schema, l.Name, kind})
			return
		}
		at := int64(0)
		for _, c := range l.Columns {
			if !c.Hidden {
				at++
				rows = append(rows, []any{catalog, schema, l.Name, c.Name, at, nil, "YES", c.Type.String()})
			}
		}
	}
	for _, l := range listed {
		add(schema, l)
	}
	for _, l := range informationListings() {
		add(informationSchema, l)
	}
	return rows, nil
}

// informationListings describes the tables of information_schema themselves.
func informationListings() []plan.Listing {
	var out []plan.Listing
	for _, name := range []string{"columns", "schemata", "tables"} {
		l := plan.Listing{Name: name}
		for _, c := range informationTables[name] {
			t := types.VarcharType
			if c == "ordinal_position" {
				t = types.BigIntType
			}
			l.Columns = append(l.Columns, plan.TableColumn{Name: c, Type: t})
		}
		out = append(out, l)
	}
	return out
}

// constantRelation is a relation of known rows.
func constantRelation(names []string, typs []types.Type, rows [][]any) *relation {
	node := &plan.Values{}
	for i, n := range names {
		node.Columns = append(node.Columns, plan.Output{Name: n, Type: typs[i]})
	}
	for _, r := range rows {
		exprs := make([]plan.Expr, len(r))
		for i, v := range r {
			exprs[i] = &plan.Literal{Value: v, Typ: typs[i]}
		}
		node.Rows = append(node.Rows, exprs)
	}
	return newRelation(node, names)
}

// show binds SHOW and DESCRIBE: a relation of what there is, and LIKE on its
// first column.
func (b *binder) show(s *ast.Show) (*relation, error) {
	dir, ok := b.catalog.(plan.Directory)
	if !ok {
		return nil, notSupported(s.Span(), s.Kind.String())
	}
	rel, err := b.listing(s, dir)
	if err != nil || s.Like == nil {
		return rel, err
	}
	args := []plan.Expr{rel.cols[0].ref(), &plan.Literal{Value: s.Like.Text, Typ: types.VarcharType}}
	if s.Escape != nil {
		args = append(args, &plan.Literal{Value: s.Escape.Text, Typ: types.VarcharType})
	}
	cond, err := resolve("like", args)
	if err != nil {
		return nil, at(err, s.Like.Span())
	}
	return &relation{node: &plan.Filter{Input: rel.node, Cond: cond}, cols: rel.cols}, nil
}

func (b *binder) listing(s *ast.Show, dir plan.Directory) (*relation, error) {
	catalog, schema := dir.Schema()
	text := func(n int) []types.Type {
		out := make([]types.Type, n)
		for i := range out {
			out[i] = types.VarcharType
		}
		return out
	}
	switch s.Kind {
	case ast.ShowCatalogs:
		return constantRelation([]string{"Catalog"}, text(1), [][]any{{catalog}}), nil
	case ast.ShowSchemas:
		if len(s.Of) > 0 && !strings.EqualFold(s.Of[0].Name, catalog) {
			return nil, ast.Errorf(ast.CatalogNotFound, s.Span(), "Catalog '%s' does not exist", s.Of[0].Name)
		}
		return constantRelation([]string{"Schema"}, text(1), [][]any{{schema}, {informationSchema}}), nil
	case ast.ShowTables:
		rows, err := b.showTables(s, dir)
		return constantRelation([]string{"Table"}, text(1), rows), err
	case ast.ShowColumns:
		rows, err := b.showColumns(s)
		return constantRelation([]string{"Column", "Type", "Extra", "Comment"}, text(4), rows), err
	case ast.ShowFunctions:
		var rows [][]any
		for _, f := range function.List() {
			rows = append(rows, []any{f.Name, f.Result, f.Arguments, f.Kind, f.Deterministic, f.Description})
		}
		typs := text(6)
		typs[4] = types.BooleanType
		return constantRelation([]string{"Function", "Return Type", "Argument Types", "Function Type", "Deterministic", "Description"}, typs, rows), nil
	}
	return nil, notSupported(s.Span(), s.Kind.String())
}

func (b *binder) showTables(s *ast.Show, dir plan.Directory) ([][]any, error) {
	catalog, schema := dir.Schema()
	if n := len(s.Of); n > 0 {
		wanted := s.Of[n-1].Name
		switch {
		case n > 2 || n == 2 && !strings.EqualFold(s.Of[0].Name, catalog):
			return nil, ast.Errorf(ast.CatalogNotFound, s.Span(), "Catalog '%s' does not exist", s.Of[0].Name)
		case strings.EqualFold(wanted, informationSchema):
			return [][]any{{"columns"}, {"schemata"}, {"tables"}}, nil
		case !strings.EqualFold(wanted, schema):
			return nil, ast.Errorf(ast.SchemaNotFound, s.Span(), "Schema '%s' does not exist", wanted)
		}
	}
	listed, err := dir.List(b.ctx)
	var rows [][]any
	for _, l := range listed {
		rows = append(rows, []any{l.Name})
	}
	return rows, err
}

// showColumns describes a table: its columns but the hidden ones, as in SELECT *.
func (b *binder) showColumns(s *ast.Show) ([][]any, error) {
	t := &ast.Table{At: s.At, Name: s.Of}
	rel, err := b.table(t, nil)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, c := range rel.cols {
		if !c.hidden {
			rows = append(rows, []any{c.name, c.typ.String(), "", ""})
		}
	}
	return rows, nil
}

// view binds a name that stands for a query; nil for other names.
func (b *binder) view(t *ast.Table, parts []string) (*relation, error) {
	views, ok := b.catalog.(plan.Views)
	if !ok || b.parse == nil {
		return nil, nil
	}
	sql, ok, err := views.View(b.ctx, parts)
	if errors.Is(err, plan.ErrTableNotFound) {
		return nil, nil // the table is looked up by all of its name, and told to be missing
	}
	if err != nil || !ok {
		return nil, err
	}
	if t.Version != nil || t.Timestamp != nil {
		return nil, notSupported(t.For, "A version of the view '"+strings.Join(parts, ".")+"'")
	}
	stmt, err := b.parse(sql)
	if err != nil {
		return nil, err
	}
	rel, err := b.query(stmt.(*ast.QueryStatement).Query, (*env)(nil).inFrom())
	return rel, err
}
