package engine

import "github.com/traillake/traillake/ingest/selector"

// FieldSelector is one condition of an advanced event selector (AdvancedFieldSelector).
type FieldSelector = selector.FieldSelector

// EventSelector is an advanced event selector: the conjunction of its conditions.
type EventSelector = selector.EventSelector

// checkSelectors validates a store's selectors and returns the family of events they choose.
func checkSelectors(selectors []EventSelector) (selector.Family, error) {
	compiled, err := compileSelectors(selectors)
	if err != nil {
		return "", err
	}
	return compiled.Family(), nil
}

func compileSelectors(selectors []EventSelector) (*selector.Selectors, error) {
	compiled, err := selector.Compile(selectors)
	if err != nil {
		return nil, Errorf(InvalidEventSelectors, "AdvancedEventSelectors: %v", err)
	}
	return compiled, nil
}

// selectors are the store's, made ready once for each of its records.
func (s *store) selectors() (*selector.Selectors, error) {
	r := s.record.Load()
	if made := s.compiled.Load(); made != nil && made.of == r {
		return made.selectors, made.err
	}
	made := &compiledSelectors{of: r}
	if made.selectors, made.err = compileSelectors(r.Selectors); made.err != nil {
		made.err = Errorf(InvalidEventSelectors, "event data store %s has selectors of an earlier version; update them: %v", s.id, made.err)
	}
	s.compiled.Store(made)
	return made.selectors, made.err
}

// compiledSelectors are the selectors of a store's record.
type compiledSelectors struct {
	of        *storeRecord
	selectors *selector.Selectors
	err       error
}
