package engine

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The categories an event data store may hold: the first three may be mixed, each
// other one stands alone (user guide, "event data store configuration").
var (
	trailCategories = []string{"Management", "Data", "NetworkActivity"}
	loneCategories  = []string{"Insight", "ConfigurationItem", "Evidence", "ActivityAuditLog"}
)

// family is the schema family of a store.
type family string

// trailFamily is the family of CloudTrail events.
const trailFamily family = "Trail"

// selectorFields are the fields a selector on CloudTrail events may name.
var selectorFields = map[string]bool{
	"eventCategory": true, "readOnly": true, "eventSource": true, "eventName": true, "eventType": true,
	"resources.type": true, "resources.ARN": true, "userIdentity.arn": true, "errorCode": true,
	"vpcEndpointId": true, "sessionCredentialFromConsole": true,
}

var selectorFieldPattern = regexp.MustCompile(`^[\w|.]+$`)

// defaultSelectors is what a store without selectors gets (CreateEventDataStore, AdvancedEventSelectors).
func defaultSelectors() []EventSelector {
	return []EventSelector{{
		Name:           "Default management events",
		FieldSelectors: []FieldSelector{{Field: "eventCategory", Equals: []string{"Management"}}},
	}}
}

// checkSelectors validates a store's selectors and returns the family of events they choose.
func checkSelectors(selectors []EventSelector) (family, error) {
	if len(selectors) == 0 || len(selectors) > 5 {
		return "", Errorf(InvalidEventSelectors, "%d advanced event selectors: must be 1 to 5", len(selectors))
	}
	values := 0
	var found family
	for _, s := range selectors {
		f, n, err := checkSelector(s)
		if err != nil {
			return "", err
		}
		values += n
		if found != "" && found != f {
			return "", Errorf(InvalidEventSelectors,
				"selector %q chooses %s events beside %s events: one event data store holds one family", s.Name, f, found)
		}
		found = f
	}
	if values > 500 {
		return "", Errorf(InvalidEventSelectors, "%d values over all selectors: at most 500", values)
	}
	return found, nil
}

func checkSelector(s EventSelector) (family, int, error) {
	if utf8.RuneCountInString(s.Name) > 1000 {
		return "", 0, Errorf(InvalidEventSelectors, "selector name of %d characters: at most 1000", utf8.RuneCountInString(s.Name))
	}
	if len(s.FieldSelectors) == 0 {
		return "", 0, Errorf(InvalidEventSelectors, "selector %q has no field selectors", s.Name)
	}
	values, category := 0, ""
	seen := map[string]bool{}
	for _, f := range s.FieldSelectors {
		n, err := checkField(s.Name, f)
		if err != nil {
			return "", 0, err
		}
		values += n
		if seen[f.Field] {
			return "", 0, Errorf(InvalidEventSelectors, "selector %q names field %q twice", s.Name, f.Field)
		}
		seen[f.Field] = true
		if f.Field == "eventCategory" {
			if len(f.Equals) != 1 || n != 1 {
				return "", 0, Errorf(InvalidEventSelectors, "selector %q: eventCategory takes Equals with one value", s.Name)
			}
			category = f.Equals[0]
		}
	}
	switch {
	case category == "":
		return "", 0, Errorf(InvalidEventSelectors, "selector %q has no eventCategory", s.Name)
	case oneOf(category, trailCategories...):
		return trailFamily, values, nil
	case oneOf(category, loneCategories...):
		if len(s.FieldSelectors) > 1 {
			return "", 0, Errorf(InvalidEventSelectors, "selector %q: with eventCategory %s no other field is allowed", s.Name, category)
		}
		return family(category), values, nil
	}
	return "", 0, Errorf(InvalidEventSelectors, "selector %q: eventCategory %q: must be one of %s", s.Name, category,
		strings.Join(append(append([]string{}, trailCategories...), loneCategories...), ", "))
}

func checkField(selector string, f FieldSelector) (int, error) {
	if !selectorFieldPattern.MatchString(f.Field) || !selectorFields[f.Field] {
		return 0, Errorf(InvalidEventSelectors, "selector %q: field %q is not one that events are selected by", selector, clip(f.Field))
	}
	n := 0
	for _, list := range [][]string{f.Equals, f.StartsWith, f.EndsWith, f.NotEquals, f.NotStartsWith, f.NotEndsWith} {
		for _, v := range list {
			n++
			if v == "" || utf8.RuneCountInString(v) > 2048 {
				return 0, Errorf(InvalidEventSelectors, "selector %q, field %s: a value must be 1 to 2048 characters", selector, f.Field)
			}
		}
	}
	if n == 0 {
		return 0, Errorf(InvalidEventSelectors, "selector %q, field %s: no condition given", selector, f.Field)
	}
	if f.Field == "readOnly" && (len(f.Equals) != 1 || n != 1 || !oneOf(f.Equals[0], "true", "false")) {
		return 0, Errorf(InvalidEventSelectors, "selector %q: readOnly takes Equals with true or false", selector)
	}
	return n, nil
}
