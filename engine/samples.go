package engine

import (
	"context"
	"regexp"

	"github.com/traillake/traillake/engine/sample"
	"github.com/traillake/traillake/query"
)

// SampleQuery is a query of the library of samples. Name, Description, SQL and
// Relevance are CloudTrail's; the rest is ours.
type SampleQuery struct {
	Name        string
	Description string // the question, then the explanation
	// SQL can be run as it is: the parameters have their defaults. It reads from
	// $EDS_ID, which stands for the event data store.
	SQL string
	// Relevance is between 0 and 1; 0 when nothing was searched for.
	Relevance float64

	ID            string
	Question      string // one sentence that ends in "?"
	Explanation   string // paragraphs, separated by an empty line
	Category      string // English in every language, as SearchSampleQueriesInput takes it
	CategoryName  string
	TechniqueID   string // of MITRE ATT&CK; empty when none fits
	TechniqueName string
	Parameters    []SampleParameter
	Statement     string // SQL with "?" for each parameter
	Language      string // BCP 47 tag of the texts
}

// SampleParameter is what stands for a "?" of a sample query.
type SampleParameter struct {
	Name        string
	Default     string
	Description string
}

// SearchSampleQueriesInput says what to search for.
type SearchSampleQueriesInput struct {
	Page
	// Phrase is what to search for; nil means every sample, by category and title.
	// Without a Language it is printable ASCII.
	Phrase *string
	// Category, when not nil, leaves out the samples of others.
	Category *string
	// Language is the BCP 47 tag of the language to answer in and to search in beside
	// English; English when nil, and when there are no texts in it.
	Language *string
}

// GetSampleQueryInput says which sample, and in which language.
type GetSampleQueryInput struct {
	ID       string
	Language *string // as in SearchSampleQueriesInput
}

// phrasePattern is that of the CloudTrail API model: printable ASCII and newlines.
// The model knows no languages: where one is given, letters of all are.
var (
	phrasePattern    = regexp.MustCompile(`^[ -~\n]*$`)
	anyPhrasePattern = regexp.MustCompile(`^[^\pC]*$`)
)

// The page sizes of SearchSampleQueries (CloudTrail API reference); without a
// phrase a page may hold all there is.
const (
	defaultSamplePage = 10
	maxSamplePage     = 50
	maxSampleList     = 1000
)

// SearchSampleQueries finds sample queries by a phrase, the most relevant first.
// What is wrong with paging is told as InvalidParameter, the operation's only code.
func (e *Engine) SearchSampleQueries(_ context.Context, _ Principal, in SearchSampleQueriesInput) ([]SampleQuery, string, error) {
	size, limit := int32(defaultSamplePage), int32(maxSamplePage)
	if in.Phrase == nil {
		size, limit = defaultPage, maxSampleList
	} else if err := checkPhrase(*in.Phrase, in.Language != nil); err != nil {
		return nil, "", err
	}
	library, err := e.samplesIn(in.Language)
	if err != nil {
		return nil, "", err
	}
	if in.Category != nil && !oneOf(*in.Category, sample.Categories...) {
		return nil, "", Errorf(InvalidParameter, "Category %q: must be one of %q", clip(*in.Category), sample.Categories)
	}
	size, err = pageSize(in.MaxResults, limit, size)
	if err != nil {
		return nil, "", Errorf(InvalidParameter, "%s", AsError(err).Message)
	}
	call, offset := callName("SearchSampleQueries", text(in.Phrase), text(in.Category), library.Language()), 0
	if in.NextToken != nil {
		t, err := e.tokens.open(*in.NextToken, call)
		if err != nil {
			return nil, "", Errorf(InvalidParameter, "%s", AsError(err).Message)
		}
		offset = int(t.Offset)
	}
	hits := foundSamples(library, in)
	hits = hits[min(offset, len(hits)):]
	next := ""
	if len(hits) > int(size) {
		hits = hits[:size]
		next = e.tokens.sign(token{Call: call, Offset: int64(offset) + int64(size)})
	}
	out := make([]SampleQuery, 0, len(hits))
	for _, h := range hits {
		q, err := sampleQuery(library, h)
		if err != nil {
			return nil, "", internal(err)
		}
		out = append(out, q)
	}
	return out, next, nil
}

// GetSampleQuery returns one sample query.
func (e *Engine) GetSampleQuery(_ context.Context, _ Principal, in GetSampleQueryInput) (*SampleQuery, error) {
	library, err := e.samplesIn(in.Language)
	if err != nil {
		return nil, err
	}
	found, ok := library.Find(in.ID)
	if !ok {
		return nil, Errorf(SampleQueryNotFound, "sample query %q: there is none with that id; SearchSampleQueries finds them", clip(in.ID))
	}
	q, err := sampleQuery(library, sample.Hit{Query: found})
	if err != nil {
		return nil, internal(err)
	}
	return &q, nil
}

// samplesIn is the library in a language.
func (e *Engine) samplesIn(language *string) (*sample.Library, error) {
	if language == nil {
		return e.samples, nil
	}
	library, err := e.samples.In(*language)
	if err != nil {
		return nil, Errorf(InvalidParameter, "%s", err)
	}
	return library, nil
}

// checkPhrase holds a phrase against the model, or against what any language needs:
// a word may be of one letter there.
func checkPhrase(phrase string, anyLanguage bool) error {
	if anyLanguage {
		return checkText("SearchPhrase", phrase, 1, 1000, anyPhrasePattern)
	}
	return checkText("SearchPhrase", phrase, 2, 1000, phrasePattern)
}

// foundSamples is all that a search finds, or the library, of the category asked for.
func foundSamples(library *sample.Library, in SearchSampleQueriesInput) []sample.Hit {
	var hits []sample.Hit
	if in.Phrase != nil {
		hits = library.Search(*in.Phrase)
	} else {
		for _, q := range library.All() {
			hits = append(hits, sample.Hit{Query: q})
		}
	}
	if in.Category == nil {
		return hits
	}
	var kept []sample.Hit
	for _, h := range hits {
		if h.Query.Category == *in.Category {
			kept = append(kept, h)
		}
	}
	return kept
}

// sampleQuery is a sample as operations answer it.
func sampleQuery(library *sample.Library, h sample.Hit) (SampleQuery, error) {
	q := h.Query
	out := SampleQuery{
		Name: q.Title, Description: q.Question + "\n\n" + q.Explanation, SQL: q.Statement, Relevance: h.Relevance,
		ID: q.ID, Question: q.Question, Explanation: q.Explanation, Category: q.Category, CategoryName: q.CategoryName,
		TechniqueID: q.Technique.ID, TechniqueName: q.Technique.Name, Statement: q.Statement, Language: library.Language(),
	}
	var defaults []string
	for _, p := range q.Parameters {
		out.Parameters = append(out.Parameters, SampleParameter(p))
		defaults = append(defaults, p.Default)
	}
	if len(defaults) > 0 {
		sql, err := query.Substitute(q.Statement, defaults)
		if err != nil {
			return out, err
		}
		out.SQL = sql
	}
	return out, nil
}
