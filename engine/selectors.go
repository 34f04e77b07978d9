package engine

import "github.com/traillake/traillake/ingest/selector"

// FieldSelector is one condition of an advanced event selector (AdvancedFieldSelector).
type FieldSelector = selector.FieldSelector

// EventSelector is an advanced event selector: the conjunction of its conditions.
type EventSelector = selector.EventSelector

// checkSelectors validates a store's selectors and returns the family of events they choose.
func checkSelectors(selectors []EventSelector) (selector.Family, error) {
	compiled, err := selector.Compile(selectors)
	if err != nil {
		return "", Errorf(InvalidEventSelectors, "AdvancedEventSelectors: %v", err)
	}
	return compiled.Family(), nil
}
