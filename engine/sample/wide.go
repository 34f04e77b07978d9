package sample

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Japanese has no spaces between words. What is searched for is taken apart where the
// script changes, and its parts are looked for anywhere in a text:
//
//   - Katakana as a whole, without a long vowel at the end (サーバ finds サーバー);
//   - Chinese characters in pairs (多要素 is 多要 and 要素), a single one with the
//     kana it is inflected by (止め of 止めた);
//   - three and more Hiragana between particles, when a text has them.

// field is a text that is looked into, and what a find in it weighs.
type field struct {
	text   string
	weight float64
}

// plain is a text as it is compared: full-width letters and half-width Katakana are
// the usual ones, what is written in several ways is written in one.
func plain(text string) string {
	return sameInJapanese.Replace(norm.NFKC.String(text))
}

// split takes a text apart into words of scripts with spaces, and terms of those
// without.
func split(text string) (spaced string, terms []term) {
	text = plain(text)
	spaced = strings.Map(func(r rune) rune {
		if scriptOf(r) != nil {
			return ' '
		}
		return r
	}, text)
	runs := runsOf(text)
	for i, r := range runs {
		after := ""
		if i+1 < len(runs) && runs[i+1].script == unicode.Hiragana && runs[i+1].at == r.at+len(r.text) {
			after = runs[i+1].text
		}
		terms = append(terms, r.terms(after)...)
	}
	return spaced, terms
}

// term is looked for as it is; when no text has it, its looser ones are.
type term struct {
	text     string
	looser   []string
	optional bool // says nothing when no text has it
}

// run is a piece of a text in one script.
type run struct {
	text   string
	at     int // bytes before it
	script *unicode.RangeTable
}

func scriptOf(r rune) *unicode.RangeTable {
	switch {
	case unicode.Is(unicode.Han, r):
		return unicode.Han
	case unicode.Is(unicode.Katakana, r) || r == 'ー':
		return unicode.Katakana
	case unicode.Is(unicode.Hiragana, r):
		return unicode.Hiragana
	}
	return nil
}

func runsOf(text string) []run {
	var out []run
	for at, r := range text {
		script := scriptOf(r)
		if script == nil {
			continue
		}
		if n := len(out); n > 0 && out[n-1].script == script && out[n-1].at+len(out[n-1].text) == at {
			out[n-1].text += string(r)
			continue
		}
		out = append(out, run{text: string(r), at: at, script: script})
	}
	return out
}

// terms of a run that these Hiragana follow.
func (r run) terms(after string) []term {
	letters := []rune(r.text)
	switch {
	case silentInJapanese[r.text]:
		return nil
	case r.script == unicode.Hiragana:
		text := strings.Trim(r.text, particles)
		if utf8.RuneCountInString(text) < 3 {
			return nil
		}
		return []term{{text: text, optional: true}}
	case r.script == unicode.Katakana:
		if len(letters) > 2 {
			letters = []rune(strings.TrimSuffix(r.text, "ー"))
		}
		t := term{text: string(letters)}
		if len(letters) > 3 {
			t.looser = pairs(letters)
		}
		return []term{t}
	case len(letters) == 1:
		if after == "" || strings.ContainsAny(string([]rune(after)[:1]), particles) {
			return []term{{text: r.text}}
		}
		return []term{{text: r.text + string([]rune(after)[:1]), looser: []string{r.text}}}
	}
	var out []term
	for _, p := range pairs(letters) {
		out = append(out, term{text: p})
	}
	return out
}

func pairs(letters []rune) []string {
	var out []string
	for i := range len(letters) - 1 {
		out = append(out, string(letters[i:i+2]))
	}
	return out
}

// holding adds to the best weights of the queries what those that have a text weigh.
func (x *index) holding(in map[int]float64, text string, share float64) {
	for i, fields := range x.fields {
		for _, f := range fields {
			if strings.Contains(f.text, text) {
				in[i] = max(in[i], share*f.weight)
			}
		}
	}
}

// looked returns the terms that a phrase counts with, and the weights of each.
func (x *index) looked(terms []term) []map[int]float64 {
	var out []map[int]float64
	for _, t := range terms {
		in := map[int]float64{}
		x.holding(in, t.text, 1)
		for _, alike := range likeInJapanese[t.text] {
			x.holding(in, alike, onlyAlike)
		}
		if len(in) > 0 || len(t.looser) == 0 && !t.optional {
			out = append(out, in)
			continue
		}
		for _, l := range t.looser {
			in := map[int]float64{}
			x.holding(in, l, onlyBegins)
			out = append(out, in)
		}
	}
	return out
}

// particles follow a noun; what else follows a single character inflects it.
const particles = "をがはにのでともへやか"

// sameInJapanese writes in one way what is written in several.
var sameInJapanese = strings.NewReplacer(
	"ログイン", "サインイン", "ログオン", "サインイン", "多要素認証", " mfa ", "二要素認証", " mfa ", "2要素認証", " mfa ", "二段階認証", " mfa ",
	"漏洩", "漏えい", "流出", "漏えい", "漏れ", "漏えい", "クレデンシャル", "認証情報", "暗号鍵", "kms キー", "暗号化キー", "kms キー",
	"仮想通貨", "暗号資産", "採掘", "マイニング", "ティー", "ティ", "トレイル", "証跡", "課金", "請求",
)

// likeInJapanese are terms that mean the same here.
var likeInJapanese = map[string][]string{
	"止め": {"停止"}, "止ま": {"停止"}, "停止": {"止め"}, "消し": {"削除"}, "消す": {"削除"}, "消さ": {"削除"}, "消え": {"削除"}, "盗ま": {"漏え", "盗み"},
	"変え": {"変更"}, "作っ": {"作成"}, "作ら": {"作成"}, "拒ま": {"拒否"}, "断ら": {"拒否"}, "鍵": {"キー"}, "権限": {"アクセス許可"},
	"費用": {"コスト"}, "料金": {"コスト"}, "請求": {"コスト"}, "攻撃": {"侵入"}, "バックドア": {"裏口"}, "起動": {"開始"}, "足跡": {"証跡"},
}

// silentInJapanese says nothing about what is asked.
var silentInJapanese = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`誰 何 私 件 数 時 人 者 的 一覧 場合 方法 検索 表示 確認 質問 調 見 知 教 サンプル クエリ クエリー
		ました しました している していた しているか したか について ください できる という された されて されたか ですか ますか すべて ありますか どこから だれが`) {
		out[w] = true
	}
	return out
}()
