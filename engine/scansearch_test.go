package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A condition on texts that the scan decides has the answer that the texts
// themselves have: in segments, in one that is partly past its retention, and of
// rows in memory.
func TestSearchInScan(t *testing.T) {
	l := openLake(t, nil)
	l.generate(shorter(6000), 6)
	l.create("audit", 30)
	store := l.mustFind("audit")
	l.importAll(store)
	compare := func(when string) {
		t.Helper()
		for of, word := range map[string]string{"eventJson": "us-east-1", "eventName": "Get", "userAgent": "aws", "errorMessage": "not", "userIdentity.arn": "role"} {
			var want []string
			for _, row := range l.query("SELECT eventID, coalesce(" + of + ", 'NULL') FROM audit") {
				id, text, _ := strings.Cut(row, "|")
				answer := strconv.FormatBool(strings.Contains(text, word))
				if text == "NULL" {
					answer = "NULL"
				}
				want = append(want, id+"|"+answer)
			}
			for _, cond := range []string{of + " LIKE '%" + word + "%'", of + " LIKE '%" + word + "%' AND " + of + " LIKE '%" + word[1:] + "%'", "strpos(" + of + ", '" + word + "') > 0"} {
				sameAnswers(t, l, when+": "+cond, cond, want)
			}
		}
		for _, cond := range []string{
			"any_match(map_values(requestParameters), v -> %s LIKE '%%a%%')", "any_match(map_keys(requestParameters), v -> %s LIKE '%%Id')",
			"any_match(map_values(responseElements), v -> starts_with(%s, '{'))", "any_match(resources, r -> %s.arn LIKE 'arn:aws:s3%%')",
		} {
			// What is made of a text is not decided by the scan.
			plain := strings.NewReplacer("%s.arn", "(r.arn || '')", "%s", "(v || '')", "%%", "%").Replace(cond)
			cond = strings.NewReplacer("%s.arn", "r.arn", "%s", "v", "%%", "%").Replace(cond)
			sameAnswers(t, l, when+": "+cond, cond, l.query("SELECT eventID, coalesce(CAST("+plain+" AS varchar), 'NULL') FROM audit"))
		}
	}
	compare("imported")
	middle := l.query("SELECT CAST(to_unixtime(eventTime) AS bigint) FROM (SELECT eventTime FROM audit ORDER BY eventTime LIMIT 3000) ORDER BY eventTime DESC LIMIT 1")[0]
	seconds, err := strconv.ParseInt(middle, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	l.setNow(time.Unix(seconds, 0).UTC().AddDate(0, 0, 30))
	compare("partly past the retention")
	var events []string
	for i := range 40 {
		events = append(events, liveRecord(fmt.Sprint("live-", i), []string{"GetThing", "PutThing"}[i%2], i))
	}
	l.put(store, events...)
	compare("with rows in memory")
}

// sameAnswers compares a condition in SELECT and in WHERE, beside other columns and alone.
func sameAnswers(t *testing.T, l *testLake, what, cond string, want []string) {
	t.Helper()
	slices.Sort(want)
	got := l.query("SELECT eventID, coalesce(CAST(" + cond + " AS varchar), 'NULL') FROM audit")
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d rows, want %d: %s", what, len(got), len(want), firstOther(got, want))
	}
	for answer, where := range map[string]string{"true": cond, "false": "NOT (" + cond + ")", "NULL": "(" + cond + ") IS NULL"} {
		var ids []string
		for _, row := range want {
			if id, ok := strings.CutSuffix(row, "|"+answer); ok {
				ids = append(ids, id)
			}
		}
		if got := l.query("SELECT count(*) FROM audit WHERE " + where)[0]; got != strconv.Itoa(len(ids)) {
			t.Errorf("%s: %s rows are %s, want %d", what, got, answer, len(ids))
		}
		// With what is searched, and much else that is read only then, or without.
		for _, columns := range []string{"eventID", "eventID, eventJson, eventName, userAgent, errorMessage, userIdentity, requestParameters, responseElements, resources"} {
			got := l.query("SELECT " + columns + " FROM audit WHERE " + where)
			for i, row := range got {
				got[i], _, _ = strings.Cut(row, "|")
			}
			slices.Sort(got)
			if !slices.Equal(got, ids) {
				t.Errorf("%s: SELECT %s: %d rows are %s, want %d: %s", what, columns, len(got), answer, len(ids), firstOther(got, ids))
			}
		}
	}
}
