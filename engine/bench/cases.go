package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/array"
)

// testCase is one question in both dialects.
type testCase struct {
	name         string
	ours, theirs string
	ties         bool // ordered by the first column, with a limit that may cut among equals
	file         bool // the rows go into a file
}

// wanted are values that the questions name, picked from the data.
type wanted struct {
	Key       string // an access key with few events
	ID        string // an eventID
	Principal string // an ARN with about a thousandth of the events
	Bucket    string // a bucket that is named often
	Rare      string // a text that few requestParameters have
}

// wanted finds the values: the same for the same data. They are kept in a file, so
// that a process that measures one side's memory needs not ask the other.
func (d *dataset) wanted(ctx context.Context) (w wanted, err error) {
	path := filepath.Join(filepath.Dir(d.file), "wanted.json")
	if raw, err := os.ReadFile(path); err == nil {
		return w, json.Unmarshal(raw, &w)
	}
	k, err := openDuckSide(ctx, d, "")
	if err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, k.close()) }()
	if w, err = pick(ctx, k); err != nil {
		return w, err
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return w, err
	}
	return w, os.WriteFile(path, raw, 0o644)
}

func pick(ctx context.Context, k *duck) (wanted, error) {
	var w wanted
	for query, to := range map[string]*string{
		`SELECT useridentity.accesskeyid FROM events WHERE useridentity.accesskeyid IS NOT NULL GROUP BY 1 HAVING count(*) BETWEEN 5 AND 50 ORDER BY md5(useridentity.accesskeyid) LIMIT 1`: &w.Key,
		`SELECT eventid FROM events ORDER BY md5(eventid) LIMIT 1`: &w.ID,
		`SELECT arn FROM (SELECT useridentity.arn AS arn, count(*) AS n FROM events WHERE useridentity.arn IS NOT NULL GROUP BY 1), (SELECT count(*) AS total FROM events)
			ORDER BY abs(n - total / 1000), arn LIMIT 1`: &w.Principal,
		`SELECT requestparameters['bucketName'] FROM events WHERE requestparameters['bucketName'] IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1`: &w.Bucket,
		`SELECT right(requestparameters['key'], 20) FROM events WHERE requestparameters['key'] LIKE '%.parquet' ORDER BY md5(eventid) LIMIT 1`:              &w.Rare,
	} {
		records, err := k.answer(ctx, query)
		if err != nil {
			return w, fmt.Errorf("%s: %w", query, err)
		}
		if len(records) == 0 || records[0].NumRows() == 0 {
			return w, fmt.Errorf("%s: no rows", query)
		}
		*to = records[0].Column(0).(*array.String).Value(0)
	}
	return w, nil
}

