package export

import "strings"

// formulaStarts are the characters with which a spreadsheet takes a cell for a
// formula (OWASP, "CSV Injection"), and their full-width forms, which some
// spreadsheets take for the same.
const formulaStarts = "=+-@\t\r\n\x00＝＋－＠"

// neutralize puts a quote before a text that a spreadsheet would take for a
// formula: it then shows the text. An event's fields are written by whoever made
// the call, an attacker among them.
func neutralize(text string) string {
	for _, c := range text {
		if strings.ContainsRune(formulaStarts, c) {
			return "'" + text
		}
		break
	}
	return text
}
