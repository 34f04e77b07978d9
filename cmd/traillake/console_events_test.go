package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/traillake/traillake/ingest/trailgen"
)

// TestConsoleEvents asks what has happened and opens the events, before a server
// that has imported a trail.
func TestConsoleEvents(t *testing.T) {
	chromium(t)
	// Long enough to have every story in it.
	o := trailgen.Options{Events: 8000, Days: 30, Seed: 1, End: time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)}
	p := startServer(t, t.TempDir(), "--bucket", "trails="+generatedTrail(t, o))
	arn, _ := p.createStore("audit")
	p.waitImport(p.startImport(arn, "s3://trails/AWSLogs/"))
	p.createStore("empty")
	page := openBrowser(t, "http://"+p.http)
	page.signIn("/query")
	for name, test := range map[string]func(*browser, *process){
		"trail disabled": consoleTrailDisabled, "filter": consoleFilter, "row": consoleRowEvent, "overview": consoleOverview,
		"timeline": consoleTimeline, "empty overview": consoleEmptyOverview, "accessible": consoleAccessible, "accessible parts": consoleAccessibleParts,
	} {
		t.Run(name, func(t *testing.T) { test(page.in(t, "/query"), p) })
	}
}

// consoleTrailDisabled: from the overview to the event of the one who has stopped
// a trail, told in both languages.
func consoleTrailDisabled(b *browser, p *process) {
	b.open("/overview?store=audit&range=all")
	stop := strings.Split(p.query("SELECT eventid, useridentity.username, sourceipaddress FROM audit WHERE eventname = 'StopLogging'")[0], ",")
	b.run(steady(`//li/button[contains(., "StopLogging")]`), chromedp.WaitVisible(chromedp.CSS(`[role=dialog] [role=tree]`)))
	want := "User " + stop[1] + " stopped the logging of trail org-trail (StopLogging, CloudTrail)"
	if got := b.text(`[data-testid=sentence]`); !strings.HasPrefix(got, want) || !strings.Contains(got, stop[2]) {
		b.t.Errorf("the drawer says %q, not %q from %s", got, want, stop[2])
	}
	// The event has an address of its own, and an origin.
	b.run(
		steady(`a[href="/events/`+evaluate[string](b, `new URLSearchParams(location.search).get('store') ?? ''`)+`/`+stop[0]+`"], [role=dialog] a[href$="`+stop[0]+`"]`),
		chromedp.WaitVisible(`//button[@role="tab"][contains(., "Origin")]`),
		steady(`//button[@role="tab"][contains(., "Origin")]`),
	)
	b.until(`location.pathname.endsWith('/` + stop[0] + `') && /s3:\/\/trails\/AWSLogs/.test(document.querySelector('main').innerText)`)
	b.run(
		chromedp.Evaluate[chromedp.Void](`localStorage.setItem('traillake.language', 'ja')`),
		chromedp.Reload(),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid=sentence]`)),
	)
	if got := b.text(`[data-testid=sentence]`); !strings.Contains(got, "証跡 org-trail のログ記録を停止しました") {
		b.t.Errorf("in Japanese the page says %q", got)
	}
}

// consoleFilter: a leaf of an event's tree filters, by key alone.
func consoleFilter(b *browser, p *process) {
	stop := strings.Split(p.query("SELECT eventid, useridentity.username FROM audit WHERE eventname = 'StopLogging'")[0], ",")
	want := p.query("SELECT count(*) FROM audit WHERE useridentity.username = '" + stop[1] + "'")[0]
	b.open("/events/audit/" + stop[0])
	b.run(chromedp.WaitVisible(chromedp.CSS(`[role=tree]`)), chromedp.Focus(chromedp.CSS(`[role=treeitem][tabindex="0"]`)))
	for range 40 { // down to the leaf
		if evaluate[string](b, `document.activeElement.dataset.path`) == "userIdentity.userName" {
			break
		}
		b.run(chromedp.KeyEvent(kb.ArrowDown))
	}
	// Folding hides the leaf, opening shows it.
	b.run(chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowLeft))
	b.until(`document.activeElement.dataset.path === 'userIdentity' && !document.querySelector('[data-path="userIdentity.userName"]')`)
	b.run(chromedp.KeyEvent(kb.ArrowRight), chromedp.Focus(chromedp.CSS(`[data-path="userIdentity.userName"]`)), chromedp.KeyEvent("f"))
	b.until(`location.pathname === '/query' && new RegExp("^" + '` + want + `' + " rows?$").test([...document.querySelectorAll('[aria-label=Result] [role=status] *')].find(e => /rows?$/.test(e.textContent))?.textContent)`)
	if got := b.text(`.cm-content`); !strings.Contains(got, "'"+stop[1]+"'") {
		b.t.Errorf("the editor has %q", got)
	}
}

// consoleRowEvent: a row that has an event's id opens the event beside the result,
// and a leaf of it filters the statement.
func consoleRowEvent(b *browser, p *process) {
	user := p.query("SELECT useridentity.username FROM audit WHERE eventname = 'StopLogging'")[0]
	b.runStatement("SELECT eventname, eventid FROM audit WHERE eventname LIKE 'StopLog%'")
	b.until(`document.querySelector('#cell-0-1')?.textContent`)
	b.run(
		chromedp.Focus(chromedp.CSS(`[role=grid]`)), chromedp.KeyEvent("m"),
		steady(`//button[@role="menuitem"][contains(., "Open the event")]`),
		chromedp.WaitVisible(chromedp.CSS(`[role=dialog] [role=tree]`)),
	)
	if got := b.text(`[data-testid=sentence]`); !strings.HasPrefix(got, "User "+user+" stopped the logging") {
		b.t.Errorf("the drawer says %q", got)
	}
	b.run(chromedp.Focus(chromedp.CSS(`[data-path="userIdentity.userName"]`)), chromedp.KeyEvent("f"), chromedp.WaitNotPresent(chromedp.CSS(`[role=dialog]`)))
	b.until(`/username/i.test(document.querySelector('.cm-content').textContent) && document.querySelector('#cell-0-0')?.textContent === 'StopLogging'`)
}