// cases are the questions, in the order of the table.
func (d *dataset) cases(ctx context.Context) ([]testCase, error) {
	w, err := d.wanted(ctx)
	if err != nil {
		return nil, err
	}
	// same is a question that both dialects have in the same words.
	same := func(name, query string) testCase { return testCase{name: name, ours: query, theirs: query} }
	day := end.AddDate(0, 0, -d.all.days/2)
	month := end.AddDate(0, 0, -min(30, d.all.days/2))
	const ts = "2006-01-02 15:04:05"
	const eight = "eventtime, eventname, eventsource, awsregion, sourceipaddress, useragent, useridentity.arn, errorcode"
	return []testCase{
		same("01_count_by_name", "SELECT eventname, count(*) FROM events GROUP BY 1"),
		same("02_one_day_one_service", fmt.Sprintf("SELECT count(*) FROM events WHERE eventtime >= TIMESTAMP '%s' AND eventtime < TIMESTAMP '%s' AND eventsource = 's3.amazonaws.com'",
			day.Format(ts), day.AddDate(0, 0, 1).Format(ts))),
		same("03_access_key", fmt.Sprintf("SELECT %s FROM events WHERE useridentity.accesskeyid = '%s'", eight, w.Key)),
		same("04_event_id", fmt.Sprintf("SELECT * FROM events WHERE eventid = '%s'", w.ID)),
		{
			name: "05_principal_by_time", ties: true,
			ours:   fmt.Sprintf("SELECT %s FROM events WHERE useridentity.arn = '%s' ORDER BY eventtime LIMIT 100", eight, w.Principal),
			theirs: fmt.Sprintf("SELECT %s FROM events WHERE useridentity.arn = '%s' ORDER BY eventtime LIMIT 100", eight, w.Principal),
		},
		{
			name: "06_newest", ties: true,
			ours:   "SELECT eventtime AS at, * FROM events ORDER BY eventtime DESC LIMIT 100",
			theirs: "SELECT eventtime AS at, * FROM events ORDER BY eventtime DESC LIMIT 100",
		},
		same("07_denied_by_principal", "SELECT useridentity.arn, count(*) FROM events WHERE errorcode LIKE '%Denied%' GROUP BY 1"),
		{
			name:   "08_substring_rare",
			ours:   fmt.Sprintf("SELECT eventid FROM events WHERE any_match(map_values(requestparameters), v -> v LIKE '%%%s%%')", w.Rare),
			theirs: fmt.Sprintf("SELECT eventid FROM events WHERE len(list_filter(map_values(requestparameters), v -> contains(v, '%s'))) > 0", w.Rare),
		},
		{
			name:   "08_substring_everywhere",
			ours:   "SELECT count(*) FROM events WHERE any_match(map_values(requestparameters), v -> v LIKE '%amazonaws%')",
			theirs: "SELECT count(*) FROM events WHERE len(list_filter(map_values(requestparameters), v -> contains(v, 'amazonaws'))) > 0",
		},
		{
			name:   "09_map_key",
			ours:   fmt.Sprintf("SELECT count(*) FROM events WHERE element_at(requestparameters, 'bucketName') = '%s'", w.Bucket),
			theirs: fmt.Sprintf("SELECT count(*) FROM events WHERE requestparameters['bucketName'] = '%s'", w.Bucket),
		},
		{
			name:   "09_map_key_grouped",
			ours:   "SELECT element_at(requestparameters, 'bucketName') AS b, count(*) FROM events GROUP BY 1",
			theirs: "SELECT requestparameters['bucketName'] AS b, count(*) FROM events GROUP BY 1",
		},
		{
			name:   "10_json_two_levels",
			ours:   "SELECT json_extract_scalar(element_at(requestparameters, 'instancesSet'), '$.items[0].instanceId') AS i, count(*) FROM events GROUP BY 1",
			theirs: "SELECT json_extract_string(requestparameters['instancesSet'], '$.items[0].instanceId') AS i, count(*) FROM events GROUP BY 1",
		},
		same("11_distinct_addresses", "SELECT useridentity.arn, count(DISTINCT sourceipaddress) AS n FROM events GROUP BY 1 ORDER BY n DESC, 1 LIMIT 20"),
		same("12_hourly", "SELECT date_trunc('hour', eventtime) AS h, count(*) FROM events GROUP BY 1"),
		same("13_first_and_last_seen", "SELECT useridentity.arn, sourceipaddress, min(eventtime), max(eventtime) FROM events GROUP BY 1, 2"),
		{
			name: "14_session_of_assume_role",
			ours: `SELECT a.useridentity.arn AS who, element_at(a.requestparameters, 'roleArn') AS role, count(*) AS uses
				FROM events a JOIN events u ON u.useridentity.accesskeyid = json_extract_scalar(element_at(a.responseelements, 'credentials'), '$.accessKeyId')
				WHERE a.eventname = 'AssumeRole' AND u.eventtime >= a.eventtime GROUP BY 1, 2`,
			theirs: `SELECT a.useridentity.arn AS who, a.requestparameters['roleArn'] AS role, count(*) AS uses
				FROM events a JOIN events u ON u.useridentity.accesskeyid = json_extract_string(a.responseelements['credentials'], '$.accessKeyId')
				WHERE a.eventname = 'AssumeRole' AND u.eventtime >= a.eventtime GROUP BY 1, 2`,
		},
		{
			name: "15_gap_per_principal",
			ours: `SELECT arn, max(gap) AS longest FROM (SELECT useridentity.arn AS arn,
				date_diff('second', lag(eventtime) OVER (PARTITION BY useridentity.arn ORDER BY eventtime), eventtime) AS gap FROM events) GROUP BY 1`,
			theirs: `SELECT arn, max(gap) AS longest FROM (SELECT useridentity.arn AS arn,
				date_diff('second', lag(eventtime) OVER (PARTITION BY useridentity.arn ORDER BY eventtime), eventtime) AS gap FROM events) GROUP BY 1`,
		},
		func() testCase {
			query := fmt.Sprintf("SELECT useridentity.arn AS arn, eventtime, eventsource, eventname, sourceipaddress, eventid FROM events WHERE eventtime >= TIMESTAMP '%s' ORDER BY arn, eventtime, eventid", month.Format(ts))
			c := same("16_sort_into_file", query)
			c.file = true
			return c
		}(),
		same("17_count_min_max", "SELECT count(*), min(eventtime), max(eventtime) FROM events"),
		{
			name:   "18_like_over_eventjson",
			ours:   "SELECT count(*) FROM events WHERE eventjson LIKE '%terraform%'",
			theirs: "SELECT count(*) FROM events WHERE contains(eventjson, 'terraform')",
		},
	}, nil
}

// caseNamed is a case by its name.
func caseNamed(all []testCase, name string) (testCase, error) {
	for _, c := range all {
		if c.name == name {
			return c, nil
		}
	}
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	return testCase{}, fmt.Errorf("no case %q: there are %s", name, strings.Join(names, ", "))
}
