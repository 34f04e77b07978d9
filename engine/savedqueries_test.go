package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/traillake/traillake/storage"
)

var alice = Principal{AccessKeyID: "AKIAALICE", ARN: "arn:aws:iam::123456789012:user/alice", UserName: "alice"}
var bob = Principal{AccessKeyID: "AKIABOB", ARN: "arn:aws:iam::123456789012:user/bob", UserName: "bob"}

// fullSaved is a saved query that uses everything.
func fullSaved() SavedQueryContent {
	start, end := testNow.Add(-48*time.Hour), testNow
	return SavedQueryContent{
		Name: "Who assumed it?", Description: "Roles,\nby name.",
		Statement: "SELECT eventName, count(*) FROM ? WHERE eventName = '?' AND eventTime > timestamp '?' GROUP BY 1 HAVING count(*) > ?",
		Parameters: []SavedQueryParameter{
			{Name: "store", Type: ParameterStore}, {Name: "event", Type: ParameterString, Default: ptr("AssumeRole"), Description: "its name"},
			{Name: "since", Type: ParameterTimestamp, Default: ptr("2026-03-01 00:00:00")}, {Name: "at least", Type: ParameterNumber, Default: ptr("3")},
		},
		Range: &SavedQueryRange{Start: &start, End: &end}, Tags: []string{"iam", "狩り"},
	}
}

func (l *testLake) save(who Principal, content SavedQueryContent) *SavedQuery {
	l.t.Helper()
	q, err := l.CreateSavedQuery(l.t.Context(), who, content)
	if err != nil {
		l.t.Fatal(err)
	}
	return q
}

func (l *testLake) savedQuery(id string) *SavedQuery {
	l.t.Helper()
	q, err := l.GetSavedQuery(l.t.Context(), Principal{}, id)
	if err != nil {
		l.t.Fatal(err)
	}
	return q
}

