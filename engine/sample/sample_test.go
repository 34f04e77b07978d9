package sample

import (
	"strings"
	"testing"
	"testing/fstest"
)

const good = "-- Title of it\n-- question: Who?\n-- category: Logging\n-- technique: T1562.008 Impair\n" +
	"-- parameter: days = 30: days to look back\n--\n-- First line\n-- goes on.\n--\n-- Second paragraph.\n\n" +
	"SELECT 1 FROM $EDS_ID WHERE a = ?\n"

func TestParse(t *testing.T) {
	q, err := parse("some-id", good)
	if err != nil {
		t.Fatal(err)
	}
	if q.Title != "Title of it" || q.Question != "Who?" || q.Category != "Logging" || q.Technique != (Technique{"T1562.008", "Impair"}) ||
		q.Explanation != "First line goes on.\n\nSecond paragraph." || q.Statement != "SELECT 1 FROM $EDS_ID WHERE a = ?" ||
		len(q.Parameters) != 1 || q.Parameters[0] != (Parameter{"days", "30", "days to look back"}) {
		t.Errorf("%+v", q)
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ id, from, to, want string }{
		{"Some_ID", "", "", "lower-case words"},
		{"id", "-- question: Who?", "question: Who?", "line 2"},
		{"id", "Who?", "Who", `must end in "?"`},
		{"id", "Logging", "Loging", "must be one of First look"},
		{"id", "T1562.008", "T15", "must be like T1562.008"},
		{"id", "days = 30: days", "days 30 days", "must be like name = default"},
		{"id", "a = ?", "a = 1", `0 "?" in the statement and 1 parameters`},
		{"id", "$EDS_ID", "demo", "must read from $EDS_ID"},
		{"id", "-- question", "-- asks", "must be question, category"},
		{"id", "\n--\n-- First line\n-- goes on.\n--\n-- Second paragraph.", "", "no explanation"},
		{"id", "\n\nSELECT", "\nSELECT", "no empty line"},
	} {
		_, err := parse(test.id, strings.Replace(good, test.from, test.to, 1))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q for %q: error %v, want %q in it", test.to, test.from, err, test.want)
		}
	}
}

// TestLibrary holds the files against what a gallery needs: no question, title or
// statement twice, and lines that fit.
func TestLibrary(t *testing.T) {
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	categories := map[string]int{}
	for _, q := range l.All() {
		for _, text := range []string{q.Title, q.Question, q.Statement} {
			if other, ok := seen[text]; ok {
				t.Errorf("%s and %s share %q", q.ID, other, text)
			}
			seen[text] = q.ID
		}
		if len(q.Title) > 60 || strings.HasSuffix(q.Title, ".") || len(q.Question) > 140 {
			t.Errorf("%s: title or question too long: %q, %q", q.ID, q.Title, q.Question)
		}
		if len(q.Parameters) > 10 || len(q.Statement) > 8000 { // 10 and 10,000 are StartQuery's limits
			t.Errorf("%s: %d parameters, %d characters", q.ID, len(q.Parameters), len(q.Statement))
		}
		for _, line := range strings.Split(q.Statement, "\n") {
			if len(line) > 130 {
				t.Errorf("%s: line of %d characters: %s", q.ID, len(line), line)
			}
		}
		categories[q.Category]++
		if found, ok := l.Find(q.ID); !ok || found.Title != q.Title {
			t.Errorf("Find(%s) = %q, %v", q.ID, found.Title, ok)
		}
	}
	if _, ok := l.Find("no-such"); ok {
		t.Error("found what is not there")
	}
}

func TestSearch(t *testing.T) {
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ phrase, first string }{
		{"denied AssumeRole", "denied-assume-role"},
		{"who stopped a trail", "trails-stopped"},
		{"DeleteTrail", "trails-stopped"},
		{"billing", "billing-access"},
		{"service sign-ups", "service-sign-ups"},
		{"crypto mining", "large-instances-started"},
		{"access from other accounts", "cross-account-access"},
		{"KMS keys deleted", "kms-keys-at-risk"},
		{"impossible travel", "impossible-travel"},
		{"public s3 bucket", "buckets-made-public"},
		{"permissions actually used", "permissions-used"},
		{"root user", "root-activity"},
		{"TLS version", "old-tls"},
		{"vpc endpoint refused", "vpc-endpoint-refusals"},
		{"console login without multi-factor authentication", "sign-ins-without-mfa"},
		{"leaked credentials", "leaked-credentials"},
		{"stolen credentials", "leaked-credentials"},
		{"security group changes", "security-group-changes"},
		{"T1098.006", "kubernetes-access-given"},
		{"role chaining", "role-chains"},
		{"mass download s3", "s3-mass-downloads"},
	} {
		hits := l.Search(test.phrase)
		if len(hits) == 0 || hits[0].Query.ID != test.first {
			t.Errorf("Search(%q) = %v, want %s first", test.phrase, ids(hits), test.first)
		}
		for i, h := range hits {
			if h.Relevance <= 0 || h.Relevance > 1 || i > 0 && h.Relevance > hits[i-1].Relevance {
				t.Errorf("Search(%q): relevance %v of %s at %d", test.phrase, h.Relevance, h.Query.ID, i)
			}
		}
	}
	for _, phrase := range []string{"zebra quagga", "the of", "?!"} {
		if hits := l.Search(phrase); len(hits) != 0 {
			t.Errorf("Search(%q) = %v", phrase, ids(hits))
		}
	}
}

// TestSearchRelevance follows the scale: all words in the title are 1, and what is
// farther from the title is less.
func TestSearchRelevance(t *testing.T) {
	file := func(title, question, explanation string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("-- " + title + "\n-- question: " + question + "\n-- category: Logging\n--\n-- " + explanation + "\n\nSELECT 1 FROM $EDS_ID\n")}
	}
	l, err := load(fstest.MapFS{
		"a.sql": file("Otters swimming", "Rivers?", "Lakes."),
		"b.sql": file("Rivers", "Otters swim?", "Lakes."),
		"c.sql": file("Seas", "Rivers?", "Swim, otters."),
	})
	if err != nil {
		t.Fatal(err)
	}
	hits := l.Search("the otter swims")
	if len(hits) != 3 || hits[0].Query.ID != "a" || hits[0].Relevance != 1 || hits[1].Query.ID != "b" || hits[1].Relevance != inQuestion ||
		hits[2].Query.ID != "c" || hits[2].Relevance != inExplanation {
		t.Errorf("%+v", hits)
	}
	if hits := l.Search("riv"); len(hits) != 3 || hits[0].Query.ID != "b" || hits[0].Relevance != onlyBegins {
		t.Errorf("%+v", hits)
	}
}

func ids(hits []Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Query.ID)
	}
	return out
}
