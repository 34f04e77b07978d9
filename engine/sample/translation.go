package sample

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Files of queries/LANGUAGE/ have the texts of the samples in another language,
// under the sample's id:
//
//	title: 停止・削除された証跡
//	question: 誰が、どこから証跡を止めましたか?
//	parameter: days: さかのぼる日数
//
//	答えの意味と、次に見るところ。一段落を一行に書く。
//
// queries/LANGUAGE.txt has the names of the categories, one "Logging: ログ記録" in a
// line. A language that is there is complete: Load refuses one that lacks a text, or
// has one that no sample has, or one that is still English.

// translations reads every language of a library, by BCP 47 tag.
func (l *Library) translations(dir fs.FS) (map[language.Tag]*Library, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	out := map[language.Tag]*Library{}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		tag, err := language.Parse(e.Name())
		if err != nil {
			return nil, fmt.Errorf("sample queries: folder %s is not named after a language: %w", e.Name(), err)
		}
		if out[tag], err = l.translated(dir, e.Name()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// translated is the library in the language of a folder. All that is wrong with it
// is told at once.
func (l *Library) translated(dir fs.FS, name string) (*Library, error) {
	categories, problem := readCategories(dir, name+".txt")
	problems := []error{problem}
	out := &Library{language: name, byID: l.byID}
	for _, q := range l.queries {
		file := path.Join(name, q.ID+".txt")
		text, err := fs.ReadFile(dir, file)
		if err == nil {
			err = q.translate(string(text))
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("sample query %s: %w", file, err))
		}
		q.CategoryName = categories[q.Category]
		out.queries = append(out.queries, q)
	}
	files, err := fs.ReadDir(dir, name)
	problems = append(problems, err)
	for _, f := range files {
		id, ok := strings.CutSuffix(f.Name(), ".txt")
		if _, known := l.byID[id]; !ok || !known {
			problems = append(problems, fmt.Errorf("sample query %s: there is no sample of that name", path.Join(name, f.Name())))
		}
	}
	out.index = sync.OnceValue(func() *index { return l.index().with(out.queries) })
	return out, errors.Join(problems...)
}

// translate puts the texts of a file in the place of the English ones.
func (q *Query) translate(text string) error {
	english := *q
	header, explanation, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	q.Title, q.Question, q.Explanation = "", "", paragraphs(strings.Split(explanation, "\n"))
	described := map[string]string{}
	for i, line := range strings.Split(header, "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "title":
			q.Title = value
		case "question":
			q.Question = value
		case "parameter":
			name, description, _ := strings.Cut(value, ": ")
			described[name] = description
		default:
			return fmt.Errorf("line %d: %q: must be title, question or parameter", i+1, key)
		}
	}
	q.Parameters = slices.Clone(q.Parameters)
	for i, p := range english.Parameters {
		if err := replaced("description of parameter "+p.Name, p.Description, described[p.Name]); err != nil {
			return err
		}
		q.Parameters[i].Description = described[p.Name]
		delete(described, p.Name)
	}
	for name := range described {
		return fmt.Errorf("parameter %s: the sample has none of that name", name)
	}
	return errors.Join(replaced("title", english.Title, q.Title), replaced("question", english.Question, q.Question),
		replaced("explanation", english.Explanation, q.Explanation))
}

// replaced refuses a text that is missing or still English.
func replaced(what, english, text string) error {
	switch text {
	case "":
		return fmt.Errorf("no %s", what)
	case english:
		return fmt.Errorf("the %s is the English one: %q", what, text)
	}
	return nil
}

// readCategories reads the names of the categories in a language.
func readCategories(dir fs.FS, file string) (map[string]string, error) {
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		category, name, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if !slices.Contains(Categories, category) {
			return nil, fmt.Errorf("%s: %q is no category", file, category)
		}
		out[category] = name
	}
	for _, c := range Categories {
		if err := replaced("name of category "+c, c, out[c]); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return out, nil
}

// In returns the library in the language that serves a reader of a BCP 47 tag:
// English for one that there are no texts in. The error is that of a tag which is
// none.
func (l *Library) In(tag string) (*Library, error) {
	wanted, err := language.Parse(tag)
	var unknown language.ValueError // well-formed, of a language that nobody knows
	if err != nil && !errors.As(err, &unknown) {
		return nil, fmt.Errorf("language %q: must be a BCP 47 tag such as en or ja-JP", tag)
	}
	_, at, _ := l.languages.matcher.Match(wanted)
	return l.languages.libraries[at], nil
}

// Language is the BCP 47 tag of the texts.
func (l *Library) Language() string { return l.language }

// languages are the same library in each language, English first.
type languages struct {
	matcher   language.Matcher
	libraries []*Library
}

// newLanguages joins English with the other languages, which are ordered by tag.
func newLanguages(english *Library, others map[language.Tag]*Library) *languages {
	tags := []language.Tag{language.English}
	out := &languages{libraries: []*Library{english}}
	for tag := range others {
		tags = append(tags, tag)
	}
	slices.SortFunc(tags[1:], func(a, b language.Tag) int { return strings.Compare(a.String(), b.String()) })
	for _, tag := range tags[1:] {
		out.libraries = append(out.libraries, others[tag])
	}
	for _, l := range out.libraries {
		l.languages = out
	}
	out.matcher = language.NewMatcher(tags)
	return out
}
