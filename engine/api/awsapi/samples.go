package awsapi

import (
	"context"

	"github.com/traillake/traillake/engine"
)

type foundSample struct {
	Name, Description, SQL string
	Relevance              float32
}

type sampleList struct {
	SearchResults []foundSample
	NextToken     string `json:",omitempty"`
}

func (f *front) searchSampleQueries(ctx context.Context, p engine.Principal, in object) (any, error) {
	phrase := in.plainText("SearchPhrase") // required here
	input := engine.SearchSampleQueriesInput{Phrase: &phrase, Page: in.page("MaxResults")}
	if err := in.err(); err != nil {
		return nil, err
	}
	samples, next, err := f.opts.Samples.SearchSampleQueries(ctx, p, input)
	if err != nil {
		return nil, err
	}
	out := sampleList{SearchResults: []foundSample{}, NextToken: next}
	for _, s := range samples {
		out.SearchResults = append(out.SearchResults, foundSample{s.Name, s.Description, s.SQL, float32(s.Relevance)})
	}
	return out, nil
}
