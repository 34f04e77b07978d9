package edit

import "strings"

// sort orders the statement by a column: its ORDER BY is replaced, or, when LIMIT
// has cut the result, what it left is ordered.
func (s *statement) sort(by *Sort) (string, error) {
	i, err := s.column(by.Column)
	if err != nil {
		return "", err
	}
	order := "ORDER BY " + s.key(i)
	if by.Desc {
		order += " DESC"
	}
	q := s.query
	if s.cut() && !by.BeforeLimit {
		w := s.whole()
		w.order = ""
		return s.first(append(s.wrap(w, order), s.wrapRenamed(w, order)...)...)
	}
	if len(q.OrderBy) > 0 {
		return s.first(s.splice(q.OrderPos.Start, q.OrderEnd, order))
	}
	gap := " "
	if strings.Contains(s.sql[q.Span().Start:q.BodyEnd], "\n") {
		gap = "\n"
	}
	return s.first(s.splice(q.BodyEnd, q.BodyEnd, gap+order))
}
