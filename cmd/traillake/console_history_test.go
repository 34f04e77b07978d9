package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestConsoleHistorySources: what pages ask to show themselves is in the history
// only when that is wanted; what users ask is there in either case.
func TestConsoleHistorySources(t *testing.T) {
	chromium(t)
	p := startServer(t, t.TempDir())
	p.createStore("audit")
	p.query("SELECT 40 + 2 AS answer FROM audit")
	b := openBrowser(t, "http://"+p.http)
	b.signIn("/overview")
	b.until(`/no event/i.test(document.querySelector('main').textContent)`) // the page's own query has ended
	b.run(chromedp.Navigate(b.base + "/history"))
	b.until(`/40 \+ 2 AS answer/.test(document.querySelector('main table')?.textContent)`)
	if text := b.text(`main table`); strings.Contains(text, "console overview") {
		t.Errorf("the history lists the console's own: %s", text)
	}
	b.run(steady(`//label[. = "Also the console's own"]`))
	b.until(`/console overview/.test(document.querySelector('main table')?.textContent)`)
	b.until(`/40 \+ 2 AS answer/.test(document.querySelector('main table')?.textContent) && /own/.test(location.search)`)
}
