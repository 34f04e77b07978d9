package main

import (
	"os"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// axe is the accessibility checker that the console's sources bring along.
const axe = "../../engine/api/console/web/node_modules/axe-core/axe.min.js"

// accessiblePages are the pages that must be without serious findings: where a
// page is, and an expression that is true once it has all it shows. A new page
// is a line here. EVENT, STORE and IMPORT are ids.
var accessiblePages = []struct{ path, ready string }{
	{"/query", `document.querySelector('.cm-content')`},
	{"/overview?store=audit&range=all", `document.querySelector('[data-testid=signIns-total]') && document.querySelector('ol li') && document.querySelector('canvas')`},
	{"/overview?store=empty", `document.querySelector('main h2')`},
	{"/events/audit/EVENT", `document.querySelector('[role=tree]')`},
	{"/events/audit/none", `document.querySelector('main h2')`},
	{"/stores", `document.querySelector('main table')`},
	{"/stores/STORE", `document.querySelector('canvas') && document.querySelector('main table')`},
	{"/stores/STORE/edit", `document.querySelector('main input')`},
	{"/stores/new", `document.querySelector('main input')`},
	{"/imports", `document.querySelector('main table')`},
	{"/imports/IMPORT", `document.querySelector('main [role=tab]')`},
	{"/imports/new", `document.querySelector('main input')`},
	{"/imports/watch", `document.querySelector('main input')`},
	{"/samples?category=Errors", `document.querySelector('main h2, main li')`},
	{"/saved", `document.querySelector('main h2, main table')`},
	{"/history", `document.querySelector('main table')`},
	{"/nowhere", `document.querySelector('main h1, main h2')`},
}

// consoleAccessible: no page has a serious finding, in light and in dark.
func consoleAccessible(b *browser, p *process) {
	checker := newChecker(b)
	ids := strings.NewReplacer("EVENT", p.query("SELECT eventid FROM audit WHERE eventname = 'StopLogging'")[0], "STORE", p.storeID("audit"), "IMPORT", p.importID())
	signIn := b.stranger()
	signIn.run(chromedp.Navigate(b.base+"/query"), chromedp.WaitVisible(chromedp.CSS(`input[name=keyId]`)))
	checker.check(signIn, "sign-in")
	for _, page := range accessiblePages {
		b.run(chromedp.Navigate(b.base + ids.Replace(page.path)))
		b.until(`!!(` + page.ready + `)`)
		checker.check(b, page.path)
	}
}

// part is something that opens on a page.
type part struct {
	name string
	open func(b *browser) // until it is there
}

// consoleAccessibleParts: what opens on pages has no serious finding either.
func consoleAccessibleParts(b *browser, p *process) {
	checker := newChecker(b)
	dialog := func(b *browser) { b.run(chromedp.WaitVisible(chromedp.CSS(`[role=dialog]`))) }
	menu := func(b *browser) { b.run(chromedp.WaitVisible(chromedp.CSS(`[role=menuitem]`))) }
	grid := func(b *browser, keys ...string) {
		b.run(chromedp.Focus(chromedp.CSS(`[role=grid]`)))
		for _, key := range keys {
			b.press(key)
		}
	}
	view := func(name, ready string) func(*browser) {
		return func(b *browser) { b.click(`//label[normalize-space()="` + name + `"]`); b.until(ready) }
	}
	store := "/stores/" + p.storeID("audit")
	for _, on := range []struct {
		path  string
		parts []part
	}{
		{"/query", []part{
			{"completion", func(b *browser) {
				b.typeText("SELECT date_tru")
				b.until(`document.querySelector('.cm-completionInfo')`)
			}},
			{"an underlined error", func(b *browser) {
				b.press(kb.Escape)
				b.write("SELECT nothing FROM audit")
				b.until(`document.querySelector('.cm-lintRange-error')`)
			}},
			{"a failed query", func(b *browser) {
				b.press(kb.Enter, chromedp.ModifierCtrl)
				b.run(chromedp.WaitVisible(chromedp.CSS(`[role=alert]`)))
			}},
			{"a result", func(b *browser) {
				b.runStatement("SELECT eventid, eventname, length(eventname) AS letters FROM audit WHERE eventname = 'StopLogging' AND '?' <> ''")
				b.until(`document.querySelector('#cell-0-1')?.textContent`)
			}},
			{"a menu of a cell", func(b *browser) { grid(b, "m"); menu(b) }},
			{"a menu of a column", func(b *browser) { b.press(kb.Escape); grid(b, kb.ArrowUp, kb.Enter); menu(b) }},
			{"a cell", func(b *browser) { b.press(kb.Escape); grid(b, kb.ArrowDown, "o"); dialog(b) }},
			{"columns", func(b *browser) {
				b.press(kb.Escape)
				b.run(chromedp.WaitNotPresent(chromedp.CSS(`[role=dialog]`)))
				b.click(`//button[normalize-space()="Columns"]`)
				b.run(chromedp.WaitVisible(chromedp.Search(`//label[. = "letters"]`)))
			}},
			{"copy", func(b *browser) { b.press(kb.Escape); b.click(`//button[@aria-label="Copy rows"]`); menu(b) }},
			{"export", func(b *browser) { b.press(kb.Escape); b.click(`//button[normalize-space()="Export"]`); menu(b) }},
			{"chart", func(b *browser) { b.press(kb.Escape); view("Chart", `document.querySelector('canvas')`)(b) }},
			{"statistics", view("Statistics", `document.querySelector('main tbody tr')`)},
			{"plan", view("Plan", `document.querySelector('main li strong')`)},
			{"a time range", func(b *browser) {
				b.click(`//input[@aria-label="Time range"]`)
				b.click(`//*[@role="option"][contains(., "From … to")]`)
				b.click(`//button[starts-with(@aria-label, "From")]`)
				b.until(`document.querySelector('[data-dates-dropdown] [data-level-control]')`)
			}},
			{"saving", func(b *browser) {
				b.press(kb.Escape)
				b.click(`//button[. = "Save"][not(@disabled)]`)
				b.run(chromedp.WaitVisible(chromedp.Search(field("Name"))))
			}},
			{"keys", func(b *browser) {
				b.press(kb.Escape)
				b.run(chromedp.WaitNotPresent(chromedp.CSS(`[role=dialog]`)), chromedp.Focus(chromedp.CSS(`[role=tab]`)))
				b.press("?")
				dialog(b)
			}},
			{"settings", func(b *browser) {
				b.press(kb.Escape)
				b.run(chromedp.WaitNotPresent(chromedp.CSS(`[role=dialog]`)))
				b.click(`//button[starts-with(@aria-label, "Session and settings")]`)
				menu(b)
			}},
		}},
		{"/overview?store=audit&range=all", []part{
			{"an event", func(b *browser) {
				b.click(`//li/button[contains(., "StopLogging")]`)
				b.run(chromedp.WaitVisible(chromedp.CSS(`[role=dialog] [role=tree]`)))
			}},
		}},
		{"/samples?category=Errors", []part{
			{"techniques", func(b *browser) {
				b.click(`//input[@aria-label="ATT&CK technique"]`)
				b.run(chromedp.WaitVisible(chromedp.Search(`//*[@role="option"][starts-with(., "T1")]`)))
			}},
			{"a sample", func(b *browser) { b.press(kb.Escape); b.click(`//main//li/button`); dialog(b) }},
		}},
		{store, []part{
			{"more", func(b *browser) { b.click(`//button[@aria-label="More"]`); menu(b) }},
			{"deleting", func(b *browser) { b.press(kb.Escape); b.pick(`//button[@aria-label="More"]`, "Delete"); dialog(b) }},
		}},
		{"/stores/new", []part{
			{"a selector", func(b *browser) {
				b.pick(`//button[contains(., "Begin from")]`, "S3 objects")
				b.run(chromedp.WaitVisible(chromedp.Search(`//button[contains(., "Add condition")]`)))
			}},
		}},
		{"/imports/new", []part{
			{"a folder", func(b *browser) { b.inBucket("trails") }},
		}},
	} {
		b.open(on.path)
		for _, part := range on.parts {
			part.open(b)
			checker.check(b, on.path+": "+part.name)
		}
	}
}

// checker is axe, which pages are checked with.
type checker string

func newChecker(b *browser) checker {
	b.t.Helper()
	script, err := os.ReadFile(axe)
	if err != nil {
		optional(b.t, "axe-core, which 'make console' installs")
	}
	return checker(script)
}

// check reports the serious findings on what the page shows: all in light, those
// of colours in dark too.
func (c checker) check(b *browser, what string) {
	b.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](`if (!window.axe) {` + string(c) + `}`))
	check := `(async () => {
		const root = document.documentElement, before = root.dataset.mantineColorScheme, found = []
		// Of what fades, the end counts.
		const settled = () => Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < 10000).map(a => a.finished.catch(() => {})))
		for (const [scheme, options] of [['light', {}], ['dark', { runOnly: ['color-contrast'] }]]) {
			root.dataset.mantineColorScheme = scheme
			await settled()
			for (const v of (await axe.run(options)).violations) {
				if (v.impact === 'serious' || v.impact === 'critical')
					found.push(scheme + ' ' + v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.any.map(a => a.message).join('; ')).join(' | '))
			}
		}
		root.dataset.mantineColorScheme = before
		return found
	})()`
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](check, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	for _, f := range found {
		b.t.Errorf("%s: %s", what, f)
	}
}
