package main

import (
	"strconv"
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
	page := openBrowser(t, "http://"+p.http)
	page.signIn("/samples")
	t.Run("sample", func(t *testing.T) { consoleSample(page.in(t, "/samples"), p) })
	t.Run("sample's chart", func(t *testing.T) { consoleSampleChart(page.in(t, "/samples"), p) })
	t.Run("japanese", func(t *testing.T) { consoleJapanese(page.in(t, "/samples"), p) })
	t.Run("saved", func(t *testing.T) { consoleSaved(page.in(t, "/query"), p) })
}

// consoleSample: a question is found by other words than its own, and one click
// runs it on the store; who did it is the one whom the generator lets do it.
func consoleSample(b *browser, _ *process) {
	b.run(
		chromedp.WaitVisible(chromedp.CSS(`input[type=search]`)),
		chromedp.SendKeys(chromedp.CSS(`input[type=search]`), "disabled a trail"),
	)
	// The list has come to rest when the best ones are at its top.
	b.until(`[...document.querySelectorAll('main ul li')].slice(0, 5).some(li => /Who switched a trail off/.test(li.textContent))`)
	b.run(steady(`//button[@aria-label="Run: Trails stopped or deleted"]`))
	b.until(`location.pathname === '/query' && document.querySelector('[role=gridcell]')`)
	b.until(`/contractor-kim/.test(document.querySelector('[role=grid]').textContent)`)
	if got := b.text(`.cm-content`); !strings.Contains(got, `"audit"`) || !strings.Contains(got, "StopLogging") {
		b.t.Errorf("the editor has %q", got)
	}
}

// consoleJapanese: with another language the gallery asks for its texts anew, and
// finds its words.
func consoleJapanese(b *browser, _ *process) {
	b.open("/samples?sample=trails-stopped")
	b.until(`/days to look back/.test(document.querySelector('[role=dialog]')?.textContent)`)
	b.run(
		chromedp.Navigate(b.base+"/samples"),
		steady(`button[aria-label^="Session and settings"]`),
		steady(`[role=menuitem][lang=ja]`),
	)
	b.until(`document.documentElement.lang === 'ja' && /証跡を止めたのは誰/.test(document.querySelector('main ul')?.textContent)`)
	b.run(
		chromedp.KeyEvent(kb.Escape),
		chromedp.SendKeys(chromedp.CSS(`input[type=search]`), "証跡を止めた"),
	)
	b.until(`/証跡を止めたのは誰/.test(document.querySelector('main ul li')?.textContent)`)
	b.run(steady(`//main//li[1]//button[contains(., "ログ記録")]`))
	b.until(`/さかのぼる日数/.test(document.querySelector('[role=dialog]')?.textContent)`)
}

// consoleSampleChart: the answer to a sample's question as a chart, which has the
// values that the command line prints.
func consoleSampleChart(b *browser, p *process) {
	b.run(
		chromedp.WaitVisible(chromedp.CSS(`input[type=search]`)),
		chromedp.SendKeys(chromedp.CSS(`input[type=search]`), "kind of principal"),
	)
	// The list has come to rest when the best one is at its top.
	b.until(`/Events by kind of principal/.test(document.querySelector('main ul li')?.textContent)`)
	b.click(`//button[@aria-label="Run: Events by kind of principal"]`)
	b.until(`location.pathname === '/query' && document.querySelector('[role=gridcell]')`)
	b.click(`//label[normalize-space()="Chart"]`)
	// The trail ends now, and its first day leaves the sample's window meanwhile: what is drawn is
	// between two answers.
	const sql = "SELECT useridentity.type, count(*) FROM audit WHERE eventtime >= date_add('day', -30, now()) GROUP BY 1"
	b.until(chartTable + `.length > 1`)
	drawn := map[string]int{}
	for _, line := range evaluate[[]string](b, chartTable) {
		cells := strings.Split(line, ",")
		drawn[cells[0]], _ = strconv.Atoi(cells[1])
	}
	kinds := p.query(sql)
	for _, line := range kinds {
		kind, value, _ := strings.Cut(line, ",")
		least, _ := strconv.Atoi(value)
		all, _ := strconv.Atoi(p.query("SELECT count(*) FROM audit WHERE useridentity.type = '" + kind + "'")[0])
		if drawn[kind] < least || drawn[kind] > all {
			b.t.Errorf("%s: %d events are drawn, want %d to %d", kind, drawn[kind], least, all)
		}
	}
	if len(drawn) != len(kinds) || evaluate[int](b, barHeights+`.length`) == 0 {
		b.t.Errorf("drawn are %v, want %q", drawn, kinds)
	}
}

