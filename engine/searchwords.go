package engine

import "strings"

// words are what a search looks for, in lower case.
type words []string

// searchWords splits a phrase; nil has no words.
func searchWords(phrase *string) (words, error) {
	if phrase == nil {
		return nil, nil
	}
	if err := checkText("SearchPhrase", *phrase, 1, 1000, nil); err != nil {
		return nil, err
	}
	return strings.Fields(strings.ToLower(*phrase)), nil
}

// in reports whether every word occurs in one of the texts, in any case.
func (w words) in(texts ...string) bool {
	if len(w) == 0 {
		return true
	}
	all := strings.ToLower(strings.Join(texts, "\n"))
	for _, word := range w {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}