// consoleOverview: its figures are those of the command line, and open queries
// that give them.
func consoleOverview(b *browser, p *process) {
	b.open("/overview?store=audit&range=all")
	for id, sql := range map[string]string{
		"total-events":     "SELECT count(*) FROM audit",
		"total-errors":     "SELECT count(*) FROM audit WHERE errorcode IS NOT NULL",
		"total-addresses":  "SELECT count(DISTINCT sourceipaddress) FROM audit",
		"signIns-total":    "SELECT count(*) FROM audit WHERE eventname = 'ConsoleLogin'",
		"signIns-failed":   "SELECT count(*) FROM audit WHERE eventname = 'ConsoleLogin' AND (errorcode IS NOT NULL OR json_extract_scalar(eventjson, '$.responseElements.ConsoleLogin') = 'Failure')",
		"trails-total":     "SELECT count(*) FROM audit WHERE eventsource = 'cloudtrail.amazonaws.com' AND readonly = false",
		"total-principals": "SELECT count(DISTINCT coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid)) FROM audit",
	} {
		number := `document.querySelector('[data-testid=` + id + `] button')?.textContent.replaceAll(',', '')`
		b.until(number + ` > ''`)
		if got, want := evaluate[string](b, number), p.query(sql)[0]; got != want {
			b.t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	// The first of the services opens its events.
	want := strings.Split(p.query("SELECT eventsource, count(*) FROM audit GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1")[0], ",")
	b.run(steady(`ol button[title="` + want[0] + `"]`))
	b.until(`location.pathname === '/query' && [...document.querySelectorAll('[aria-label=Result] [role=status] *')].some(e => e.textContent.replaceAll(',', '') === '` + want[1] + ` rows')`)
	if got := b.text(`.cm-content`); !strings.Contains(got, "eventsource = '"+want[0]+"'") {
		b.t.Errorf("the editor has %q", got)
	}
}

// consoleTimeline: a bar of the timeline is picked by keys, and is the period then.
func consoleTimeline(b *browser, p *process) {
	b.open("/overview?store=audit&range=all")
	b.until(chartTable + `.length > 2`)
	table := evaluate[[]string](b, chartTable)
	// A stop of the Tab key for all bars.
	if n := evaluate[int](b, `document.querySelectorAll('table.visually-hidden button[tabindex="0"]').length`); n != 1 {
		b.t.Errorf("%d bars are stops of the Tab key", n)
	}
	b.run(chromedp.Focus(chromedp.CSS(`table.visually-hidden button[tabindex="0"]`)))
	b.press(kb.End)
	b.press(kb.ArrowLeft)
	picked := strings.Split(table[len(table)-2], ",")
	b.until(`document.activeElement.textContent === '` + picked[0] + `'`)
	b.press(kb.Enter)
	b.until(`new URLSearchParams(location.search).get('range') === 'custom'`)
	number := `document.querySelector('[data-testid=total-events] button')?.textContent.replaceAll(',', '')`
	bounds := evaluate[[]string](b, `['from', 'to'].map(k => new URLSearchParams(location.search).get(k).replaceAll('"', '').slice(0, 19).replace('T', ' '))`)
	want := p.query(fmt.Sprintf("SELECT count(*), count_if(errorcode IS NOT NULL) FROM audit WHERE eventtime >= timestamp '%s' AND eventtime < timestamp '%s'", bounds[0], bounds[1]))[0]
	succeeded, _ := strconv.Atoi(picked[1])
	failed, _ := strconv.Atoi(picked[2])
	if got := fmt.Sprintf("%d,%d", succeeded+failed, failed); got != want {
		b.t.Errorf("the bar of %s stands for %s events and errors, want %s", picked[0], got, want)
	}
	b.until(number + ` === '` + strings.Split(want, ",")[0] + `'`)
}

// consoleEmptyOverview: a store without events, and a period without.
func consoleEmptyOverview(b *browser, _ *process) {
	b.open("/overview?store=empty&range=day")
	b.run(chromedp.WaitVisible(`//h2[contains(., "This store has no events")]`))
	b.run(
		chromedp.Navigate(b.base+"/overview?store=audit&range=custom&from=2001-01-01&to=2001-02-01"),
		chromedp.WaitVisible(`//h2[contains(., "No events in this period")]`),
		steady(`//button[contains(., "Show the whole store")]`),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid=signIns-total]`)),
	)
	if got := evaluate[string](b, `new URLSearchParams(location.search).get('range')`); got != "all" {
		b.t.Errorf("the address has range %q", got)
	}
}
