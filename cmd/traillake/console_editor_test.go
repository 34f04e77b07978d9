package main

import (
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// offered is what the completion list offers: a line each, label and detail.
const offered = `[...document.querySelectorAll('.cm-tooltip-autocomplete li')].map(li => li.querySelector('.cm-completionLabel').textContent + ' ' + (li.querySelector('.cm-completionDetail')?.textContent ?? '').replace(/(\d),(?=\d)/g, '$1'))`

// consoleCompletion: what the editor offers behind a text, by what the store has
// and Trino documents.
func consoleCompletion(b *browser, p *process) {
	countOf := func(where string) string { return p.query("SELECT count(*) FROM audit WHERE " + where)[0] }
	for name, test := range map[string]struct{ typed, offers, not string }{
		"store":             {"SELECT * FROM aud", "audit enabled", ""},
		"column":            {"SELECT eventna", "eventname varchar", ""},
		"column, behind":    {"SELECT count(*) FROM audit WHERE readon", "readonly boolean", ""},
		"struct path":       {"SELECT useridentity.sess", "sessioncontext row(…)", "eventname"},
		"deep struct path":  {"SELECT useridentity.sessioncontext.attributes.mfa", "mfaauthenticated", "sessioncontext "},
		"column of alias":   {"SELECT x.eventname, x.awsr FROM audit x WHERE x.awsr", "awsregion varchar", "eventname "},
		"path, by its end":  {"SELECT mfaauth", "useridentity.sessioncontext.attributes.mfaauthenticated", ""},
		"function":          {"SELECT approx_dis", "approx_distinct aggregate", ""},
		"scalar":            {"SELECT date_tru", "date_trunc (varchar", ""},
		"event name":        {"SELECT * FROM audit WHERE eventname = 'AssumeR", "AssumeRole " + countOf("eventname = 'AssumeRole'"), "GetObject"},
		"value of a struct": {"SELECT * FROM audit WHERE useridentity.type IN ('AWSService', 'IA", "IAMUser " + countOf("useridentity.type = 'IAMUser'"), "AssumedRole"},
		"map key":           {"SELECT element_at(requestparameters, 'roleA", "roleArn " + countOf("element_at(requestparameters, 'roleArn') IS NOT NULL"), "bucketName"},
		"keyword":           {"SELECT * FROM audit GRO", "GROUP", ""},
	} {
		b.write("")
		b.typeText(test.typed)
		b.until(`(` + offered + `).some(o => o.startsWith(` + quoteJS(test.offers) + `))`)
		if all := evaluate[[]string](b, offered); test.not != "" && strings.Contains("\n"+strings.Join(all, "\n"), "\n"+test.not) {
			b.t.Errorf("%s: behind %q it offers %q", name, test.typed, all)
		}
		b.press(kb.Escape)
		b.until(`!document.querySelector('.cm-tooltip-autocomplete')`)
	}
	// Signatures stand beside the list. The mouse takes what is chosen: a key that comes
	// as fast as a test's is still the writer's.
	b.write("")
	b.typeText("SELECT date_trunc")
	b.until(`/date_trunc\(varchar.*timestamp/.test(document.querySelector('.cm-completionInfo')?.textContent)`)
	b.run(steady(`.cm-tooltip-autocomplete li[aria-selected]`))
	b.until(`document.querySelector('.cm-content').innerText === 'SELECT date_trunc()'`)
}

// quoteJS is a text as a literal of JavaScript.
func quoteJS(text string) string {
	return `'` + strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `'`, `\'`) + `'`
}

// consoleSelection: only what is selected is run.
func consoleSelection(b *browser, _ *process) {
	b.write("SELECT 1 AS one;\nSELECT 2 AS two")
	b.press(kb.Home, chromedp.ModifierShift)
	b.click(`//button[contains(., "Run selection")]`)
	b.shows("1")
	if got := evaluate[string](b, `document.querySelector('#head-0').textContent + ' ' + document.querySelector('#cell-0-0').textContent`); got != "two 2" {
		b.t.Errorf("the selection gave %q", got)
	}
}

