package selector

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of an event data store's selectors (user guide, quotas; API model).
const (
	maxSelectors  = 5
	maxValues     = 500 // over all selectors
	maxNameLength = 1000
	maxFieldName  = 1000
	maxValue      = 2048
)

// The operators, as the API names them.
const (
	opEquals        = "Equals"
	opStartsWith    = "StartsWith"
	opEndsWith      = "EndsWith"
	opNotEquals     = "NotEquals"
	opNotStartsWith = "NotStartsWith"
	opNotEndsWith   = "NotEndsWith"
)

// operation is an operator with its values.
type operation struct {
	name   string
	values []string
}

// operations are the operators that a condition has.
func (f *FieldSelector) operations() []operation {
	all := []operation{
		{opEquals, f.Equals}, {opStartsWith, f.StartsWith}, {opEndsWith, f.EndsWith},
		{opNotEquals, f.NotEquals}, {opNotStartsWith, f.NotStartsWith}, {opNotEndsWith, f.NotEndsWith},
	}
	return slices.DeleteFunc(all, func(o operation) bool { return len(o.values) == 0 })
}

// check validates the selectors and returns the family they choose.
func check(selectors []EventSelector) (family Family, err error) {
	if n := len(selectors); n == 0 || n > maxSelectors {
		return "", fmt.Errorf("%d advanced event selectors: must be 1 to %d", n, maxSelectors)
	}
	values := 0
	for i, s := range selectors {
		category, n, err := checkSelector(s)
		if err != nil {
			return "", fmt.Errorf("%s: %w", label(i, s.Name), err)
		}
		values += n
		if f := familyOf(category); family == "" {
			family = f
		} else if f != family {
			return "", fmt.Errorf("%s: %s events beside %s events: one event data store holds one family of events, "+
				"Management, Data and NetworkActivity or one of the others", label(i, s.Name), f, family)
		}
	}
	if values > maxValues {
		return "", fmt.Errorf("%d values over all selectors: must be at most %d", values, maxValues)
	}
	return family, nil
}

// label names a selector in an error.
func label(i int, name string) string {
	if name == "" {
		return fmt.Sprintf("selector %d", i+1)
	}
	return fmt.Sprintf("selector %d, %q", i+1, clip(name))
}

func checkSelector(s EventSelector) (category string, values int, err error) {
	if n := utf8.RuneCountInString(s.Name); n > maxNameLength {
		return "", 0, fmt.Errorf("a name of %d characters: must be at most %d", n, maxNameLength)
	}
	if len(s.FieldSelectors) == 0 {
		return "", 0, errors.New("no field selectors: at least eventCategory is needed")
	}
	seen := map[string]bool{}
	for _, f := range s.FieldSelectors {
		n, err := checkField(f)
		if err != nil {
			return "", 0, err
		}
		values += n
		if seen[f.Field] {
			return "", 0, fmt.Errorf("field %s is named twice: give it all its conditions at once", f.Field)
		}
		seen[f.Field] = true
	}
	if category, err = checkCategory(s); err != nil {
		return "", 0, err
	}
	return category, values, checkRules(category, s, seen)
}

var fieldPattern = regexp.MustCompile(`^[\w|.]+$`)

// checkField holds a condition against what the API model says of all, and returns
// the number of its values.
func checkField(f FieldSelector) (values int, err error) {
	if n := utf8.RuneCountInString(f.Field); n == 0 || n > maxFieldName || !fieldPattern.MatchString(f.Field) {
		return 0, fmt.Errorf("field %q: must be 1 to %d letters, digits, dots, underscores and bars", clip(f.Field), maxFieldName)
	}
	if !known(f.Field) {
		return 0, fmt.Errorf("field %q: events are not selected by it%s", clip(f.Field), spelling(f.Field))
	}
	operations := f.operations()
	if len(operations) == 0 {
		return 0, fmt.Errorf("field %s: no condition given: at least one operator with a value is needed", f.Field)
	}
	for _, o := range operations {
		for _, v := range o.values {
			if n := utf8.RuneCountInString(v); n == 0 || n > maxValue {
				return 0, fmt.Errorf("field %s, %s: a value of %d characters: must be 1 to %d", f.Field, o.name, n, maxValue)
			}
			if strings.ContainsAny(v, "\r\n") {
				return 0, fmt.Errorf("field %s, %s: value %q: must be one line", f.Field, o.name, clip(v))
			}
		}
		values += len(o.values)
	}
	return values, checkConflicts(f, operations)
}

// spelling tells the right name of a field that is only spelled otherwise.
func spelling(field string) string {
	for name := range plainFields {
		if strings.EqualFold(name, field) {
			return "; " + name + " is"
		}
	}
	for _, name := range []string{fieldResourceType, fieldResourceARN} {
		if strings.EqualFold(name, field) {
			return "; " + name + " is"
		}
	}
	return ""
}

