package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// trailOfRepeats is a store into which were imported: two events; the first
// again, as it was and changed; and an event without an id, twice.
func trailOfRepeats(t *testing.T) *testLake {
	l := openLake(t, nil)
	id := l.create("audit", 366)
	l.write(key(1, "one"), `{"Records":[`+record("a", "First", 1)+`,`+record("b", "Second", 1)+`]}`)
	l.importAll(id)
	l.setNow(l.clock().Add(time.Hour))
	l.write(key(2, "two"), `{"Records":[`+record("a", "First", 1)+`,`+record("a", "Changed", 2)+`,{"eventName":"NoID"},{"eventName":"NoID"}]}`)
	l.importAll(id)
	return l
}

func TestSystemTables(t *testing.T) {
	l := trailOfRepeats(t)
	one, two := key(1, "one"), key(2, "two")
	imports := l.query(`SELECT import FROM "audit$imports" ORDER BY created_at`)
	if len(imports) != 2 {
		t.Fatalf("imports: %v", imports)
	}
	for sql, want := range map[string]string{
		`SELECT import, status, objects, events_read, events_imported, duplicates FROM "audit$imports" ORDER BY created_at`: imports[0] + "|COMPLETED|1|2|2|0\n" + imports[1] + "|COMPLETED|1|4|3|1",
		`SELECT eventid, object, record, import, "commit" = c, segment = s FROM (SELECT o.*, e."$commit" AS c, e."$segment" AS s
			FROM "audit$origins" o JOIN audit e ON o.object = e."$source".object AND o.record = e."$source".record) ORDER BY object, record`: strings.Join([]string{
			"a|" + one + "|0|" + imports[0] + "|true|true", "b|" + one + "|1|" + imports[0] + "|true|true",
			"a|" + two + "|1|" + imports[1] + "|true|true", "∅|" + two + "|2|" + imports[1] + "|true|true", "∅|" + two + "|3|" + imports[1] + "|true|true"}, "\n"),
		`SELECT eventid, content, contents, object, record FROM "audit$ledger" ORDER BY content`: "a|1|2|" + one + "|0\na|2|2|" + two + "|1",
		`SELECT count(DISTINCT checksum) FROM "audit$ledger" GROUP BY eventid`:                   "2",
		`SELECT sum(rows_added), sum(segments_removed), count(DISTINCT version), min(version) FROM "audit$versions" HAVING count(*) = max(version)`: "5|0|" +
			l.query(`SELECT count(*) FROM "audit$versions"`)[0] + "|1",
		`SELECT count(*) FROM default."audit$versions" v JOIN "audit$imports" i USING (import) WHERE v.rows_added > 0`: "2",
		`SELECT date_diff('minute', min(committed_at), max(committed_at)) FROM "audit$versions" WHERE rows_added > 0`:  "60",
		`SELECT count(*) FROM "` + l.mustFind("audit") + `$origins" WHERE eventid IS NULL`:                             "2",
		`SELECT count(*) FROM "AUDIT$LEDGER" a, "audit$ledger" b`:                                                      "4",
		`SELECT count(*) FROM $EDS_ID`: "5",
		`SELECT count(*) FROM "aws:cloudtrail".audit, awsdatacatalog.security.audit b WHERE b.eventid = audit.eventid`: "5",
		`SELECT count(*) FROM default.audit WHERE default.audit.eventname = 'NoID'`:                                    "2",
	} {
		if got := strings.Join(l.query(sql), "\n"); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
	for sql, says := range map[string]string{
		`SELECT 1 FROM "nosuch$ledger"`:                     `Table 'nosuch$ledger' does not exist`,
		`SELECT 1 FROM "audit$nosuch"`:                      `Table 'audit$nosuch' does not exist`,
		`SELECT 1 FROM "audit$origins" FOR VERSION AS OF 1`: `line 1:31: A version of the view 'audit$origins' is not supported`,
		`SELECT 1 FROM a.b.c.audit`:                         `does not exist`,
		`SELECT nosuch FROM "audit$origins"`:                `line 1:8: Column 'nosuch' cannot be resolved`,
		`SELECT 1 FROM information_schema.nosuch`:           `Table 'information_schema.nosuch' does not exist`,
		`SELECT 1 FROM information_schema.audit`:            `Table 'information_schema.audit' does not exist`,
		`SELECT eventNme FROM audit`:                        `line 1:8: Column 'eventnme' cannot be resolved. Did you mean 'eventname'?`,
		`SHOW COLUMNS FROM nosuch`:                          `line 1:1: Table 'nosuch' does not exist`,
		`SHOW TABLES FROM nosuch`:                           `line 1:1: Schema 'nosuch' does not exist`,
		`SHOW SCHEMAS FROM nosuch`:                          `line 1:1: Catalog 'nosuch' does not exist`,
	} {
		_, err := l.tryQuery(sql)
		wantCode(t, err, InvalidQueryStatement, says)
	}
	l.create("other", 366)
	_, err := l.tryQuery("SELECT 1 FROM $EDS_ID")
	wantCode(t, err, InvalidQueryStatement, "Table '$EDS_ID' does not exist")
}

// TestInformationSchema holds the columns and words to Trino 483.
func TestInformationSchema(t *testing.T) {
	l := openLake(t, nil)
	l.create("audit", 366)
	l.create("Other", 366)
	for sql, want := range map[string]string{
		"SHOW TABLES":                            "Other\naudit",
		"SHOW TABLES FROM default LIKE 'au%'":    "audit",
		"SHOW TABLES IN information_schema":      "columns\nschemata\ntables",
		"SHOW SCHEMAS":                           "default\ninformation_schema",
		"SHOW SCHEMAS FROM traillake LIKE '%z%'": "",
		"SHOW CATALOGS":                          "traillake",
		"DESCRIBE information_schema.tables":     "table_catalog|varchar||\ntable_schema|varchar||\ntable_name|varchar||\ntable_type|varchar||",
		"SHOW COLUMNS FROM audit LIKE 'event%'": "eventversion|varchar||\neventtime|timestamp(3)||\neventsource|varchar||\neventname|varchar||\n" +
			"eventid|varchar||\neventtype|varchar||\neventcategory|varchar||\neventjson|varchar||\neventjsonchecksum|varchar||\n" +
			`eventcontext|row("requestcontext" map(varchar, varchar), "tagcontext" row("resourcetags" array(row("arn" varchar, "tags" map(varchar, varchar))), "principaltags" map(varchar, varchar)))||`,
		"SELECT * FROM information_schema.tables WHERE table_schema = 'default' ORDER BY table_name":                                                 "traillake|default|Other|BASE TABLE\ntraillake|default|audit|BASE TABLE",
		"SELECT * FROM traillake.information_schema.columns WHERE table_name = 'audit' AND ordinal_position = 3":                                     "traillake|default|audit|eventtime|3|∅|YES|timestamp(3)",
		"SELECT count(*) FROM information_schema.columns c JOIN information_schema.tables t USING (table_name) WHERE c.column_name LIKE '$%'":        "0",
		"SELECT c.data_type FROM information_schema.columns AS c WHERE c.table_schema = 'information_schema' AND c.column_name = 'ordinal_position'": "bigint",
		"SELECT * FROM information_schema.schemata":  "traillake|default\ntraillake|information_schema",
		"SHOW FUNCTIONS LIKE 'json_array_l%'":        "json_array_length|bigint|json|scalar|true|how many elements a JSON array has\njson_array_length|bigint|varchar(x)|scalar|true|how many elements a JSON array has",
		"SHOW FUNCTIONS LIKE 'row\\_n%' ESCAPE '\\'": "row_number|bigint||window|true|the number of the row in its window",
		"SHOW FUNCTIONS LIKE 'uuid'":                 "uuid|uuid||scalar|false|a random UUID",
		"SHOW FUNCTIONS LIKE '$%'":                   "",
	} {
		if got := strings.Join(l.query(sql), "\n"); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
	if got := l.query("SHOW FUNCTIONS"); len(got) < 300 {
		t.Errorf("SHOW FUNCTIONS has %d rows", len(got))
	}
	columns := fmt.Sprint(len(l.query("SHOW COLUMNS FROM audit")))
	if got := l.query("SELECT max(ordinal_position) FROM information_schema.columns WHERE table_name = 'audit'")[0]; got != columns {
		t.Errorf("ordinal positions up to %s, SHOW COLUMNS has %s", got, columns)
	}
}