// TestSavedQueries: what was acknowledged is there, also after a restart, without
// the index, and after recover.
func TestSavedQueries(t *testing.T) {
	l := openLake(t, nil)
	made := l.save(alice, fullSaved())
	want := &SavedQuery{
		ID: made.ID, SavedQueryContent: fullSaved(), Owner: alice.ARN, OwnerAccessKeyID: alice.AccessKeyID, UpdatedBy: alice.ARN,
		Created: testNow, Updated: testNow, Version: 1,
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
	other := l.save(bob, SavedQueryContent{Name: "short", Statement: "SELECT 1", Range: &SavedQueryRange{Last: 24 * time.Hour}})
	gone := l.save(bob, SavedQueryContent{Name: "gone", Statement: "SELECT 2"})
	l.setNow(testNow.Add(time.Hour))
	content := fullSaved()
	content.Name, content.Tags, content.Range = "Renamed", nil, nil
	updated, err := l.UpdateSavedQuery(t.Context(), bob, UpdateSavedQueryInput{ID: made.ID, Version: 1, SavedQueryContent: content})
	if err != nil {
		t.Fatal(err)
	}
	want.SavedQueryContent, want.UpdatedBy, want.Updated, want.Version = content, bob.ARN, testNow.Add(time.Hour), 2
	if diff := cmp.Diff(want, updated); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	if err := l.DeleteSavedQuery(t.Context(), alice, DeleteSavedQueryInput{ID: gone.ID}); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		if diff := cmp.Diff(want, l.savedQuery(made.ID)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
		if diff := cmp.Diff(other, l.savedQuery(other.ID)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
		_, err := l.GetSavedQuery(t.Context(), alice, gone.ID)
		wantCode(t, err, SavedQueryNotFound, gone.ID)
	}
	check("at once")
	l.reopen()
	check("after a restart")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(l.opts.Dir, "index")); err != nil {
		t.Fatal(err)
	}
	l.open()
	check("without the index")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := storage.Recover(t.Context(), storage.Options{Dir: l.opts.Dir}); err != nil {
		t.Fatal(err)
	}
	l.open()
	check("after recover")
}

// TestSavedQueryDamage: a flipped byte of a saved query is found.
func TestSavedQueryDamage(t *testing.T) {
	l := openLake(t, nil)
	l.save(alice, SavedQueryContent{Name: "find-this-name", Statement: "SELECT 1"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	verify := func() (findings []string) {
		t.Helper()
		_, err := storage.Verify(t.Context(), storage.VerifyOptions{Dir: l.opts.Dir}, func(f storage.Finding) {
			findings = append(findings, f.String())
		})
		if err != nil {
			t.Fatal(err)
		}
		return findings
	}
	if f := verify(); len(f) > 0 {
		t.Fatalf("before: %q", f)
	}
	files, err := filepath.Glob(filepath.Join(l.opts.Dir, "lake", "log", "*"))
	if err != nil {
		t.Fatal(err)
	}
	damaged := ""
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.Index(string(raw), "find-this-name"); i >= 0 {
			raw[i] ^= 1
			if err := os.WriteFile(path, raw, 0o644); err != nil {
				t.Fatal(err)
			}
			damaged = filepath.Base(path)
		}
	}
	if f := verify(); damaged == "" || len(f) != 1 || !strings.Contains(f[0], damaged) {
		t.Errorf("damaged %q, findings %q", damaged, f)
	}
}

// TestSavedQueryConflict: of many changes to one version exactly one is made.
func TestSavedQueryConflict(t *testing.T) {
	l := openLake(t, nil)
	q := l.save(alice, SavedQueryContent{Name: "n", Statement: "SELECT 1"})
	const writers = 8
	var wins sync.Map
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			name := fmt.Sprint("by ", i)
			_, err := l.UpdateSavedQuery(t.Context(), alice, UpdateSavedQueryInput{ID: q.ID, Version: 1, SavedQueryContent: SavedQueryContent{Name: name, Statement: "SELECT 1"}})
			if err == nil {
				wins.Store(name, true)
			} else {
				wantCode(t, err, Conflict, "version 2")
			}
		})
	}
	wg.Wait()
	n := 0
	wins.Range(func(name, _ any) bool {
		n++
		if got := l.savedQuery(q.ID); got.Name != name || got.Version != 2 {
			t.Errorf("saved = %+v, %s won", got, name)
		}
		return true
	})
	if n != 1 {
		t.Errorf("%d of %d changes to version 1 were made", n, writers)
	}
	err := l.DeleteSavedQuery(t.Context(), alice, DeleteSavedQueryInput{ID: q.ID, Version: ptr(int64(1))})
	wantCode(t, err, Conflict, alice.ARN+" has made version 2")
	if err := l.DeleteSavedQuery(t.Context(), alice, DeleteSavedQueryInput{ID: q.ID, Version: ptr(int64(2))}); err != nil {
		t.Error(err)
	}
	err = l.DeleteSavedQuery(t.Context(), alice, DeleteSavedQueryInput{ID: q.ID})
	wantCode(t, err, SavedQueryNotFound, q.ID)
	_, err = l.UpdateSavedQuery(t.Context(), alice, UpdateSavedQueryInput{ID: q.ID, Version: 2, SavedQueryContent: SavedQueryContent{Name: "n", Statement: "SELECT 1"}})
	wantCode(t, err, SavedQueryNotFound, q.ID)
	_, err = l.UpdateSavedQuery(t.Context(), alice, UpdateSavedQueryInput{ID: q.ID, SavedQueryContent: SavedQueryContent{Name: "n", Statement: "SELECT 1"}})
	wantCode(t, err, InvalidParameter, "Version 0")
	for _, id := range []string{"", "x", strings.Repeat("Z", 36)} {
		_, err = l.GetSavedQuery(t.Context(), alice, id)
		wantCode(t, err, InvalidParameter, "SavedQueryId")
	}
}