// checkConflicts: "To avoid errors, do not set conflicting or duplicate values for
// fields" (user guide). One selector may ask for what another refuses.
func checkConflicts(f FieldSelector, operations []operation) error {
	for _, o := range operations {
		seen := map[string]bool{}
		for _, v := range o.values {
			if seen[v] {
				return fmt.Errorf("field %s, %s: value %q is given twice", f.Field, o.name, clip(v))
			}
			seen[v] = true
		}
	}
	for _, pair := range []struct {
		name     string
		yes, not []string
	}{{opEquals, f.Equals, f.NotEquals}, {opStartsWith, f.StartsWith, f.NotStartsWith}, {opEndsWith, f.EndsWith, f.NotEndsWith}} {
		for _, v := range pair.yes {
			if slices.Contains(pair.not, v) {
				return fmt.Errorf("field %s: value %q is given to both %s and Not%s, which no event can meet", f.Field, clip(v), pair.name, pair.name)
			}
		}
	}
	return nil
}

// checkCategory returns the category that a selector must name.
func checkCategory(s EventSelector) (string, error) {
	at := slices.IndexFunc(s.FieldSelectors, func(f FieldSelector) bool { return f.Field == fieldCategory })
	if at < 0 {
		return "", fmt.Errorf("no eventCategory: every selector needs it, with Equals and one of %s", strings.Join(categories, ", "))
	}
	f := s.FieldSelectors[at]
	if err := checkRule(f, rule{operators: equalsOnly, single: true}); err != nil {
		return "", err
	}
	if !slices.Contains(categories, f.Equals[0]) {
		return "", fmt.Errorf("eventCategory %q: must be one of %s", clip(f.Equals[0]), strings.Join(categories, ", "))
	}
	return f.Equals[0], nil
}

// checkRules holds a selector's fields, which are the keys of seen, against the
// rules of its category.
func checkRules(category string, s EventSelector, seen map[string]bool) error {
	of, filtered := rules[category]
	for _, f := range s.FieldSelectors {
		if f.Field == fieldCategory {
			continue
		}
		if !filtered {
			return fmt.Errorf("field %s: %s events are selected by eventCategory only", f.Field, category)
		}
		r, ok := of[f.Field]
		if !ok {
			return fmt.Errorf("field %s: is of %s events; %s events of an event data store are selected by %s",
				f.Field, belongs(f.Field), category, allowed(category))
		}
		if err := checkRule(f, r); err != nil {
			return err
		}
	}
	for field, r := range of {
		if r.required && !seen[field] {
			return fmt.Errorf("no %s: a selector of %s events needs it, with Equals and one value", field, category)
		}
	}
	return nil
}

func checkRule(f FieldSelector, r rule) error {
	for _, o := range f.operations() {
		if r.operators != nil && !slices.Contains(r.operators, o.name) {
			return fmt.Errorf("field %s: operator %s: takes only %s", f.Field, o.name, strings.Join(r.operators, " and "))
		}
		for _, v := range o.values {
			if r.values != nil && !slices.Contains(r.values, v) {
				return fmt.Errorf("field %s, %s: value %q: must be %s", f.Field, o.name, clip(v), strings.Join(r.values, " or "))
			}
		}
		if r.single && len(o.values) != 1 {
			return fmt.Errorf("field %s, %s: %d values: takes one; add a selector for each other", f.Field, o.name, len(o.values))
		}
	}
	if r.shape != nil {
		return r.shape(f)
	}
	return nil
}

var typePattern = regexp.MustCompile(`^\w+::\w+::\w+$`)

// checkResourceType: the format is AWS::service::data-type (user guide, record
// contents). Which types there are changes too often to be checked.
func checkResourceType(f FieldSelector) error {
	if v := f.Equals[0]; !typePattern.MatchString(v) {
		return fmt.Errorf("field %s: value %q: must look like AWS::S3::Object", f.Field, clip(v))
	}
	return nil
}

// checkSource: network activity events are logged of sources that are named; all
// of them are services of AWS.
func checkSource(f FieldSelector) error {
	if v := f.Equals[0]; !strings.HasSuffix(v, ".amazonaws.com") {
		return fmt.Errorf("field %s: value %q: must be the event source of a service, like ec2.amazonaws.com", f.Field, clip(v))
	}
	return nil
}

// checkARNs: "if you use Equals or NotEquals, the value must exactly match the ARN
// of a valid resource" (API reference, AdvancedFieldSelector).
func checkARNs(f FieldSelector) error {
	for _, o := range []operation{{opEquals, f.Equals}, {opNotEquals, f.NotEquals}} {
		for _, v := range o.values {
			if parts := strings.SplitN(v, ":", 6); len(parts) < 6 || parts[0] != "arn" || parts[5] == "" {
				return fmt.Errorf("field %s, %s: value %q: must be a whole ARN, arn:partition:service:region:account:resource; "+
					"a part of one goes with StartsWith or EndsWith", f.Field, o.name, clip(v))
			}
		}
	}
	return nil
}

// clip shortens a value for a message.
func clip(s string) string {
	const most = 128
	if len(s) <= most {
		return s
	}
	n := most
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
