package function

import (
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"

	"github.com/traillake/traillake/query/ast"
)

var stemFunctions = []entry{
	{sig: "word_stem(varchar(x)) varchar(x)", make: f1(func(word string) (string, error) { return stem(word, "en") })},
	{sig: "word_stem(varchar(x), varchar(2)) varchar(x)", make: f2(stem)},
}

// stemmers are Snowball's, by the codes of the languages in Trino; nil is one
// that Trino has and the library has not.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"da": danish.Stem, "nl": dutch.Stem, "en": english.Stem, "fi": finnish.Stem, "fr": french.Stem, "de": german.Stem,
	"hu": hungarian.Stem, "ir": irish.Stem, "it": italian.Stem, "no": norwegian.Stem, "pt": portuguese.Stem, "ro": romanian.Stem,
	"ru": russian.Stem, "es": spanish.Stem, "sv": swedish.Stem, "tr": turkish.Stem,
	"ca": nil, "eu": nil, "hy": nil, "lt": nil,
}

func stem(word, language string) (string, error) {
	f, known := stemmers[language]
	switch {
	case !known:
		return "", invalidArgument("Unknown stemmer language: %s", language)
	case f == nil:
		return "", fault(ast.NotSupported, "word_stem for the language %s is not supported", language)
	}
	env := snowballstem.NewEnv(word)
	f(env)
	return env.Current(), nil
}
