package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (l *testLake) statistics(sql string) []ColumnStatistics {
	l.t.Helper()
	id := l.start(sql)
	if d := l.waitQuery(id); d.Status != QueryFinished {
		l.t.Fatalf("%s: %s %s", sql, d.Status, d.Error)
	}
	out, err := l.GetQueryResultStatistics(l.t.Context(), Principal{}, QueryRef{QueryID: id})
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

// After a restart the statistics of a result are the same as before.
func TestResultStatisticsAfterRestart(t *testing.T) {
	l := openLake(t, nil)
	id := l.start("SELECT n, CAST(n % 7 AS varchar) AS m, IF(n > 100, n) AS some FROM UNNEST(sequence(1, 5000)) AS t(n)")
	l.waitQuery(id)
	ask := func() []ColumnStatistics {
		t.Helper()
		out, err := l.GetQueryResultStatistics(t.Context(), Principal{}, QueryRef{QueryID: id})
		if err != nil || len(out) != 3 || out[0].Values != 5000 || out[1].Distinct != 7 || out[2].Nulls != 100 {
			t.Fatalf("statistics = %+v, %v", out, err)
		}
		return out
	}
	before := ask()
	l.reopen()
	if diff := cmp.Diff(before, ask()); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
}

// The statistics of a result are what SQL says of the same rows.
func TestResultStatistics(t *testing.T) {
	l := openLake(t, nil)
	l.generate(6000, 5)
	l.create("audit", 3653)
	l.importAll(l.mustFind("audit"))
	columns := []string{"eventname", "eventtime", "errorcode", "readonly", "useridentity", "useridentity.type", "requestparameters", "resources", `"$source".record`}
	for i, c := range l.statistics("SELECT " + strings.Join(columns, ", ") + " FROM audit") {
		x := columns[i]
		if c.DistinctApproximate || c.TopValuesApproximate {
			t.Errorf("%s: approximate with %d values", x, c.Distinct)
		}
		counts := l.query(fmt.Sprintf("SELECT count(%[1]s), count(*) - count(%[1]s), count(DISTINCT %[1]s) FROM audit", x))[0]
		if got := fmt.Sprintf("%d|%d|%d", c.Values, c.Nulls, c.Distinct); got != counts {
			t.Errorf("%s: values, NULLs, distinct = %s, want %s", x, got, counts)
		}
		if ordered := c.Type != "map(varchar, varchar)" && !strings.HasPrefix(c.Type, "array(") && !strings.HasPrefix(c.Type, "row("); ordered {
			want := l.query(fmt.Sprintf("SELECT min(%[1]s), max(%[1]s) FROM audit", x))[0]
			if got := joinCells([]Cell{{Value: c.Min}, {Value: c.Max}}); got != want {
				t.Errorf("%s: %s to %s, want %s", x, *c.Min, *c.Max, want)
			}
		}
		top := l.query(fmt.Sprintf("SELECT count(*) FROM audit WHERE %[1]s IS NOT NULL GROUP BY %[1]s ORDER BY 1 DESC LIMIT 10", x))
		var got []string
		for _, v := range c.TopValues {
			got = append(got, fmt.Sprint(v.Count))
		}
		if !slices.Equal(got, top) {
			t.Errorf("%s: counts of the most frequent = %v, want %v", x, got, top)
		}
	}
}

// Of many distinct values the number is told within a few percent and said to be
// approximate; the frequent ones among them are found and counted exactly.
func TestResultStatisticsOfManyValues(t *testing.T) {
	l := openLake(t, nil)
	c := l.statistics("SELECT if(n % 100 < 5, n % 100, n) AS n, 'v' || CAST(n AS varchar) AS u FROM UNNEST(sequence(1, 10000)) AS t(m), UNNEST(sequence(m * 20, m * 20 + 19)) AS u(n)")
	n, u := c[0], c[1]
	if !n.DistinctApproximate || n.Distinct < 180_000 || n.Distinct > 200_000 || !u.DistinctApproximate || u.Distinct < 190_000 || u.Distinct > 210_000 {
		t.Errorf("distinct = %d of 190,000, %d of 200,000", n.Distinct, u.Distinct)
	}
	if n.Values != 200_000 || *n.Min != "0" || *n.Max != "200019" {
		t.Errorf("%d values from %s to %s", n.Values, *n.Min, *n.Max)
	}
	for i, v := range n.TopValues[:5] {
		if v.Count != 2000 || !slices.Contains([]string{"0", "1", "2", "3", "4"}, v.Value) {
			t.Errorf("value %d: %s with %d", i, v.Value, v.Count)
		}
	}
	if !n.TopValuesApproximate || !u.TopValuesApproximate || len(u.TopValues) > 10 {
		t.Errorf("approximate: %v, %v, %d values", n.TopValuesApproximate, u.TopValuesApproximate, len(u.TopValues))
	}
}

func TestResultStatisticsEdges(t *testing.T) {
	l := openLake(t, nil)
	for sql, want := range map[string]string{
		"SELECT NULL FROM UNNEST(sequence(1, 3)) AS t(n)":                   "0 3 0 ∅ ∅ []",
		"SELECT 1 WHERE FALSE":                                              "0 0 0 ∅ ∅ []",
		"SELECT x FROM (VALUES nan(), 1e0, -infinity(), NULL, 1e0) AS t(x)": "4 1 3 -Infinity 1.0 [{1.0 2} {NaN 1} {-Infinity 1}]",
		"SELECT rpad('', 300, 'ä')":                                         "1 0 1 " + strings.Repeat("ä", 256) + "… " + strings.Repeat("ä", 256) + "… [{" + strings.Repeat("ä", 256) + "… 1}]",
		"SELECT x FROM (VALUES MAP(ARRAY['a', 'b'], ARRAY[1, 2]), map_from_entries(ARRAY[('b', 2), ('a', 1)])) AS t(x)": "2 0 1 ∅ ∅ [{{a=1, b=2} 2}]",
	} {
		c := l.statistics(sql)[0]
		text := strings.ReplaceAll(joinCells([]Cell{{Value: c.Min}, {Value: c.Max}}), "|", " ")
		if got := fmt.Sprintf("%d %d %d %s %v", c.Values, c.Nulls, c.Distinct, text, c.TopValues); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
	id := l.start(endless)
	_, err := l.GetQueryResultStatistics(t.Context(), Principal{}, QueryRef{QueryID: id})
	wantCode(t, err, InvalidQueryStatus, "wait for its end")
	_, err = l.GetQueryResultStatistics(t.Context(), Principal{}, QueryRef{QueryID: "11111111-2222-4333-8444-555555555555"})
	wantCode(t, err, QueryIDNotFound, "11111111")
}
