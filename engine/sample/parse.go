package sample

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	idPattern        = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	techniquePattern = regexp.MustCompile(`^(T\d{4}(?:\.\d{3})?) (.+)$`)
	parameterPattern = regexp.MustCompile(`^([a-z_]+) = (.+?): (.+)$`)
)

// parse reads a file of the form that the package's comment shows.
func parse(id, text string) (Query, error) {
	q := Query{ID: id}
	header, statement, ok := strings.Cut(text, "\n\n")
	if !ok {
		return q, errors.New("no empty line between the comment and the statement")
	}
	q.Statement = strings.TrimSpace(statement)
	lines := strings.Split(header, "\n")
	for i, line := range lines {
		rest, ok := strings.CutPrefix(line, "--")
		if !ok {
			return q, fmt.Errorf("line %d: does not begin with \"--\": %s", i+1, line)
		}
		lines[i] = strings.TrimSpace(rest)
	}
	q.Title = lines[0]
	end := slices.Index(lines, "")
	if end < 0 {
		return q, errors.New("no explanation: it stands after a line that is only \"--\"")
	}
	for i, line := range lines[1:end] {
		if err := q.set(line); err != nil {
			return q, fmt.Errorf("line %d: %w", i+2, err)
		}
	}
	q.Explanation = paragraphs(lines[end+1:])
	return q, q.check()
}

// set reads one "key: value" line.
func (q *Query) set(line string) error {
	key, value, _ := strings.Cut(line, ": ")
	switch key {
	case "question":
		q.Question = value
	case "category":
		q.Category, q.CategoryName = value, value
	case "technique":
		m := techniquePattern.FindStringSubmatch(value)
		if m == nil {
			return fmt.Errorf("technique %q: must be like T1562.008 Name", value)
		}
		q.Technique = Technique{ID: m[1], Name: m[2]}
	case "parameter":
		m := parameterPattern.FindStringSubmatch(value)
		if m == nil {
			return fmt.Errorf("parameter %q: must be like name = default: description", value)
		}
		q.Parameters = append(q.Parameters, Parameter{Name: m[1], Default: m[2], Description: m[3]})
	default:
		return fmt.Errorf("%q: must be question, category, technique or parameter", key)
	}
	return nil
}

// check holds a query against what every one must have.
func (q *Query) check() error {
	switch marks := strings.Count(q.Statement, "?"); {
	case !idPattern.MatchString(q.ID):
		return fmt.Errorf("id %q: must be lower-case words with hyphens", q.ID)
	case q.Title == "" || q.Explanation == "" || q.Statement == "":
		return errors.New("title, explanation and statement must not be empty")
	case !strings.HasSuffix(q.Question, "?"):
		return fmt.Errorf("question %q: must end in \"?\"", q.Question)
	case !slices.Contains(Categories, q.Category):
		return fmt.Errorf("category %q: must be one of %s", q.Category, strings.Join(Categories, ", "))
	case !strings.Contains(q.Statement, Placeholder):
		return fmt.Errorf("the statement must read from %s", Placeholder)
	case marks != len(q.Parameters):
		return fmt.Errorf("%d \"?\" in the statement and %d parameters", marks, len(q.Parameters))
	}
	return nil
}

// paragraphs joins the lines of each paragraph.
func paragraphs(lines []string) string {
	var out []string
	for _, p := range strings.Split(strings.Join(lines, "\n"), "\n\n") {
		out = append(out, strings.Join(strings.Fields(p), " "))
	}
	return strings.Join(out, "\n\n")
}
