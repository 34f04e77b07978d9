// Package selector has CloudTrail's advanced event selectors: Compile validates the
// selectors of an event data store, Match decides whether a decoded record is one
// of the events they choose. Where an event comes from and where it goes is not
// this package's business.
//
// A live source compiles a store's selectors once and asks for each record between
// decoding and appending it:
//
//	chosen, err := selector.Compile(selectors)
//	…
//	row, err := decoder.Decode(record)
//	if err == nil && chosen.Match(decoder) {
//		builder.AppendDecoded(decoder, source, now)
//	}
//
// Imports do not ask: they take whatever a trail's files hold.
//
// # What matches
//
// An event is taken when one selector matches ("if the event matches any event
// selector, the trail processes and logs the event": API reference,
// PutEventSelectors), and a selector matches when all its conditions hold. Within
// the condition on one field ("How CloudTrail evaluates multiple conditions for a
// field", user guide):
//
//   - Equals, StartsWith and EndsWith are ORed, with all their values.
//   - NotEquals, NotStartsWith and NotEndsWith are ANDed: "If any of the DESELECT
//     operator conditions are met, the event is not delivered."
//   - Where there are both, "both groups are AND'd together".
//
// Values are compared byte by byte: "match the exact value", "the first few
// characters"; case counts and * is no wildcard.
//
// The documentation is silent on the following; this is how it is here, and why.
//
//   - A field that an event does not have meets no condition: a group of Equals,
//     StartsWith and EndsWith fails, one of the Not operators holds. So NotEquals
//     true on sessionCredentialFromConsole, which only events of console sessions
//     have, takes all others.
//   - A field's value is what its column has (package event): another spelling of a
//     key and a value of the wrong type count as absent; readOnly may be "true" or
//     true.
//   - Of an event with several resources, those of the selector's resources.type
//     count, since the ARN is documented to be that "of a valid resource of the
//     type you've specified". As a group of ORed conditions it is enough that one
//     of them matches; as soon as one meets a Not condition the event is not taken.
//   - An entry of resources with an ARNPrefix and no ARN, as in a list of a bucket's
//     objects, is compared by that prefix.
//   - Records from before eventVersion 1.07 have no eventCategory. Their
//     managementEvent tells (since 1.06); without it an event on an S3 object or a
//     Lambda function, of which alone there were data events then, is Data and every
//     other Management. Newer records without eventCategory match nothing.
package selector

import "github.com/traillake/traillake/ingest/event"

// EventSelector is an advanced event selector: the conjunction of its conditions.
// Stores keep it as JSON in this form.
type EventSelector struct {
	Name           string          `json:"name,omitempty"`
	FieldSelectors []FieldSelector `json:"fieldSelectors"`
}

// FieldSelector is one condition of an advanced event selector (CloudTrail API,
// AdvancedFieldSelector). An empty list is an operator that was not given.
type FieldSelector struct {
	Field         string   `json:"field"`
	Equals        []string `json:"equals,omitempty"`
	StartsWith    []string `json:"startsWith,omitempty"`
	EndsWith      []string `json:"endsWith,omitempty"`
	NotEquals     []string `json:"notEquals,omitempty"`
	NotStartsWith []string `json:"notStartsWith,omitempty"`
	NotEndsWith   []string `json:"notEndsWith,omitempty"`
}

// Family is the schema family of the events that selectors choose; an event data
// store holds one. It is Trail or the name of a category that stands alone.
type Family string

// The families. Trail has the categories Management, Data and NetworkActivity.
const (
	Trail             Family = "Trail"
	Insight           Family = "Insight"
	ConfigurationItem Family = "ConfigurationItem"
	Evidence          Family = "Evidence"
	ActivityAuditLog  Family = "ActivityAuditLog"
)

// Default is what a store without selectors gets (CreateEventDataStore,
// AdvancedEventSelectors): all management events.
func Default() []EventSelector {
	return []EventSelector{{
		Name:           "Default management events",
		FieldSelectors: []FieldSelector{{Field: fieldCategory, Equals: []string{management}}},
	}}
}

// Selectors are the compiled selectors of a store. They are read-only and safe for
// concurrent use, each goroutine with its own decoder.
type Selectors struct {
	family    Family
	selectors []compiled
}

// Family returns the family that the selectors choose events of.
func (s *Selectors) Family() Family { return s.family }

// Compile validates selectors as CreateEventDataStore does and prepares them for
// matching. An error says which selector, which field and which value is wrong and
// what would be right; AWS's name for it is InvalidEventSelectorsException.
func Compile(selectors []EventSelector) (*Selectors, error) {
	family, err := check(selectors)
	if err != nil {
		return nil, err
	}
	s := &Selectors{family: family}
	for _, one := range selectors {
		s.selectors = append(s.selectors, compile(one))
	}
	return s, nil
}

// Match reports whether the record that d holds is one of the chosen events. It
// reads no more of the record than the conditions need, allocates nothing and
// leaves d ready for Builder.AppendDecoded. d's last Decode must have succeeded.
func (s *Selectors) Match(d *event.Decoder) bool {
	category := categoryOf(d)
	for i := range s.selectors {
		if s.selectors[i].category == category && s.selectors[i].match(d) {
			return true
		}
	}
	return false
}
