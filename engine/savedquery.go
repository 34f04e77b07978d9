package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// SavedQuery is a statement that is kept under a name. Every principal of the
// lake may read, change and delete it.
type SavedQuery struct {
	ID string `json:"-"`
	SavedQueryContent
	Owner            string    `json:"owner"` // ARN of who made it
	OwnerAccessKeyID string    `json:"ownerAccessKeyId"`
	UpdatedBy        string    `json:"updatedBy"` // ARN of who changed it last
	Created          time.Time `json:"created"`
	Updated          time.Time `json:"updated"`
	Version          int64     `json:"version"` // 1 at first, one more with each change
}

// SavedQueryContent is what a user says of a saved query.
type SavedQueryContent struct {
	Name        string                `json:"name"`
	Description string                `json:"description,omitempty"`
	Statement   string                `json:"statement"`
	Parameters  []SavedQueryParameter `json:"parameters,omitempty"` // for each "?", in order
	Range       *SavedQueryRange      `json:"range,omitempty"`
	Tags        []string              `json:"tags,omitempty"`
}

// SavedQueryParameter says what stands for a "?" of a statement.
type SavedQueryParameter struct {
	Name        string        `json:"name"`
	Type        ParameterType `json:"type"`
	Default     *string       `json:"default,omitempty"` // nil: whoever runs the query must say
	Description string        `json:"description,omitempty"`
}

// ParameterType is what a parameter's text must look like.
type ParameterType string

// The types of parameters. Parameters are put in as text: a STRING stands inside
// the statement's quotes.
const (
	ParameterString    ParameterType = "STRING"
	ParameterNumber    ParameterType = "NUMBER"
	ParameterBoolean   ParameterType = "BOOLEAN"
	ParameterDate      ParameterType = "DATE"      // 2006-01-02
	ParameterTimestamp ParameterType = "TIMESTAMP" // 2006-01-02 15:04:05, with T or a zone too
	ParameterStore     ParameterType = "EVENT_DATA_STORE"
)

// SavedQueryRange is the time a query is meant for: the Last so long before it
// runs, or from Start, inclusive, to End, exclusive, of which one may be nil.
type SavedQueryRange struct {
	Last  time.Duration `json:"last,omitempty"`
	Start *time.Time    `json:"start,omitempty"`
	End   *time.Time    `json:"end,omitempty"`
}

// ListSavedQueriesInput filters the list of saved queries.
type ListSavedQueriesInput struct {
	Page
	// Phrase has words that must all occur in name, description, statement or tags.
	Phrase *string
	Tag    *string
	Owner  *string // ARN or access key id
}

// UpdateSavedQueryInput replaces the content of a saved query that is still at a version.
type UpdateSavedQueryInput struct {
	ID      string
	Version int64
	SavedQueryContent
}

// DeleteSavedQueryInput deletes a saved query; one that is still at a version,
// when that is not nil.
type DeleteSavedQueryInput struct {
	ID      string
	Version *int64
}

// The key of a saved query's document in the lake's commit log.
const savedQueryPrefix = "savedQuery/"

func savedQueryDoc(id string) string { return savedQueryPrefix + id }

// loadSavedQueries reads the saved queries out of the lake's log.
func (e *Engine) loadSavedQueries() error {
	for key, raw := range e.lake.Docs(savedQueryPrefix) {
		q := &SavedQuery{ID: strings.TrimPrefix(key, savedQueryPrefix)}
		if err := json.Unmarshal(raw, q); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		e.saved[q.ID] = q
	}
	return nil
}
