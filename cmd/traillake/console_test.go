package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestConsole does an analyst's work in a browser, before a server that has
// imported a trail.
func TestConsole(t *testing.T) {
	chromium(t)
	p := startServer(t, t.TempDir(), "--bucket", "trails="+sampleTrail(t, 3000, 5))
	arn, _ := p.createStore("audit")
	p.waitImport(p.startImport(arn, "s3://trails/AWSLogs/"))
	page := openBrowser(t, "http://"+p.http)
	page.allow(t.TempDir())
	page.signIn("/query")
	for name, test := range map[string]func(*browser, *process){
		"sign in": consoleSignIn, "query": consoleQuery, "error underlined": consoleErrorUnderlined, "cancel": consoleCancel,
		"a million rows": consoleMillionRows, "export": consoleExport, "keys": consoleKeys, "sort and filter": consoleEdit,
		"chart": consoleChart, "copy": consoleCopy, "columns": consoleColumns, "statistics": consoleStatistics, "plan": consolePlan,
		"completion": consoleCompletion, "selection": consoleSelection, "tabs": consoleTabs, "format": consoleFormat, "range": consoleRange,
	} {
		t.Run(name, func(t *testing.T) { test(page.in(t, "/query"), p) })
	}
}

// consoleSignIn: a wrong secret is refused in words; a session outlasts a reload
// and ends with signing out.
func consoleSignIn(page *browser, _ *process) {
	b := page.stranger()
	b.run(
		chromedp.Navigate(b.base+"/query"),
		chromedp.SendKeys(chromedp.CSS(`input[name=keyId]`), testKeys.AccessKeyID),
		chromedp.SendKeys(chromedp.CSS(`input[name=secret]`), "wrong"+kb.Enter),
		chromedp.WaitVisible(chromedp.CSS(`[role=alert]`)),
	)
	b.signIn("/query")
	b.run(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(`.cm-content`)))
	b.run(
		steady(`button[aria-label^="Session and settings"]`),
		steady(`//button[@role="menuitem"][contains(., "Sign out")]`),
		chromedp.WaitVisible(chromedp.CSS(`input[name=keyId]`)),
		chromedp.Reload(),
		chromedp.WaitVisible(chromedp.CSS(`input[name=keyId]`)),
	)
}

// consoleQuery: the rows on the page are those the command line prints, and the
// tab and its result are there after a reload.
func consoleQuery(b *browser, p *process) {
	const sql = "SELECT eventsource, count(*) AS events FROM audit GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5"
	b.runStatement(sql)
	rows := func() []string {
		b.until(`document.querySelectorAll('[role=gridcell]').length === 10 && !document.querySelector('[class*=waiting]')`)
		return evaluate[[]string](b, `[...document.querySelectorAll('[role=row]')].slice(1).map(r => [...r.querySelectorAll('[role=gridcell]')].map(c => c.textContent).join(','))`)
	}
	want := strings.Join(p.query(sql), "\n")
	if got := strings.Join(rows(), "\n"); got != want {
		b.t.Errorf("the page shows\n%s\nthe command line prints\n%s", got, want)
	}
	b.run(chromedp.Reload())
	if got := strings.Join(rows(), "\n"); got != want {
		b.t.Errorf("after a reload the page shows\n%s", got)
	}
	if got := b.text(`.cm-content`); !strings.Contains(got, "GROUP BY 1") {
		b.t.Errorf("after a reload the editor has %q", got)
	}
}

// consoleErrorUnderlined: a column that is not there is underlined while typing,
// at its place and nothing else.
func consoleErrorUnderlined(b *browser, _ *process) {
	b.write("SELECT eventtime,\n  evntname FROM audit")
	if got := b.text(`.cm-lintRange-error`); got != "evntname" {
		b.t.Errorf("underlined is %q", got)
	}
	b.write("SELECT eventtime,\n  eventname FROM audit")
	b.until(`!document.querySelector('.cm-lintRange-error')`)
	// What running it would read is told then.
	b.until(`/reads/.test(document.querySelector('#query-tab').innerText)`)
}

// consoleCancel: a query that would run for days ends at a button.
func consoleCancel(b *browser, _ *process) {
	b.runStatement("SELECT count(*) FROM audit a CROSS JOIN audit b CROSS JOIN audit c CROSS JOIN audit d")
	b.run(
		steady(`//button[contains(., "Cancel")]`),
		chromedp.WaitVisible(`//h2[contains(., "cancelled")]`),
	)
}

