package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// sampled is how many events distributions look at: as many as the largest
// collection of real trails at hand has, so that numbers of distinct values can be
// compared.
const sampled = 29_000

// spread are the columns whose values distributions count.
var spread = []string{
	"eventsource", "eventname", "awsregion", "recipientaccountid", "useridentity.type", "useridentity.arn", "useridentity.accesskeyid",
	"sourceipaddress", "useragent", "errorcode", "errormessage", "readonly",
}

// free are the free-form columns.
var free = []string{"requestparameters", "responseelements", "additionaleventdata"}

// distributions prints how the values of a lake's events are spread, over a sample:
// what the generated trail has in common with a real one, or has not.
func (d *dataset) distributions(ctx context.Context) (err error) {
	db, err := openDuck("", d.temp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, fmt.Sprintf("CREATE TABLE t AS SELECT * FROM read_parquet(%s, union_by_name = true) ORDER BY md5(eventjson) LIMIT %d", literal(d.segments()), sampled)); err != nil {
		return err
	}
	fmt.Println("| | absent % | distinct | most frequent % | ten most frequent % | characters |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, column := range spread {
		var absent, top, ten, length float64
		var distinct int64
		row := db.QueryRowContext(ctx, strings.ReplaceAll(`WITH n AS (SELECT CAST(COLUMN AS VARCHAR) AS v, count(*) AS n FROM t WHERE COLUMN IS NOT NULL GROUP BY 1),
			of AS (SELECT count(*) AS all_, count(COLUMN) AS there FROM t)
			SELECT 100 * (1 - any_value(there) / any_value(all_)), count(*), 100 * max(n) / any_value(there),
			100 * (SELECT sum(n) FROM (SELECT n FROM n ORDER BY n DESC LIMIT 10)) / any_value(there), sum(length(v) * n) / any_value(there) FROM n, of`, "COLUMN", column))
		if err := row.Scan(&absent, &distinct, &top, &ten, &length); err != nil {
			return fmt.Errorf("%s: %w", column, err)
		}
		fmt.Printf("| %s | %.1f | %d | %.1f | %.1f | %.0f |\n", column, absent, distinct, top, ten, length)
	}
	fmt.Println("\n| | absent % | keys | different keys | characters p50 | p90 | p99 | distinct values |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, column := range free {
		var absent, keys float64
		var different, values int64
		var half, most, nearly float64
		row := db.QueryRowContext(ctx, strings.ReplaceAll(`SELECT 100 * (1 - count(COLUMN) / count(*)), avg(cardinality(COLUMN)),
			(SELECT count(DISTINCT k) FROM (SELECT unnest(map_keys(COLUMN)) AS k FROM t)),
			quantile_cont(c, 0.5), quantile_cont(c, 0.9), quantile_cont(c, 0.99),
			(SELECT count(DISTINCT v) FROM (SELECT unnest(map_values(COLUMN)) AS v FROM t))
			FROM (SELECT COLUMN, list_sum([length(v) FOR v IN map_values(COLUMN)]) AS c FROM t)`, "COLUMN", column))
		if err := row.Scan(&absent, &keys, &different, &half, &most, &nearly, &values); err != nil {
			return fmt.Errorf("%s: %w", column, err)
		}
		fmt.Printf("| %s | %.1f | %.1f | %d | %.0f | %.0f | %.0f | %d |\n", column, absent, keys, different, half, most, nearly, values)
	}
	var half, most, nearly float64
	if err := db.QueryRowContext(ctx, "SELECT quantile_cont(c, 0.5), quantile_cont(c, 0.9), quantile_cont(c, 0.99) FROM (SELECT strlen(eventjson) AS c FROM t)").Scan(&half, &most, &nearly); err != nil {
		return err
	}
	fmt.Printf("\n# bytes of an event: p50 %.0f, p90 %.0f, p99 %.0f\n", half, most, nearly)
	return nil
}
