package sample

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// Hit is a query that a search found.
type Hit struct {
	Query Query
	// Relevance is above 0 and at most 1: 1 when every word stands in the title.
	Relevance float64
}

// Weights of the places where a word may stand, and of one that only begins alike.
const (
	inTitle       = 1
	inQuestion    = 0.8
	inCategory    = 0.6 // and in the technique
	inExplanation = 0.5
	inStatement   = 0.4
	onlyBegins    = 0.6
	onlyAlike     = 0.9 // of another word for the same
	// weakest is the relevance under which a query is no answer.
	weakest = 0.2
)

// index is the words of the queries: for each the best weight in each query; and the
// texts that have no spaces, which are looked through.
type index struct {
	queries []Query
	words   map[string]map[int]float64
	fields  [][]field // of each query; nil for English
}

func newIndex(queries []Query) *index {
	x := &index{queries: queries, words: map[string]map[int]float64{}}
	for i := range queries {
		q := &queries[i]
		x.add(i, inTitle, q.Title+" "+q.ID)
		x.add(i, inQuestion, q.Question)
		x.add(i, inCategory, q.Category+" "+q.Technique.ID+" "+q.Technique.Name)
		x.add(i, inExplanation, q.Explanation)
		x.add(i, inStatement, q.Statement)
	}
	return x
}

// with is the index of the same queries in another language: their words there, and
// the English ones.
func (x *index) with(queries []Query) *index {
	out := &index{queries: queries, words: map[string]map[int]float64{}}
	for w, in := range x.words {
		out.words[w] = maps.Clone(in)
	}
	for i := range queries {
		q := &queries[i]
		fields := []field{{q.Title, inTitle}, {q.Question, inQuestion}, {q.CategoryName, inCategory}, {q.Explanation, inExplanation}}
		for k, f := range fields {
			spaced, _ := split(f.text)
			out.add(i, f.weight, spaced)
			fields[k].text = plain(f.text)
		}
		out.fields = append(out.fields, fields)
	}
	return out
}

func (x *index) add(query int, weight float64, text string) {
	for _, w := range words(text) {
		in := x.words[w]
		if in == nil {
			in = map[int]float64{}
			x.words[w] = in
		}
		in[query] = max(in[query], weight)
	}
}

// Search returns the queries that a phrase asks for, in words of the library's
// language or of English, the most relevant first. A
// word counts the more the fewer queries have it, and by where it stands; one that
// no query has counts against all.
func (l *Library) Search(phrase string) []Hit {
	x := l.index()
	n := float64(len(x.queries))
	scores := map[int]float64{}
	total := 0.0
	var found []map[int]float64
	if x.fields != nil {
		spaced, terms := split(phrase)
		phrase, found = spaced, x.looked(terms)
	}
	for _, w := range words(phrase) {
		found = append(found, x.like(w))
	}
	for _, in := range found {
		rarity := math.Log(1 + n/(1+float64(len(in))))
		total += rarity
		for i, weight := range in {
			scores[i] += rarity * weight
		}
	}
	var hits []Hit
	for _, i := range slices.Sorted(maps.Keys(scores)) {
		if r := scores[i] / total; r >= weakest {
			hits = append(hits, Hit{Query: x.queries[i], Relevance: r})
		}
	}
	// Of equals, the one whose title says little else is meant.
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Relevance, a.Relevance), cmp.Compare(len(a.Query.Title), len(b.Query.Title)))
	})
	return hits
}

// like returns the weights of a word in the queries; a word that is not there
// stands for those that it begins.
func (x *index) like(word string) map[int]float64 {
	if in, ok := x.words[word]; ok || len(word) < 3 {
		return in
	}
	in := map[int]float64{}
	for w, weights := range x.words {
		if !strings.HasPrefix(w, word) {
			continue
		}
		for i, weight := range weights {
			in[i] = max(in[i], weight*onlyBegins)
		}
	}
	return in
}

// words returns the different words of a text that say something, as stems. A name
// like ConsoleLogin is there whole and in its parts.
func words(text string) []string {
	var out []string
	add := func(w string) {
		w = strings.ToLower(w)
		if silent[w] {
			return
		}
		env := snowballstem.NewEnv(w)
		english.Stem(env)
		w = env.Current()
		if same, ok := synonyms[w]; ok {
			w = same
		}
		if w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	text = joined.Replace(text)
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		add(w)
		for _, part := range parts(w) {
			add(part)
		}
	}
	return out
}

// parts splits a name before each upper-case letter that follows a lower-case one;
// nil for one part.
func parts(name string) []string {
	var out []string
	from, was := 0, rune(0)
	for i, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(was) {
			out = append(out, name[from:i])
			from = i
		}
		was = r
	}
	if from == 0 {
		return nil
	}
	return append(out, name[from:])
}

// joined makes one word of those that are written in several ways.
var joined = strings.NewReplacer(
	"sign-in", "signin", "Sign-in", "signin", "sign in", "signin", "Sign in", "signin", "signs in", "signin", "signed in", "signin",
	"log in", "signin", "Log in", "signin", "logged in", "signin", "log-in", "signin",
	"second factor", "mfa", "multi-factor", "mfa", "multi factor", "mfa", "multifactor", "mfa", "two-factor", "mfa", "2fa", "mfa",
	"cross-account", "crossaccount", "cross account", "crossaccount", "Cross-account", "crossaccount",
)

// synonyms are stems that mean the same here.
var synonyms = map[string]string{
	"login": "signin", "logon": "signin", "remov": "delet", "destroy": "delet", "erase": "delet", "drop": "delet",
	"money": "cost", "spend": "cost", "expens": "cost", "reject": "deni", "refus": "deni", "unauthor": "deni",
	"forbidden": "deni", "password": "password", "firewal": "secur", "leak": "leak", "stolen": "leak", "expos": "leak", "compromis": "leak",
	"exfiltr": "exfiltr", "steal": "exfiltr", "theft": "exfiltr", "bitcoin": "mine", "miner": "mine", "cryptomin": "mine",
}

// silent are words that say nothing about what is asked.
var silent = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`a about after again all also an and any are as at be been before by can could did do does each ever every
		for from had has have how i in into is it its list many me more most much my of on one or our query queries sample show
		so some than that the their them then there these they this those to up us was we were what when where which while who
		whose why will with would you your select group order limit count having null not eds id`) {
		out[w] = true
	}
	return out
}()
