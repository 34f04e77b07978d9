package sample

import (
	"maps"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// inJapanese is a library of one sample with its Japanese texts, one file changed.
func inJapanese(file, from, to string) fstest.MapFS {
	texts := map[string]string{
		"some-id.sql":    good,
		"ja.txt":         "",
		"ja/some-id.txt": "title: 題\nquestion: 誰か?\nparameter: days: さかのぼる日数\n\n一行目。\n\n二段落目。\n",
	}
	for _, c := range Categories {
		texts["ja.txt"] += c + ": " + c + "の訳\n"
	}
	out := fstest.MapFS{}
	for name, text := range texts {
		if name == file {
			text = strings.Replace(text, from, to, 1)
		}
		if text != "" {
			out[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	if _, ok := texts[file]; !ok {
		out[file] = &fstest.MapFile{Data: []byte(to)}
	}
	return out
}

func TestTranslation(t *testing.T) {
	l, err := load(inJapanese("ja.txt", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[string]string{
		"en": "en", "en-GB": "en", "ja": "ja", "ja-JP": "ja", "JA": "ja",
		"fr": "en", "zh-Hant-TW": "en", "qqx": "en", "und": "en",
	} {
		in, err := l.In(tag)
		if err != nil || in.Language() != want {
			t.Errorf("In(%s) = %s, %v, want %s", tag, in.Language(), err, want)
		}
	}
	for _, tag := range []string{"", "japanese, please", "ja_", "日本語"} {
		if _, err := l.In(tag); err == nil || !strings.Contains(err.Error(), "must be a BCP 47 tag") {
			t.Errorf("In(%q): error %v", tag, err)
		}
	}
	ja, _ := l.In("ja")
	q, ok := ja.Find("some-id")
	if !ok || q.Title != "題" || q.Question != "誰か?" || q.Explanation != "一行目。\n\n二段落目。" || q.Category != "Logging" ||
		q.CategoryName != "Loggingの訳" || q.Parameters[0] != (Parameter{"days", "30", "さかのぼる日数"}) || q.Technique.Name != "Impair" {
		t.Errorf("%+v", q)
	}
	// The English ones are as they were.
	if q, _ := l.Find("some-id"); q.Title != "Title of it" || q.CategoryName != "Logging" || q.Parameters[0].Description != "days to look back" {
		t.Errorf("%+v", q)
	}
}

func TestTranslationErrors(t *testing.T) {
	const file = "ja/some-id.txt"
	whole := string(inJapanese("", "", "")[file].Data)
	for _, test := range []struct{ file, from, to, want string }{
		{"other.sql", "", good, "sample query ja/other.txt: "},
		{file, "title: 題\n", "", "no title"},
		{file, "誰か?", "", "no question"},
		{file, "parameter: days: さかのぼる日数\n", "", "no description of parameter days"},
		{file, "days: さ", "hours: さ", "no description of parameter days"},
		{file, "\n\n一行目。\n\n二段落目。", "", "no explanation"},
		{file, "\n\n一", "\nparameter: hours: 時間\n\n一", "parameter hours: the sample has none"},
		{file, "question: ", "asks: ", `line 2: "asks": must be title, question or parameter`},
		{file, "題", "Title of it", `the title is the English one: "Title of it"`},
		{file, "誰か?", "Who?", "the question is the English one"},
		{file, "さかのぼる日数", "days to look back", "the description of parameter days is the English one"},
		{file, "一行目。\n\n二段落目。", "First line goes on.\n\nSecond paragraph.", "the explanation is the English one"},
		{"ja/other.txt", "", whole, "sample query ja/other.txt: there is no sample of that name"},
		{"ja/some-id.md", "", whole, "there is no sample of that name"},
		{"nihongo, really/some-id.txt", "", whole, "is not named after a language"},
		{"ja.txt", "Cost: Costの訳\n", "", "ja.txt: no name of category Cost"},
		{"ja.txt", "Costの訳", "Cost", "the name of category Cost is the English one"},
		{"ja.txt", "Cost:", "Costs:", `ja.txt: "Costs" is no category`},
	} {
		if _, err := load(inJapanese(test.file, test.from, test.to)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s, %q for %q: error %v, want %q in it", test.file, test.to, test.from, err, test.want)
		}
	}
}

// quoted are titles in an explanation, as each language quotes.
var quoted = regexp.MustCompile(`"([^"]+)"|「([^」]+)」`)

// TestLanguages holds the texts of every language against what a gallery needs, and
// the English ones: lines that fit, no title twice, the same samples referred to.
func TestLanguages(t *testing.T) {
	english, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range english.languages.libraries {
		ids := map[string]string{} // by title
		for _, q := range l.All() {
			if other, ok := ids[q.Title]; ok {
				t.Errorf("%s: %s and %s share %q", l.Language(), q.ID, other, q.Title)
			}
			ids[q.Title] = q.ID
		}
		for i, q := range l.All() {
			if utf8.RuneCountInString(q.Title) > 60 || strings.HasSuffix(q.Title, "。") || utf8.RuneCountInString(q.Question) > 140 || !strings.HasSuffix(q.Question, "?") {
				t.Errorf("%s: %s: title or question: %q, %q", l.Language(), q.ID, q.Title, q.Question)
			}
			if got, want := referred(q, ids), referred(english.All()[i], titles(english)); !maps.Equal(got, want) {
				t.Errorf("%s: %s refers to %v, in English to %v", l.Language(), q.ID, got, want)
			}
		}
	}
}

func titles(l *Library) map[string]string {
	out := map[string]string{}
	for _, q := range l.All() {
		out[q.Title] = q.ID
	}
	return out
}

// referred is the samples that an explanation names.
func referred(q Query, ids map[string]string) map[string]bool {
	out := map[string]bool{}
	for _, m := range quoted.FindAllStringSubmatch(q.Explanation, -1) {
		if id := ids[m[1]+m[2]]; id != "" {
			out[id] = true
		}
	}
	return out
}

// TestSearchJapanese: what an analyst types finds the sample that asks it.
func TestSearchJapanese(t *testing.T) {
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	ja, err := l.In("ja")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ phrase, first string }{
		{"証跡を止めたのは誰", "trails-stopped"},
		{"誰が証跡を停止したか", "trails-stopped"},
		{"トレイルの削除", "trails-stopped"},
		{"バケットの公開", "buckets-made-public"},
		{"ﾊﾞｹｯﾄ 公開", "buckets-made-public"},
		{"ＭＦＡなしのサインイン", "sign-ins-without-mfa"},
		{"多要素認証なしでログイン", "sign-ins-without-mfa"},
		{"ルートユーザ", "root-activity"},
		{"認証情報の漏洩", "leaked-credentials"},
		{"拒否された AssumeRole", "denied-assume-role"},
		{"セキュリティグループの変更", "security-group-changes"},
		{"セキュリティーグループ 変更", "security-group-changes"},
		{"S3 大量ダウンロード", "s3-mass-downloads"},
		{"マイニング インスタンス", "large-instances-started"},
		{"新しいアクセスキー", "new-access-keys"},
		{"KMSキーの削除", "kms-keys-at-risk"},
		{"請求", "billing-access"},
		{"緊急用ロール", "break-glass-use"},
		{"ロールの連鎖", "role-chains"},
		{"スナップショットの共有", "snapshots-and-images-shared"},
		{"使われている権限", "permissions-used"},
		{"DeleteTrail", "trails-stopped"},
		{"denied AssumeRole", "denied-assume-role"},
		{"T1098.006", "kubernetes-access-given"},
	} {
		hits := ja.Search(test.phrase)
		if len(hits) == 0 || hits[0].Query.ID != test.first {
			t.Errorf("Search(%q) = %v, want %s first", test.phrase, ids(hits), test.first)
		}
		for i, h := range hits {
			if h.Relevance <= 0 || h.Relevance > 1 || i > 0 && h.Relevance > hits[i-1].Relevance {
				t.Errorf("Search(%q): relevance %v of %s at %d", test.phrase, h.Relevance, h.Query.ID, i)
			}
		}
	}
	for _, phrase := range []string{"麒麟", "シマウマ", "の", "は?", "しました"} {
		if hits := ja.Search(phrase); len(hits) != 0 {
			t.Errorf("Search(%q) = %v", phrase, ids(hits))
		}
	}
	if hits := l.Search("証跡"); len(hits) != 0 {
		t.Errorf("in English: Search(証跡) = %v", ids(hits))
	}
}