func TestSavedQueryRefuses(t *testing.T) {
	long := func(n int) string { return strings.Repeat("あ", n) }
	many := func(n int, f func(int) string) (out []string) {
		for i := range n {
			out = append(out, f(i))
		}
		return out
	}
	parameter := func(p SavedQueryParameter) func(*SavedQueryContent) {
		return func(q *SavedQueryContent) { q.Statement, q.Parameters = "SELECT '?'", []SavedQueryParameter{p} }
	}
	later := testNow.Add(time.Hour)
	tests := []struct {
		name   string
		change func(*SavedQueryContent)
		code   Code
		says   string
	}{
		{"no name", func(q *SavedQueryContent) { q.Name = "" }, InvalidParameter, "Name"},
		{"blanks beside text", func(q *SavedQueryContent) { q.Name = "\u3000x " }, "", ""},
		{"spaces only", func(q *SavedQueryContent) { q.Name = "  " }, InvalidParameter, "Name"},
		{"name of two lines", func(q *SavedQueryContent) { q.Name = "a\nb" }, InvalidParameter, "Name"},
		{"long name", func(q *SavedQueryContent) { q.Name = long(129) }, InvalidParameter, "129 characters"},
		{"longest name", func(q *SavedQueryContent) { q.Name = long(128) }, "", ""},
		{"long description", func(q *SavedQueryContent) { q.Description = long(2049) }, InvalidParameter, "Description"},
		{"no statement", func(q *SavedQueryContent) { q.Statement = "" }, InvalidParameter, "QueryStatement"},
		{"long statement", func(q *SavedQueryContent) { q.Statement = "SELECT '" + strings.Repeat("x", 9992) + "'" }, InvalidParameter, "10001 characters"},
		{"longest statement", func(q *SavedQueryContent) { q.Statement = "SELECT '" + strings.Repeat("x", 9991) + "'" }, "", ""},
		{"no SQL", func(q *SavedQueryContent) { q.Statement = "SELECT 1\nFORM t" }, InvalidQueryStatement, "line 2:"},
		{"two statements", func(q *SavedQueryContent) { q.Statement = "SELECT 1; SELECT 2" }, InvalidQueryStatement, "line 1:"},
		{"no query", func(q *SavedQueryContent) { q.Statement = "DROP TABLE t" }, InvalidQueryStatement, "line 1:"},
		{"a store that is not there", func(q *SavedQueryContent) { q.Statement = "SELECT nothing FROM nowhere" }, "", ""},
		{"question marks without parameters", func(q *SavedQueryContent) { q.Statement = "SELECT * FROM t WHERE a = ? AND b = '?'" }, "", ""},
		{"too many parameters", func(q *SavedQueryContent) { q.Parameters = make([]SavedQueryParameter, 11) }, InvalidParameter, "at most 10"},
		{"a parameter without its question mark", func(q *SavedQueryContent) {
			q.Parameters = []SavedQueryParameter{{Name: "a", Type: ParameterString}}
		}, InvalidQueryStatement, "expected 0 but found 1"},
		{"question marks without all parameters", func(q *SavedQueryContent) {
			q.Statement, q.Parameters = "SELECT ?, ?", []SavedQueryParameter{{Name: "a", Type: ParameterNumber}}
		}, InvalidQueryStatement, "expected 2 but found 1"},
		{"a default that breaks the statement", parameter(SavedQueryParameter{Name: "a", Type: ParameterString, Default: ptr("it's")}), InvalidQueryStatement, "line 1:"},
		{"parameter without name", parameter(SavedQueryParameter{Type: ParameterString}), InvalidParameter, "Parameters[0].Name"},
		{"parameters of one name", func(q *SavedQueryContent) {
			q.Statement, q.Parameters = "SELECT ?, ?", []SavedQueryParameter{{Name: "a", Type: ParameterNumber}, {Name: "a", Type: ParameterNumber}}
		}, InvalidParameter, "Parameters[1].Name"},
		{"parameter of no type", parameter(SavedQueryParameter{Name: "a"}), InvalidParameter, "Parameters[0].Type"},
		{"parameter of another type", parameter(SavedQueryParameter{Name: "a", Type: "string"}), InvalidParameter, "must be STRING"},
		{"long description of a parameter", parameter(SavedQueryParameter{Name: "a", Type: ParameterString, Description: long(257)}), InvalidParameter, "Parameters[0].Description"},
		{"empty default", parameter(SavedQueryParameter{Name: "a", Type: ParameterString, Default: ptr("")}), InvalidParameter, "DefaultValue"},
		{"number", parameter(SavedQueryParameter{Name: "a", Type: ParameterNumber, Default: ptr("-1.5e3")}), "", ""},
		{"no number", parameter(SavedQueryParameter{Name: "a", Type: ParameterNumber, Default: ptr("1 OR true")}), InvalidParameter, "is no NUMBER"},
		{"no boolean", parameter(SavedQueryParameter{Name: "a", Type: ParameterBoolean, Default: ptr("yes")}), InvalidParameter, "written as true"},
		{"no date", parameter(SavedQueryParameter{Name: "a", Type: ParameterDate, Default: ptr("2026-02-30")}), InvalidParameter, "is no DATE"},
		{"timestamp", parameter(SavedQueryParameter{Name: "a", Type: ParameterTimestamp, Default: ptr("2026-02-28T01:02:03.5Z")}), "", ""},
		{"no timestamp", parameter(SavedQueryParameter{Name: "a", Type: ParameterTimestamp, Default: ptr("yesterday")}), InvalidParameter, "is no TIMESTAMP"},
		{"no store", parameter(SavedQueryParameter{Name: "a", Type: ParameterStore, Default: ptr("a b")}), InvalidParameter, "is no EVENT_DATA_STORE"},
		{"empty range", func(q *SavedQueryContent) { q.Range = &SavedQueryRange{} }, InvalidDateRange, "TimeRange"},
		{"negative range", func(q *SavedQueryContent) { q.Range = &SavedQueryRange{Last: -1} }, InvalidDateRange, "TimeRange.Last"},
		{"endless range", func(q *SavedQueryContent) { q.Range = &SavedQueryRange{Last: 1<<63 - 1} }, InvalidDateRange, "TimeRange.Last"},
		{"two ranges", func(q *SavedQueryContent) { q.Range = &SavedQueryRange{Last: 1, Start: &later} }, InvalidDateRange, "TimeRange"},
		{"range backwards", func(q *SavedQueryContent) { q.Range = &SavedQueryRange{Start: &later, End: ptr(testNow)} }, InvalidDateRange, "must be before"},
		{"range of nothing", func(q *SavedQueryContent) { q.Range = &SavedQueryRange{Start: &later, End: &later} }, InvalidDateRange, "must be before"},
		{"too many tags", func(q *SavedQueryContent) { q.Tags = many(21, func(i int) string { return fmt.Sprint(i) }) }, InvalidParameter, "21 Tags"},
		{"long tag", func(q *SavedQueryContent) { q.Tags = []string{"a", long(65)} }, InvalidParameter, "Tags[1]"},
		{"empty tag", func(q *SavedQueryContent) { q.Tags = []string{""} }, InvalidParameter, "Tags[0]"},
		{"tag twice", func(q *SavedQueryContent) { q.Tags = []string{"a", "a"} }, InvalidParameter, "twice"},
	}
	l := openLake(t, nil)
	there := l.save(alice, SavedQueryContent{Name: "there", Statement: "SELECT 1"})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := SavedQueryContent{Name: "n", Statement: "SELECT 1"}
			test.change(&in)
			_, err := l.CreateSavedQuery(t.Context(), alice, in)
			if test.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantCode(t, err, test.code, test.says)
			_, err = l.UpdateSavedQuery(t.Context(), alice, UpdateSavedQueryInput{ID: there.ID, Version: 1, SavedQueryContent: in})
			wantCode(t, err, test.code, test.says)
		})
	}
	if got := l.savedQuery(there.ID); got.Version != 1 {
		t.Errorf("a refused change was made: %+v", got)
	}
}

