package engine

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// The families of stores that hold one category of events, which is all that their
// selectors may name.

// alone chooses the events of a category.
func alone(category string) []EventSelector {
	return []EventSelector{{FieldSelectors: []FieldSelector{{Field: "eventCategory", Equals: []string{category}}}}}
}

// createAlone makes a store of the events of a category, named like it.
func (l *testLake) createAlone(category string) *EventDataStore {
	l.t.Helper()
	off, days := false, int32(36500)
	s, err := l.CreateEventDataStore(l.t.Context(), Principal{}, CreateEventDataStoreInput{
		Name: category, Selectors: alone(category), TerminationProtection: &off, RetentionDays: &days,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

// loneEvents has events of each category by id, as AWS's documentation has them, a
// statement, and the row that it has of each.
var loneEvents = []struct {
	category, statement string
	events, rows        map[string]string
}{
	{
		"Insight",
		`SELECT eventid, insightstate, insightcontext.insightaverage, insightcontext.baselineduration + 1, cardinality(insightcontext.attributions),
			a.attribute, a.insight[1].value, round(i.average, 1), sharedeventid
			FROM Insight CROSS JOIN UNNEST(insightcontext.attributions) AS t(a) CROSS JOIN UNNEST(a.insight) AS u(i) WHERE insightcontext.insightaverage > 4.5`,
		map[string]string{
			"i1": `{"eventVersion":"1.08","eventCategory":"Insight","eventType":"AwsCloudTrailInsight","eventID":"i1","eventTime":"2024-07-10T01:42:00Z","sharedEventID":"s","insightState":"Start","insightContext":{"baselineAverage":9.82222E-5,"insightAverage":5.0,"baselineDuration":10181,"insightDuration":1,"attributions":[{"attribute":"userAgent","insight":[{"value":"aws-cli","average":5.04}],"baseline":[]}]}}`,
			"i2": `{"eventCategory":"Insight","eventID":"i2","eventTime":"2024-07-10T02:10:00Z","sharedEventID":"s","insightState":"End","insightContext":{"insightAverage":7,"attributions":[{"attribute":"errorCode","insight":[{"value":"null","average":7}]}]}}`,
		},
		map[string]string{"i1": "i1|Start|5.0|10182|1|userAgent|aws-cli|5.0|s", "i2": "i2|End|7.0|∅|1|errorCode|null|7.0|s"},
	},
	{
		"ConfigurationItem",
		`SELECT eventid, eventdata.resourcetype, eventdata.configurationitemstateid, element_at(eventdata.configuration, 'size'), eventdata.relatedevents,
			r.resourceid, element_at(eventdata.tags, 'Name'), json_extract_scalar(json_parse(eventJson), '$.eventData.configuration.size'), eventtype
			FROM ConfigurationItem CROSS JOIN UNNEST(eventdata.relationships) AS t(r)`,
		map[string]string{
			"c1": `{"eventCategory":"ConfigurationItem","eventType":"AwsConfigurationItem","eventID":"c1","eventTime":"2014-03-07T23:47:08Z","eventData":{"configurationStateId":1394236028,"resourceType":"AWS::EC2::Volume","configuration":{"size":1},"relatedEvents":["e1"],"relationships":[{"resourceId":"i-344c463d","name":"Attached to Instance"}],"tags":{"Name":"data"}}}`,
			"c2": `{"eventCategory":"ConfigurationItem","eventID":"c2","eventTime":"2014-03-08T23:47:08Z","eventData":{"configurationStateId":"2","resourceType":"AWS::EC2::Volume","configuration":"{\"size\":2}","relatedEvents":[],"relationships":[{"resourceId":"i-1"}]}}`,
		},
		map[string]string{"c1": `c1|AWS::EC2::Volume|1394236028|1|["e1"]|i-344c463d|data|1|AwsConfigurationItem`, "c2": `c2|AWS::EC2::Volume|2|2|[]|i-1|∅|∅|∅`},
	},
	{
		"Evidence",
		`SELECT eventid, eventdata.compliancecheck, eventdata."time" > timestamp '2022-11-10 07:59:58', element_at(eventdata.attributes, 'readOnly'), eventdata.controlname
			FROM Evidence WHERE eventdata.datasource = 'AWS CloudTrail'`,
		map[string]string{
			"v1": `{"eventCategory":"Evidence","eventType":"AwsAuditManagerEvidence","eventID":"v1","eventTime":"2022-11-10T08:00:00Z","eventData":{"attributes":{"readOnly":true},"complianceCheck":"COMPLIANT","dataSource":"AWS CloudTrail","time":"2022-11-10T07:59:58.123Z","controlName":"Root sign-ins"}}`,
			"v2": `{"eventCategory":"Evidence","eventID":"v2","eventTime":"2022-11-10T09:00:00Z","eventData":{"dataSource":"AWS CloudTrail","controlName":"MFA"}}`,
		},
		map[string]string{"v1": "v1|COMPLIANT|true|true|Root sign-ins", "v2": "v2|∅|∅|∅|MFA"},
	},
}

// TestLoneFamilies puts events of each category into a store of it, and of the
// others: they are there once, in memory, after restarts, in segments and in
// segments made of segments.
func TestLoneFamilies(t *testing.T) {
	l := openLake(t, func(o *Options) { o.Compaction.Off = true })
	stores := map[string]*EventDataStore{}
	for _, f := range loneEvents {
		stores[f.category] = l.createAlone(f.category)
	}
	check := func(when string, ids ...string) {
		t.Helper()
		for _, f := range loneEvents {
			var want []string
			for id, row := range f.rows {
				if slices.Contains(ids, id[1:]) {
					want = append(want, row)
				}
			}
			slices.Sort(want)
			got := l.query(f.statement + " ORDER BY 1")
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has %q, want %q", when, f.category, got, want)
			}
			if got := l.query(`SELECT count(*), count_if(cardinality("$issues") > 0) FROM ` + f.category); got[0] != []string{"0|0", "1|0", "2|0"}[len(ids)] {
				t.Errorf("%s: %s has rows and issues %s", when, f.category, got[0])
			}
		}
	}
	for i, f := range loneEvents {
		other := loneEvents[(i+1)%len(loneEvents)]
		var mine, strange string
		for key, text := range f.events {
			if strings.HasSuffix(key, "1") {
				mine = text
			}
		}
		for _, text := range other.events {
			strange = text
		}
		if got := statuses(l.put(stores[f.category].ID, mine, strange, liveRecord("a", "A", 1))); got != "STORED NOT_SELECTED NOT_SELECTED" {
			t.Errorf("put into %s: %s", f.category, got)
		}
	}
	check("in memory", "1")
	l.reopen()
	check("after a restart", "1")
	for _, s := range stores {
		l.sealAll(s.ID)
	}
	check("in segments", "1")
	for _, f := range loneEvents {
		for key, text := range f.events {
			want := map[bool]string{true: "DUPLICATE", false: "STORED"}[strings.HasSuffix(key, "1")]
			if got := statuses(l.put(stores[f.category].ID, text)); got != want {
				t.Errorf("put %s again: %s, want %s", key, got, want)
			}
		}
	}
	check("in segments and memory", "1", "2")
	for _, s := range stores {
		l.sealAll(s.ID)
		l.compactAll(s.ID, rand.New(rand.NewPCG(1, 3)))
	}
	check("compacted", "1", "2")
	l.reopen()
	check("compacted, after a restart", "1", "2")
}

// TestLoneFamilyColumns: DESCRIBE and SELECT * have the same columns, and SQL takes
// every path that the console offers.
func TestLoneFamilyColumns(t *testing.T) {
	l := openLake(t, nil)
	for _, f := range loneEvents {
		s := l.createAlone(f.category)
		for _, text := range f.events {
			l.put(s.ID, text)
		}
		columns, err := l.ListEventDataStoreColumns(t.Context(), Principal{}, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		var shown, described []string
		for _, c := range columns {
			if !c.Hidden && !strings.Contains(c.Path, ".") {
				shown = append(shown, c.Path)
			}
			if !strings.Contains(c.Path, "[") {
				l.query(`SELECT count(` + sqlPath(c.Path) + `) FROM ` + f.category)
			}
		}
		for _, row := range l.query("DESCRIBE " + f.category) {
			described = append(described, strings.SplitN(row, "|", 2)[0])
		}
		if !slices.Equal(shown, described) {
			t.Errorf("DESCRIBE %s has %q, the columns are %q", f.category, described, shown)
		}
		if got := l.query("SELECT * FROM " + f.category); len(got) != 2 || strings.Count(got[0], "|") < len(shown)-1 {
			t.Errorf("SELECT * FROM %s = %q", f.category, got)
		}
	}
}

// TestLoneFamilyRules: what AWS refuses of stores that are not of CloudTrail events.
func TestLoneFamilyRules(t *testing.T) {
	l := openLake(t, nil)
	ctx := t.Context()
	for _, category := range []string{"Insight", "ConfigurationItem", "Evidence"} {
		s := l.createAlone(category)
		_, err := l.StartImport(ctx, Principal{}, StartImportInput{
			Destinations: []string{s.ARN},
			Source:       &S3Source{LocationURI: "s3://trails/", Region: "us-east-1", RoleARN: "arn:aws:iam::111122223333:role/r"},
		})
		wantCode(t, err, InvalidEventDataStoreCategory, category)
		more := alone(category)
		more[0].FieldSelectors = append(more[0].FieldSelectors, FieldSelector{Field: "readOnly", Equals: []string{"true"}})
		_, err = l.CreateEventDataStore(ctx, Principal{}, CreateEventDataStoreInput{Name: "more", Selectors: more})
		wantCode(t, err, InvalidEventSelectors, "eventCategory only")
		_, err = l.UpdateEventDataStore(ctx, Principal{}, UpdateEventDataStoreInput{EventDataStore: s.ID, Selectors: alone("Management")})
		wantCode(t, err, InvalidEventSelectors, "family cannot change")

		stop, start := l.StopEventDataStoreIngestion(ctx, Principal{}, s.ID), l.StartEventDataStoreIngestion(ctx, Principal{}, s.ID)
		if category == "ConfigurationItem" {
			if stop != nil || start != nil {
				t.Errorf("%s: stop: %v, start: %v", category, stop, start)
			}
			continue
		}
		wantCode(t, stop, InvalidEventDataStoreCategory, category)
		wantCode(t, start, InvalidEventDataStoreCategory, category)
	}
}