// consoleTabs: tabs with their statements, parameters and results outlast a
// reload, and go by keys.
func consoleTabs(b *browser, _ *process) {
	b.runStatement("SELECT 'first' AS tab")
	b.shows("1")
	b.press("t", chromedp.ModifierAlt)
	b.until(`document.querySelectorAll('[role=tab]').length === 2 && document.querySelector('.cm-content').textContent !== "SELECT 'first' AS tab"`)
	b.write("SELECT '?' AS tab")
	b.run(chromedp.SendKeys(chromedp.CSS(`input[aria-label="Value of ? number 1"]`), "second"))
	b.press(kb.Enter, chromedp.ModifierCtrl)
	b.shows("1")
	b.run(chromedp.Reload())
	cell := func(want string) {
		b.t.Helper()
		b.until(`document.querySelector('#cell-0-0')?.textContent === '` + want + `'`)
	}
	cell("second")
	if got := evaluate[string](b, `document.querySelector('input[aria-label="Value of ? number 1"]').value`); got != "second" {
		b.t.Errorf("after a reload the parameter is %q", got)
	}
	b.press(kb.PageUp, chromedp.ModifierAlt)
	cell("first")
	if got := b.text(`.cm-content`); got != "SELECT 'first' AS tab" {
		b.t.Errorf("the first tab has %q", got)
	}
	b.press("w", chromedp.ModifierAlt)
	cell("second")
	b.until(`document.querySelectorAll('[role=tab]').length === 1`)
}

// consoleFormat: the statement is laid out, and undo takes that back.
func consoleFormat(b *browser, _ *process) {
	const sql = "select eventname, count(*) as n from audit where readonly = false and eventname like 'Stop%' group by 1 having count(*) > 1 order by 2 desc"
	b.write(sql)
	b.click(`//button[normalize-space()="Format"]`)
	b.until(`document.querySelectorAll('.cm-line').length >= 5`)
	if got := strings.Join(strings.Fields(evaluate[string](b, `document.querySelector('.cm-content').innerText`)), " "); !strings.EqualFold(got, sql) || !strings.Contains(got, "GROUP BY") {
		b.t.Errorf("formatted is %q", got)
	}
	b.run(chromedp.Focus(chromedp.CSS(`.cm-content`)))
	b.press("z", chromedp.ModifierCtrl)
	b.until(`document.querySelector('.cm-content').textContent === ` + quoteJS(sql))
}

// consoleRange: the time range is put into the statement that is run, not into
// the one that is written.
func consoleRange(b *browser, p *process) {
	const sql = "SELECT count(*) FROM audit"
	b.write(sql)
	b.click(`//input[@aria-label="Time range"]`)
	b.click(`//*[@role="option"][contains(., "From … to")]`)
	b.pickDay("From", "30 March 2026")
	b.pickDay("To", "31 March 2026")
	// The pickers keep the time of day they had.
	bounds := evaluate[[]string](b, `['From', 'To'].map(l => document.querySelector('button[aria-label^=' + l + ']').textContent)`)
	want := p.query(fmt.Sprintf("%s WHERE eventtime >= timestamp '%s' AND eventtime < timestamp '%s'", sql, bounds[0], bounds[1]))[0]
	b.run(chromedp.Focus(chromedp.CSS(`.cm-content`)))
	b.press(kb.Enter, chromedp.ModifierCtrl)
	b.shows("1")
	if got := b.text(`#cell-0-0`); got != want || !strings.HasPrefix(bounds[0], "2026-03-30") {
		b.t.Errorf("%s events are from %q, want %s", got, bounds, want)
	}
	if got := b.text(`.cm-content`); got != sql {
		b.t.Errorf("the editor has %q", got)
	}
}