func TestSavedQueryLimit(t *testing.T) {
	l := openLake(t, nil)
	l.mu.Lock()
	for i := range maxSavedQueries {
		l.saved[fmt.Sprint(i)] = &SavedQuery{}
	}
	l.mu.Unlock()
	_, err := l.CreateSavedQuery(t.Context(), alice, SavedQueryContent{Name: "n", Statement: "SELECT 1"})
	wantCode(t, err, SavedQueryMaxLimitExceeded, "the limit is 5000")
}

func TestListSavedQueries(t *testing.T) {
	l := openLake(t, nil)
	longest := strings.Repeat("語", 128)
	for i, q := range []SavedQueryContent{
		{Name: "beta", Statement: "SELECT eventName FROM audit", Tags: []string{"iam"}},
		{Name: "Alpha", Description: "Console SIGN-INS", Statement: "SELECT 2", Tags: []string{"iam", "sign-in"}},
		{Name: "alpha", Statement: "SELECT 3"},
		{Name: longest, Statement: "SELECT 4"},
		{Name: longest[:len(longest)-3] + "後", Statement: "SELECT 5"},
	} {
		l.save([]Principal{alice, bob}[i%2], q)
	}
	list := func(in ListSavedQueriesInput) string {
		t.Helper()
		var got []string
		for pages := 0; ; pages++ {
			queries, next, err := l.ListSavedQueries(t.Context(), alice, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range queries {
				got = append(got, q.Statement[len("SELECT "):])
			}
			if next == "" || pages > 5 {
				break
			}
			in.NextToken = &next
		}
		slices.Sort(got)
		return strings.Join(got, " ")
	}
	all, _, err := l.ListSavedQueries(t.Context(), alice, ListSavedQueriesInput{})
	if err != nil || len(all) != 5 || all[2].Name != "beta" || !strings.EqualFold(all[0].Name, "alpha") {
		t.Errorf("all = %+v, %v", all, err)
	}
	for _, test := range []struct {
		in   ListSavedQueriesInput
		want string
	}{
		{ListSavedQueriesInput{Page: Page{MaxResults: ptr(int32(1))}}, "2 3 4 5 eventName FROM audit"},
		{ListSavedQueriesInput{Phrase: ptr("sign-ins  console")}, "2"},
		{ListSavedQueriesInput{Phrase: ptr("AUDIT iam")}, "eventName FROM audit"},
		{ListSavedQueriesInput{Phrase: ptr("audit sign")}, ""},
		{ListSavedQueriesInput{Tag: ptr("iam")}, "2 eventName FROM audit"},
		{ListSavedQueriesInput{Tag: ptr("ia")}, ""},
		{ListSavedQueriesInput{Owner: ptr(bob.ARN)}, "2 4"},
		{ListSavedQueriesInput{Owner: ptr(alice.AccessKeyID), Phrase: ptr("alpha")}, "3"},
	} {
		if got := list(test.in); got != test.want {
			t.Errorf("%+v: %q, want %q", test.in, got, test.want)
		}
	}
	_, _, err = l.ListSavedQueries(t.Context(), alice, ListSavedQueriesInput{Phrase: ptr("")})
	wantCode(t, err, InvalidParameter, "SearchPhrase")
	_, _, err = l.ListSavedQueries(t.Context(), alice, ListSavedQueriesInput{Page: Page{MaxResults: ptr(int32(0))}})
	wantCode(t, err, InvalidMaxResults, "0")
	_, next, err := l.ListSavedQueries(t.Context(), alice, ListSavedQueriesInput{Page: Page{MaxResults: ptr(int32(1))}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = l.ListSavedQueries(t.Context(), alice, ListSavedQueriesInput{Page: Page{NextToken: &next}, Tag: ptr("iam")})
	wantCode(t, err, InvalidNextToken, "")
}

func TestSavedQueryAfterClose(t *testing.T) {
	l := openLake(t, nil)
	q := l.save(alice, SavedQueryContent{Name: "n", Statement: "SELECT 1"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := l.CreateSavedQuery(context.Background(), alice, SavedQueryContent{Name: "n", Statement: "SELECT 1"})
	wantCode(t, err, Internal, "stopping")
	_, err = l.UpdateSavedQuery(context.Background(), alice, UpdateSavedQueryInput{ID: q.ID, Version: 1})
	wantCode(t, err, Internal, "stopping")
	if err := l.DeleteSavedQuery(context.Background(), alice, DeleteSavedQueryInput{ID: q.ID}); !errors.As(err, new(*Error)) {
		t.Errorf("error = %v", err)
	}
}
