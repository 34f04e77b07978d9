package edit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/traillake/traillake/query"
	"github.com/traillake/traillake/query/ast"
	"github.com/traillake/traillake/query/edit"
)

// FuzzApply: an edit of any statement is refused, or gives one that binds; the
// value is never read as anything but a value.
func FuzzApply(f *testing.F) {
	for _, sql := range []string{
		"SELECT eventName, count(*) FROM audit GROUP BY 1 ORDER BY 2 DESC LIMIT 5", "SELECT * FROM audit -- x\nWHERE readOnly OR 1 = 2",
		"WITH a AS (SELECT 1 AS eventName) SELECT eventName FROM a UNION SELECT eventName FROM audit", "SELECT 1 AS eventName", "TABLE audit",
	} {
		f.Add(sql, "eventName", "it's", 0, false)
	}
	cat := newCatalog(f)
	check := func(sql string) (*query.Checked, error) {
		return query.Check(context.Background(), sql, nil, cat, query.Options{})
	}
	f.Fuzz(func(t *testing.T, sql, name, value string, index int, out bool) {
		for _, e := range []edit.Edit{
			{Column: &edit.ColumnFilter{Column: edit.Column{Name: name}, Value: &value, Out: out, BeforeLimit: index%2 == 0}},
			{Column: &edit.ColumnFilter{Column: edit.Column{Index: &index}, Out: out}},
			{Leaf: &edit.LeafFilter{Path: []edit.Step{{Key: name}, {Key: value}, {Index: &index}}, Value: &value, Out: out}},
			{Sort: &edit.Sort{Column: edit.Column{Index: &index}, Desc: out}},
			{Range: &edit.TimeRange{}},
		} {
			got, err := edit.Apply(sql, []edit.Edit{e}, edit.Events{Time: "eventTime", Payload: "eventJson"}, check)
			var user *ast.Error
			var refused *edit.Refused
			if err != nil && !errors.As(err, &user) && !errors.As(err, &refused) && query.Place(err).IsZero() {
				t.Fatalf("%q: %T %v", sql, err, err)
			}
			if err == nil {
				if _, err := check(got); err != nil {
					t.Fatalf("%q became %q: %v", sql, got, err)
				}
			}
		}
	})
}
