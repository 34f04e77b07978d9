package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/traillake/traillake/ingest/trailgen"
)

// TestConsoleLibrary runs a sample query and saves a query, in a browser.
func TestConsoleLibrary(t *testing.T) {
	chromium(t)
	// Samples look back from now.
	o := trailgen.Options{Events: 20000, Days: 30, Seed: 1, End: time.Now()}
	p := startServer(t, t.TempDir(), "--bucket", "trails="+generatedTrail(t, o))
	arn, _ := p.createStore("audit")
	p.waitImport(p.startImport(arn, "s3://trails/AWSLogs/"))
	t.Run("sample", func(t *testing.T) { consoleSample(t, p) })
	t.Run("japanese", func(t *testing.T) { consoleJapanese(t, p) })
	t.Run("saved", func(t *testing.T) { consoleSaved(t, p) })
}

// consoleSample: a question is found by other words than its own, and one click
// runs it on the store; who did it is the one whom the generator lets do it.
func consoleSample(t *testing.T, p *process) {
	b := openBrowser(t, "http://"+p.http)
	b.signIn("/samples")
	b.run(
		chromedp.WaitVisible(chromedp.CSS(`input[type=search]`)),
		chromedp.SendKeys(chromedp.CSS(`input[type=search]`), "disabled a trail"),
	)
	// The list has come to rest when the best ones are at its top.
	b.until(`[...document.querySelectorAll('main ul li')].slice(0, 5).some(li => /Who switched a trail off/.test(li.textContent))`)
	b.run(chromedp.Click(`//button[@aria-label="Run: Trails stopped or deleted"]`))
	b.until(`location.pathname === '/query' && document.querySelector('[role=gridcell]')`)
	b.until(`/contractor-kim/.test(document.querySelector('[role=grid]').textContent)`)
	if got := b.text(`.cm-content`); !strings.Contains(got, `"audit"`) || !strings.Contains(got, "StopLogging") {
		t.Errorf("the editor has %q", got)
	}
}

// consoleJapanese: with another language the gallery asks for its texts anew, and
// finds its words.
func consoleJapanese(t *testing.T, p *process) {
	b := openBrowser(t, "http://"+p.http)
	b.signIn("/samples?sample=trails-stopped")
	b.until(`/days to look back/.test(document.querySelector('[role=dialog]')?.textContent)`)
	b.run(
		chromedp.Navigate(b.base+"/samples"),
		chromedp.Click(chromedp.CSS(`button[aria-label^="Session and settings"]`)),
		chromedp.Click(chromedp.CSS(`[role=menuitem][lang=ja]`)),
	)
	b.until(`document.documentElement.lang === 'ja' && /証跡を止めたのは誰/.test(document.querySelector('main ul')?.textContent)`)
	b.run(
		chromedp.KeyEvent(kb.Escape),
		chromedp.SendKeys(chromedp.CSS(`input[type=search]`), "証跡を止めた"),
	)
	b.until(`/証跡を止めたのは誰/.test(document.querySelector('main ul li')?.textContent)`)
	b.run(chromedp.Click(`//main//li[1]//button[contains(., "ログ記録")]`))
	b.until(`/さかのぼる日数/.test(document.querySelector('[role=dialog]')?.textContent)`)
}

// consoleSaved: a query with a parameter is saved from the editor; its link opens
// it in a browser that has never seen it, with the parameter, and it runs. The
// history has that run, and deleting the query ends its link.
func consoleSaved(t *testing.T, p *process) {
	const sql = "SELECT count(*) AS n FROM audit WHERE eventsource = '?'"
	b := openBrowser(t, "http://"+p.http)
	b.signIn("/query")
	b.write(sql)
	b.run(
		chromedp.Click(`//button[. = "Save"][not(@disabled)]`),
		chromedp.WaitVisible(chromedp.CSS(`[role=dialog] input[data-autofocus]`)),
		chromedp.SendKeys(`//input[@id=//label[starts-with(., "Name")]/@for]`, "Calls of a service"),
		chromedp.Click(chromedp.CSS(`[role=dialog] [role=group][aria-label="Time range"] input:not([type=hidden])`)),
	)
	// The list of the page behind has the same options.
	b.until(`[...document.querySelectorAll('[role=option]')].filter(o => o.textContent === 'Last 7 days' && o.checkVisibility()).map(o => o.click()).length`)
	b.run(
		chromedp.SendKeys(`//input[@id=//label[starts-with(., "Value unless")]/@for]`, "iam.amazonaws.com"+kb.Enter),
		chromedp.WaitNotPresent(chromedp.CSS(`[role=dialog]`)),
		chromedp.WaitVisible(chromedp.CSS(`a[href^="/saved/"]`)),
	)
	link := evaluate[string](b, `document.querySelector('a[href^="/saved/"]').getAttribute('href')`)

	other := openBrowser(t, "http://"+p.http)
	other.signIn(link)
	other.until(`location.pathname === '/query' && document.querySelector('.cm-content')?.textContent === ` + "`" + sql + "`")
	other.run(chromedp.Focus(chromedp.CSS(`.cm-content`)), chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	other.until(`document.querySelector('[role=gridcell]')`)
	// The range is the one that was saved: seven days, up to now, of the trail's thirty.
	// Its events of the last minutes may fall out between the two queries.
	want := p.query("SELECT count(*) FROM audit WHERE eventsource = 'iam.amazonaws.com' AND eventtime >= date_add('day', -7, now())")
	if got := other.text(`[role=gridcell]`); got != strings.Join(want, "") {
		t.Errorf("the page shows %q, the command line prints %q", got, want)
	}
	// A link may carry a range of its own.
	other.run(chromedp.Navigate(other.base + link + "?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z"))
	other.until(`location.pathname === '/query' && document.querySelector('[aria-label="From"]')?.textContent === '2020-01-01 00:00:00'`)

	other.run(
		chromedp.Navigate(other.base+"/history"),
		chromedp.Click(`//a[contains(., "iam.amazonaws.com")]`),
	)
	other.until(`location.pathname === '/query' && document.querySelector('[role=gridcell]')`)
	other.run(
		chromedp.Navigate(other.base+"/saved"),
		chromedp.Click(chromedp.CSS(`button[aria-label="Actions on Calls of a service"]`)),
		chromedp.Click(`//button[@role="menuitem"][contains(., "Delete")]`),
		chromedp.Click(`//button[contains(., "Delete query")]`),
		chromedp.WaitVisible(`//h2[contains(., "No query is saved yet")]`),
		chromedp.Navigate(other.base+link),
		chromedp.WaitVisible(chromedp.CSS(`[role=alert]`)),
	)
}