// consoleSaved: a query with a parameter and a time range is saved from the
// editor; its link opens it in a browser that has never seen it, with both, and it
// runs. Opened again it is the tab that is there; with another parameter it is
// another one. The history has that run, and deleting the query ends its link.
func consoleSaved(b *browser, p *process) {
	const sql = "SELECT count(*) AS n FROM audit WHERE eventsource = '?'"
	b.write(sql)
	b.click(`//input[@aria-label="Time range"]`)
	b.click(`//*[@role="option"][. = "Last 7 days"]`)
	b.click(`//button[. = "Save"][not(@disabled)]`)
	b.run(
		chromedp.WaitVisible(chromedp.CSS(`[role=dialog] input[data-autofocus]`)),
		chromedp.SendKeys(chromedp.Search(field("Name")), "Calls of a service"),
		chromedp.SendKeys(chromedp.Search(field("Value unless")), "iam.amazonaws.com"+kb.Enter),
		chromedp.WaitNotPresent(chromedp.CSS(`[role=dialog]`)),
		chromedp.WaitVisible(chromedp.CSS(`a[href^="/saved/"]`)),
	)
	link := evaluate[string](b, `document.querySelector('a[href^="/saved/"]').getAttribute('href')`)
	// Who has saved it has it open.
	b.run(chromedp.Navigate(b.base + link))
	b.until(`location.pathname === '/query' && document.querySelectorAll('[role=tab]').length === 1`)

	other := b.stranger()
	other.signIn(link)
	other.until(`location.pathname === '/query' && document.querySelector('.cm-content')?.textContent === ` + "`" + sql + "`")
	given := `[document.querySelector('input[aria-label="Time range"]').value, document.querySelector('input[aria-label="Value of ? number 1"]').value].join()`
	other.until(given + ` === 'Last 7 days,iam.amazonaws.com'`)
	count := func() int {
		n, _ := strconv.Atoi(p.query("SELECT count(*) FROM audit WHERE eventsource = 'iam.amazonaws.com' AND eventtime >= now() - interval '7' day")[0])
		return n
	}
	most := count()
	other.run(chromedp.Focus(chromedp.CSS(`.cm-content`)))
	other.press(kb.Enter, chromedp.ModifierCtrl)
	other.shows("1")
	shown, _ := strconv.Atoi(other.text(`[role=gridcell]`))
	if least := count(); shown > most || shown < least || most == 0 {
		b.t.Errorf("the page shows %d, the command line prints %d to %d", shown, least, most)
	}
	// A link may carry a range of its own.
	other.run(chromedp.Navigate(other.base + link + "?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z"))
	other.until(`location.pathname === '/query' && document.querySelector('[aria-label^="From"]')?.textContent === '2020-01-01 00:00:00'`)

	tabs := func(n int, sql string) {
		b.t.Helper()
		other.until(`location.pathname === '/query' && document.querySelectorAll('[role=tab]').length === ` + strconv.Itoa(n) + ` && ` + given + ` === ` + quoteJS(sql))
	}
	other.run(chromedp.Navigate(other.base + link + `?p=["sts.amazonaws.com"]`))
	tabs(3, "Last 7 days,sts.amazonaws.com")
	other.run(chromedp.Navigate(other.base + link))
	tabs(3, "Last 7 days,iam.amazonaws.com")

	// So is a past query whose result a tab shows.
	past := evaluate[string](other, `JSON.parse(localStorage['traillake.tabs']).tabs.find(t => t.queryId).queryId`)
	other.run(
		chromedp.Navigate(other.base+"/history"),
		steady(`a[href="/history/`+past+`"]`),
	)
	tabs(3, "Last 7 days,iam.amazonaws.com")
	other.until(`document.querySelector('[role=gridcell]')`)
	other.run(
		chromedp.Navigate(other.base+"/saved"),
		steady(`button[aria-label="Actions on Calls of a service"]`),
		steady(`//button[@role="menuitem"][contains(., "Delete")]`),
		steady(`//button[contains(., "Delete query")]`),
		chromedp.WaitVisible(`//h2[contains(., "No query is saved yet")]`),
		chromedp.Navigate(other.base+link),
		chromedp.WaitVisible(chromedp.CSS(`[role=alert]`)),
	)
}
