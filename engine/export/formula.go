package export

import (
	"strings"
	"unicode/utf8"
)

// formulaStarts are the characters with which a spreadsheet takes a cell for a
// formula (OWASP, "CSV Injection"), and their full-width forms, which some
// spreadsheets take for the same.
const formulaStarts = "=+-@\t\r\n\x00＝＋－＠"

// neutralize puts a quote before a text that a spreadsheet would take for a
// formula: it then shows the text. An event's fields are written by whoever made
// the call, an attacker among them.
func neutralize(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size > 0 && strings.ContainsRune(formulaStarts, first) {
		return "'" + text
	}
	return text
}
