package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestAsOf imports three times and reads every version: its rows are those that
// were there then, whatever came later.
func TestAsOf(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 30)
	type moment struct {
		version int64
		at      time.Time
		names   string
	}
	var history []moment
	names := ""
	const list = "SELECT coalesce(array_join(array_sort(array_agg(eventName)), ','), '') FROM audit"
	for i, name := range []string{"", "First", "Second", "Third"} {
		l.setNow(l.clock().Add(time.Hour))
		if name != "" {
			l.write(key(1+i, name), `{"Records":[`+record(fmt.Sprint("id", i), name, i)+`]}`)
			l.importAll(id)
			names = strings.TrimPrefix(names+","+name, ",")
		}
		d, err := l.GetEventDataStore(t.Context(), Principal{}, id)
		if err != nil {
			t.Fatal(err)
		}
		history = append(history, moment{d.Version, l.clock(), names})
		if got := l.query(list)[0]; got != names {
			t.Fatalf("now: %s, want %s", got, names)
		}
	}
	l.setNow(l.clock().Add(time.Hour))
	check := func() {
		t.Helper()
		for _, m := range history {
			for _, clause := range []string{
				fmt.Sprintf("FOR VERSION AS OF %d", m.version),
				fmt.Sprintf("FOR VERSION AS OF BIGINT '%d' + 0", m.version),
				"FOR TIMESTAMP AS OF TIMESTAMP '" + m.at.Format("2006-01-02 15:04:05.000") + "'",
				"FOR TIMESTAMP AS OF TIMESTAMP '" + m.at.Add(2*time.Hour).Format("2006-01-02 15:04:05.000") + " +02:00'",
				fmt.Sprintf("FOR TIMESTAMP AS OF now() - INTERVAL '%d' HOUR", int(l.clock().Sub(m.at)/time.Hour)),
			} {
				if got := l.query(list + " " + clause)[0]; got != m.names {
					t.Errorf("%s: %q, want %q", clause, got, m.names)
				}
			}
		}
	}
	check()
	// What came between two versions.
	sql := fmt.Sprintf(`SELECT b.eventName FROM audit FOR VERSION AS OF %d b LEFT JOIN audit FOR VERSION AS OF %d a ON a.eventID = b.eventID
		WHERE a.eventID IS NULL ORDER BY 1`, history[3].version, history[1].version)
	if got := strings.Join(l.query(sql), ","); got != "Second,Third" {
		t.Errorf("between the versions: %s, want Second,Third", got)
	}
	// "$commit" says in which version a row came.
	sql = fmt.Sprintf(`SELECT count(*) FROM audit WHERE "$commit" <= %d`, history[2].version)
	if got := l.query(sql)[0]; got != "2" {
		t.Errorf("rows with a commit up to the version: %s, want 2", got)
	}
	l.reopen()
	check()
}

func TestAsOfRefuses(t *testing.T) {
	l := openLake(t, nil)
	id := l.create("audit", 30)
	l.write(key(2, "x"), `{"Records":[`+record("a", "Old", 25)+`]}`)
	l.importAll(id)
	d, err := l.GetEventDataStore(t.Context(), Principal{}, id)
	if err != nil {
		t.Fatal(err)
	}
	loaded := d.Version
	for clause, says := range map[string]string{
		"VERSION AS OF 0":                                             "line 1:21: event data store audit has no version 0: there are versions 1 to ",
		"VERSION AS OF 99":                                            "line 1:21: event data store audit has no version 99: there are versions 1 to ",
		"VERSION AS OF 'x'":                                           "line 1:21: Type varchar(1) invalid. Target ID pointers must be of type bigint.",
		"VERSION AS OF NULL":                                          "line 1:21: Pointer value cannot be NULL",
		"TIMESTAMP AS OF '2026-01-01'":                                "line 1:21: Type varchar(10) invalid. Temporal pointers must be of type Timestamp, Timestamp with Time Zone, or Date.",
		"TIMESTAMP AS OF TIMESTAMP '2100-01-01 00:00:00'":             "line 1:21: Pointer value '2100-01-01 00:00:00.000' is not in the past",
		"TIMESTAMP AS OF DATE '1970-01-01'":                           "line 1:21: event data store audit has no version at or before 1970-01-01T00:00:00Z: the first is of ",
		"TIMESTAMP AS OF CAST(NULL AS timestamp)":                     "line 1:21: Pointer value cannot be NULL",
		"TIMESTAMP AS OF eventTime":                                   "line 1:41: Column 'eventTime' cannot be resolved",
		"VERSION AS OF CAST(random() * 1000 AS bigint)":               "line 1:21: Pointer value must be a constant expression",
		fmt.Sprintf("VERSION AS OF %d JOIN b ON true", loaded):        "Table 'b' does not exist",
		fmt.Sprintf("VERSION AS OF %d WHERE nosuch = '1'", loaded):    "Column 'nosuch' cannot be resolved",
		fmt.Sprintf("VERSION AS OF %d WHERE eventnam = 1", loaded):    "Did you mean 'eventname'?",
		fmt.Sprintf("VERSION AS OF %d x, (SELECT 1) x(y), u", loaded): "Table 'u' does not exist",
	} {
		_, err := l.tryQuery("SELECT 1 FROM audit FOR " + clause)
		if err == nil || !strings.Contains(err.Error(), says) && !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(says)) {
			t.Errorf("FOR %s: error %v, want %s", clause, err, says)
		}
	}
	// Once retention has deleted rows of a version, it cannot be read; later ones can.
	l.setNow(l.clock().AddDate(0, 0, 10))
	l.sweep(t.Context())
	_, err = l.tryQuery(fmt.Sprintf("SELECT 1 FROM audit FOR VERSION AS OF %d", loaded))
	wantCode(t, err, InvalidQueryStatement, fmt.Sprintf("event data store audit has no version %d: rows of it were deleted by version", loaded))
	if d, err = l.GetEventDataStore(t.Context(), Principal{}, id); err != nil || d.Version <= loaded {
		t.Fatalf("version %d, %v: want one after %d", d.Version, err, loaded)
	}
	for _, version := range []int64{1, d.Version} {
		if got := l.query(fmt.Sprintf("SELECT count(*) FROM audit FOR VERSION AS OF %d", version))[0]; got != "0" {
			t.Errorf("version %d has %s rows, want 0", version, got)
		}
	}
	_, err = l.tryQuery("WITH w AS (SELECT 1) SELECT * FROM w FOR VERSION AS OF 1")
	wantCode(t, err, InvalidQueryStatement, "line 1:38: A version of the WITH item 'w' is not supported")
	_, err = l.tryQuery("SELECT 1 FROM audt")
	wantCode(t, err, InvalidQueryStatement, "Table 'audt' does not exist. Did you mean 'audit'?")
}
