package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/traillake/traillake/query"
)

// The bounds of a saved query; those of its statement and parameters are StartQuery's.
const (
	maxSavedName        = 128
	maxSavedDescription = 2048
	maxSavedTags        = 20
	maxSavedTag         = 64
	maxSavedRange       = 36500 * 24 * time.Hour
)

var (
	// linePattern is a line of text that can be seen.
	linePattern   = regexp.MustCompile(`^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*$`)
	numberPattern = regexp.MustCompile(`^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$`)
)

// parameterTypes say of each type what its text is, and a text that is one, to
// see whether a statement without default parses.
var parameterTypes = map[ParameterType]struct {
	example string
	check   func(string) bool
}{
	ParameterString:    {"x", func(string) bool { return true }},
	ParameterNumber:    {"1", numberPattern.MatchString},
	ParameterBoolean:   {"true", func(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }},
	ParameterDate:      {"2026-01-02", parsesAs("2006-01-02")},
	ParameterTimestamp: {"2026-01-02 03:04:05", parsesAs("2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05 UTC")},
	ParameterStore:     {"x", identifierPattern.MatchString},
}

func parsesAs(layouts ...string) func(string) bool {
	return func(s string) bool {
		return slices.ContainsFunc(layouts, func(layout string) bool { _, err := time.Parse(layout, s); return err == nil })
	}
}

// checkSavedQuery holds the content of a saved query against the bounds, and its
// statement against the grammar.
func checkSavedQuery(q SavedQueryContent) error {
	if err := checkText("Name", q.Name, 1, maxSavedName, linePattern); err != nil {
		return err
	}
	if err := checkText("Description", q.Description, 0, maxSavedDescription, nil); err != nil {
		return err
	}
	if err := checkText("QueryStatement", q.Statement, 1, 10000, nil); err != nil {
		return err
	}
	if err := checkSavedParameters(q.Parameters); err != nil {
		return err
	}
	if err := q.Range.check(); err != nil {
		return err
	}
	if len(q.Tags) > maxSavedTags {
		return Errorf(InvalidParameter, "%d Tags: at most %d", len(q.Tags), maxSavedTags)
	}
	for i, tag := range q.Tags {
		if err := checkText(fmt.Sprintf("Tags[%d]", i), tag, 1, maxSavedTag, linePattern); err != nil {
			return err
		}
		if slices.Contains(q.Tags[:i], tag) {
			return Errorf(InvalidParameter, "Tags[%d] %q: is there twice", i, tag)
		}
	}
	return checkSavedStatement(q.Statement, q.Parameters)
}

func checkSavedParameters(parameters []SavedQueryParameter) error {
	if len(parameters) > 10 {
		return Errorf(InvalidParameter, "%d Parameters: at most 10", len(parameters))
	}
	for i, p := range parameters {
		member := fmt.Sprintf("Parameters[%d]", i)
		if err := checkText(member+".Name", p.Name, 1, 64, linePattern); err != nil {
			return err
		}
		if slices.ContainsFunc(parameters[:i], func(other SavedQueryParameter) bool { return other.Name == p.Name }) {
			return Errorf(InvalidParameter, "%s.Name %q: is another parameter's too", member, p.Name)
		}
		if err := checkText(member+".Description", p.Description, 0, 256, nil); err != nil {
			return err
		}
		kind, ok := parameterTypes[p.Type]
		if !ok {
			return Errorf(InvalidParameter, "%s.Type %q: must be STRING, NUMBER, BOOLEAN, DATE, TIMESTAMP or EVENT_DATA_STORE", member, clip(string(p.Type)))
		}
		if p.Default == nil {
			continue
		}
		if err := checkText(member+".DefaultValue", *p.Default, 1, 1024, nil); err != nil {
			return err
		}
		if !kind.check(*p.Default) {
			return Errorf(InvalidParameter, "%s.DefaultValue %q: is no %s, which is written as %s", member, clip(*p.Default), p.Type, kind.example)
		}
	}
	return nil
}

// checkSavedStatement parses a statement with its parameters' defaults, or what
// may stand for them, put in. Without parameters a "?" may stand where a value may.
func checkSavedStatement(statement string, parameters []SavedQueryParameter) error {
	values := make([]string, len(parameters))
	for i, p := range parameters {
		values[i] = or(p.Default, parameterTypes[p.Type].example)
	}
	full, err := query.Substitute(statement, values)
	if err == nil {
		err = query.Syntax(full)
	}
	if err != nil {
		return queryError(err)
	}
	return nil
}

// check refuses a range that is none.
func (r *SavedQueryRange) check() error {
	switch {
	case r == nil:
		return nil
	case r.Last < 0 || r.Last > maxSavedRange:
		return Errorf(InvalidDateRange, "TimeRange.Last %v: must be more than nothing and at most %v", r.Last, maxSavedRange)
	case r.Last > 0 && (r.Start != nil || r.End != nil):
		return Errorf(InvalidDateRange, "TimeRange: give Last, or StartTime and EndTime")
	case r.Last == 0 && r.Start == nil && r.End == nil:
		return Errorf(InvalidDateRange, "TimeRange: give Last, StartTime or EndTime, or leave the range out")
	case r.Start != nil && r.End != nil && !r.Start.Before(*r.End):
		return Errorf(InvalidDateRange, "TimeRange: StartTime %s must be before EndTime %s", r.Start.UTC().Format(time.RFC3339), r.End.UTC().Format(time.RFC3339))
	}
	return nil
}