// consoleMillionRows: the end of a million rows is a key away, and only what is
// seen is in the page.
func consoleMillionRows(b *browser, _ *process) {
	b.runStatement("SELECT i * 1000 + j AS n FROM UNNEST(sequence(0, 999)) AS a(i) CROSS JOIN UNNEST(sequence(1, 1000)) AS b(j) ORDER BY n")
	b.until(`/1,000,000 rows/.test(document.querySelector('[aria-label=Result] [role=status]')?.textContent) && document.querySelector('[role=gridcell]')`)
	b.run(chromedp.Focus(chromedp.CSS(`[role=grid]`)), chromedp.KeyEvent(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.until(`document.querySelector('#cell-999999-0')?.textContent === '1000000'`)
	if cells := evaluate[int](b, `document.querySelectorAll('[role=gridcell]').length`); cells > 200 {
		b.t.Errorf("%d cells are in the page", cells)
	}
	// The scroll bar's middle is the middle of the rows.
	b.run(chromedp.Evaluate[chromedp.Void](`{ const g = document.querySelector('[role=grid]'); g.scrollTop = (g.scrollHeight - g.clientHeight) / 2 }`))
	b.until(`Math.abs(Number(document.querySelector('[role=gridcell]')?.textContent) - 500000) < 100`)
	b.run(chromedp.KeyEvent(kb.Home, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.until(`document.querySelector('#cell-0-0')?.textContent === '1'`)
}

// consoleKeys: "?" lists the keys, and one of them switches the colours.
func consoleKeys(b *browser, _ *process) {
	b.run(chromedp.WaitVisible(chromedp.CSS(`.cm-content`)), chromedp.KeyEvent("?"), chromedp.WaitVisible(chromedp.CSS(`[role=dialog]`)))
	if got := b.text(`[role=dialog]`); !strings.Contains(got, "Run the statement or the selection") {
		b.t.Errorf("the list of keys has %q", got)
	}
	b.run(chromedp.KeyEvent(kb.Escape), chromedp.WaitNotPresent(chromedp.CSS(`[role=dialog]`)))
	scheme := func() string { return evaluate[string](b, `document.documentElement.dataset.mantineColorScheme`) }
	before := scheme()
	b.run(chromedp.KeyEvent("l", chromedp.KeyModifiers(chromedp.ModifierCtrl, chromedp.ModifierShift)))
	if after := scheme(); after == before {
		b.t.Errorf("the colours are still %s", after)
	}
}

// consoleEdit: a column sorts and a cell filters, in the statement and in what
// comes of it; the plan of that is measured.
func consoleEdit(b *browser, p *process) {
	b.runStatement("SELECT awsregion, count(*) AS events FROM audit GROUP BY 1")
	first := func() []string {
		return evaluate[[]string](b, `[0, 1].map(i => document.querySelector('#cell-0-' + i)?.textContent)`)
	}
	b.until(`document.querySelector('#cell-1-0')?.textContent`)
	b.run(
		steady(`button[aria-label="Column events"]`),
		steady(`//button[@role="menuitem"][contains(., "Sort descending")]`),
	)
	b.until(`/ORDER BY/i.test(document.querySelector('.cm-content').textContent) && document.querySelector('#cell-0-1')?.textContent && !document.querySelector('[class*=waiting]')`)
	want := p.query("SELECT awsregion, count(*) FROM audit GROUP BY 1 ORDER BY 2 DESC LIMIT 1")[0]
	if got := strings.Join(first(), ","); got != want {
		b.t.Errorf("sorted, the first row is %s, want %s", got, want)
	}
	b.run(
		chromedp.Focus(chromedp.CSS(`[role=grid]`)), chromedp.KeyEvent("m"),
		steady(`//button[@role="menuitem"][contains(., "Without this value")]`),
	)
	region, _, _ := strings.Cut(want, ",")
	b.until(`document.querySelector('#cell-0-0')?.textContent && document.querySelector('#cell-0-0').textContent !== "` + region + `" && /` + region + `/.test(document.querySelector('.cm-content').textContent)`)
	b.run(
		steady(`//label[normalize-space()="Plan"]`),
		steady(`//button[contains(., "Run and measure")]`),
		chromedp.WaitVisible(`//strong[.="Aggregate"]/following-sibling::span[contains(., "rows")]`),
	)
}
