package engine

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/traillake/traillake/engine/sample"
	"github.com/traillake/traillake/ingest/trailgen"
)

// demoLake holds a sample trail like that of "traillake demo", with fewer events.
func demoLake(t *testing.T) *testLake {
	t.Helper()
	l := openLake(t, nil)
	_, err := trailgen.Generate(trailgen.Options{Events: 20_000, Days: 30, Seed: 1, End: testNow}, func(key string, gz []byte) error {
		l.writeRaw(key, gz)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l.importAll(l.create("demo", 366))
	return l
}

// sampleAnswers reads testdata/samples.txt: for a sample's id a pattern, which at
// least one row of its answer matches. The patterns name what the generator's
// stories plant.
func sampleAnswers(t *testing.T) map[string]*regexp.Regexp {
	t.Helper()
	f, err := os.Open("testdata/samples.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]*regexp.Regexp{}
	for s := bufio.NewScanner(f); s.Scan(); {
		id, pattern, ok := strings.Cut(s.Text(), " ")
		if !ok || strings.HasPrefix(id, "#") {
			continue
		}
		if out[id] != nil {
			t.Errorf("testdata/samples.txt has %s twice", id)
		}
		out[id] = regexp.MustCompile(strings.TrimSpace(pattern))
	}
	return out
}

// TestSamplesAnswer runs every sample query on a demo trail with the defaults of
// its parameters: each has an answer, and the story it looks for is in it. A short
// run asks one in eight.
func TestSamplesAnswer(t *testing.T) {
	l := demoLake(t)
	want := sampleAnswers(t)
	list, err := sample.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range list.All() {
		t.Run(s.ID, func(t *testing.T) {
			if testing.Short() && i%24 > 0 {
				delete(want, s.ID)
				return
			}
			q, err := l.GetSampleQuery(t.Context(), Principal{}, GetSampleQueryInput{ID: s.ID})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := l.tryQuery(q.SQL)
			if err != nil {
				t.Fatalf("%s: %v", q.SQL, err)
			}
			pattern := want[s.ID]
			delete(want, s.ID)
			if len(rows) == 0 || pattern == nil {
				t.Fatalf("%d rows, pattern %v:\n%s", len(rows), pattern, strings.Join(rows[:min(len(rows), 3)], "\n"))
			}
			for _, row := range rows {
				if pattern.MatchString(row) {
					return
				}
			}
			t.Errorf("none of %d rows matches %s:\n%s", len(rows), pattern, strings.Join(rows[:min(len(rows), 5)], "\n"))
		})
	}
	for id := range want {
		t.Errorf("testdata/samples.txt: there is no sample %s", id)
	}
}

func TestSearchSampleQueries(t *testing.T) {
	l := openLake(t, nil)
	ctx := t.Context()
	ask := func(in SearchSampleQueriesInput) ([]SampleQuery, string, error) {
		return l.SearchSampleQueries(ctx, Principal{}, in)
	}
	phrase, two := "who signed in to the console", int32(2)
	whole, next, err := ask(SearchSampleQueriesInput{Phrase: &phrase, Page: Page{MaxResults: ptr(int32(50))}})
	if err != nil || next != "" || len(whole) < 3 {
		t.Fatalf("%d found, next %q, %v", len(whole), next, err)
	}
	// Pages add up to the whole.
	var paged []SampleQuery
	in := SearchSampleQueriesInput{Phrase: &phrase, Page: Page{MaxResults: &two}}
	for {
		page, next, err := ask(in)
		if err != nil || len(page) == 0 || len(page) > 2 {
			t.Fatalf("page of %d: %v", len(page), err)
		}
		if paged = append(paged, page...); next == "" {
			break
		}
		in.NextToken = &next
	}
	if diff := cmp.Diff(whole, paged); diff != "" {
		t.Errorf("pages (-whole +paged):\n%s", diff)
	}
	// Without a phrase the library is listed, as a whole or by category.
	all, next, err := ask(SearchSampleQueriesInput{Page: Page{MaxResults: ptr(int32(1000))}})
	if err != nil || next != "" || all[0].Relevance != 0 || all[0].Category != sample.Categories[0] {
		t.Fatalf("%d listed, next %q, %v", len(all), next, err)
	}
	counted := 0
	for _, c := range sample.Categories {
		some, _, err := ask(SearchSampleQueriesInput{Category: &c})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range some {
			if q.Category != c {
				t.Errorf("%s is of %s, not of %s", q.ID, q.Category, c)
			}
		}
		counted += len(some)
	}
	if counted != len(all) {
		t.Errorf("%d in the categories, %d listed", counted, len(all))
	}
	one, err := l.GetSampleQuery(ctx, Principal{}, GetSampleQueryInput{ID: "denied-assume-role"})
	if err != nil || one.TechniqueID != "T1078.004" || len(one.Parameters) != 2 || strings.Contains(one.SQL, "?") ||
		!strings.Contains(one.SQL, "date_add('day', -30, now())") || !strings.Contains(one.Statement, "date_add('day', -?, now())") {
		t.Errorf("%+v, %v", one, err)
	}
}

// TestSampleLanguages asks for samples in languages there are and are not.
func TestSampleLanguages(t *testing.T) {
	l := openLake(t, nil)
	ctx := t.Context()
	for _, test := range []struct{ language, is, title, category, parameter string }{
		{"ja", "ja", "証跡の停止・削除", "ログ記録", "さかのぼる日数"},
		{"ja-JP", "ja", "証跡の停止・削除", "ログ記録", "さかのぼる日数"},
		{"fr", "en", "Trails stopped or deleted", "Logging", "days to look back"},
		{"en-GB", "en", "Trails stopped or deleted", "Logging", "days to look back"},
	} {
		q, err := l.GetSampleQuery(ctx, Principal{}, GetSampleQueryInput{ID: "trails-stopped", Language: &test.language})
		if err != nil || q.Language != test.is || q.Name != test.title || q.Category != "Logging" || q.CategoryName != test.category || q.Parameters[0].Description != test.parameter {
			t.Errorf("in %s: %+v, %v", test.language, q, err)
		}
	}
	// A phrase is in the language or in English, the category is always the English one;
	// a token holds for its language.
	ja, one, logging := "ja", int32(1), "Logging"
	in := SearchSampleQueriesInput{Phrase: ptr("証跡の停止"), Language: &ja, Category: &logging, Page: Page{MaxResults: &one}}
	found, next, err := l.SearchSampleQueries(ctx, Principal{}, in)
	if err != nil || next == "" || found[0].ID != "trails-stopped" || found[0].Description != found[0].Question+"\n\n"+found[0].Explanation {
		t.Fatalf("%+v, next %q, %v", found, next, err)
	}
	in.NextToken = &next
	if more, _, err := l.SearchSampleQueries(ctx, Principal{}, in); err != nil || more[0].ID == "trails-stopped" || more[0].Language != "ja" {
		t.Errorf("%+v, %v", more, err)
	}
	in.Language = ptr("en")
	_, _, err = l.SearchSampleQueries(ctx, Principal{}, in)
	wantCode(t, err, InvalidParameter, "was not given out for this call")
	if found, _, err := l.SearchSampleQueries(ctx, Principal{}, SearchSampleQueriesInput{Phrase: ptr("鍵"), Language: &ja}); err != nil || len(found) == 0 {
		t.Errorf("a phrase of one letter: %d found, %v", len(found), err)
	}
}

func TestSearchSampleQueriesErrors(t *testing.T) {
	l := openLake(t, nil)
	phrase, other := "trails", "sign-in"
	_, token, err := l.SearchSampleQueries(t.Context(), Principal{}, SearchSampleQueriesInput{Phrase: &phrase, Page: Page{MaxResults: ptr(int32(1))}})
	if err != nil || token == "" {
		t.Fatalf("token %q, %v", token, err)
	}
	for _, test := range []struct {
		in   SearchSampleQueriesInput
		want string
	}{
		{SearchSampleQueriesInput{Phrase: ptr("a")}, `SearchPhrase "a": is 1 characters long, must be 2 to 1000`},
		{SearchSampleQueriesInput{Phrase: ptr(strings.Repeat("a", 1001))}, "is 1001 characters long"},
		{SearchSampleQueriesInput{Phrase: ptr("größe")}, "must match"},
		{SearchSampleQueriesInput{Phrase: &phrase, Page: Page{MaxResults: ptr(int32(0))}}, "MaxResults 0: must be 1 to 50"},
		{SearchSampleQueriesInput{Phrase: &phrase, Page: Page{MaxResults: ptr(int32(51))}}, "MaxResults 51: must be 1 to 50"},
		{SearchSampleQueriesInput{Page: Page{MaxResults: ptr(int32(1001))}}, "MaxResults 1001: must be 1 to 1000"},
		{SearchSampleQueriesInput{Phrase: &phrase, Page: Page{NextToken: ptr("made up")}}, "was not given out for this call"},
		{SearchSampleQueriesInput{Phrase: &other, Page: Page{NextToken: &token}}, "was not given out for this call"},
		{SearchSampleQueriesInput{Phrase: ptr(""), Language: ptr("ja")}, "is 0 characters long, must be 1 to 1000"},
		{SearchSampleQueriesInput{Phrase: ptr("a\tb"), Language: ptr("ja")}, "must match"},
		{SearchSampleQueriesInput{Language: ptr("japanese, please")}, `language "japanese, please": must be a BCP 47 tag such as en or ja-JP`},
		{SearchSampleQueriesInput{Category: ptr("Cooking")}, `Category "Cooking": must be one of ["First look"`},
	} {
		_, _, err := l.SearchSampleQueries(t.Context(), Principal{}, test.in)
		wantCode(t, err, InvalidParameter, test.want)
	}
	_, err = l.GetSampleQuery(t.Context(), Principal{}, GetSampleQueryInput{ID: "no-such"})
	wantCode(t, err, SampleQueryNotFound, `sample query "no-such"`)
}

// TestSamplesValidate: an editor has nothing to say against a sample before its
// parameters have values.
func TestSamplesValidate(t *testing.T) {
	l := openLake(t, nil)
	l.create("audit", 366)
	list, err := sample.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range list.All() {
		v, err := l.ValidateQuery(t.Context(), Principal{}, StatementInput{Statement: q.Statement})
		if err != nil || len(v.Errors) > 0 || v.Parameters != len(q.Parameters) {
			t.Errorf("%s: %+v, %v, with %d parameters", q.ID, v, err, len(q.Parameters))
		}
	}
}
