package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestConsoleStores makes a store in a browser, imports a bucket into it, deletes
// and restores it.
func TestConsoleStores(t *testing.T) {
	chromium(t)
	p := startServer(t, t.TempDir(), "--bucket", "trails="+sampleTrail(t, 3000, 5))
	b := openBrowser(t, "http://"+p.http)
	b.signIn("/stores")
	consoleCreateStore(b)
	consoleImport(b)
	if got, want := strings.Join(p.query(`SELECT count(*) FROM "made-here"`), ""), "3000"; got != want {
		t.Errorf("the store has %s events, the trail has %s", got, want)
	}
	consoleDeleteStore(b)
}

// field finds the input that a label names.
func field(label string) string {
	return `//input[@id=//label[starts-with(., "` + label + `")]/@for]`
}

// consoleCreateStore makes a store of management and of some data events.
func consoleCreateStore(b *browser) {
	b.t.Helper()
	b.run(
		chromedp.Click(chromedp.CSS(`a[href="/stores/new"]`)),
		chromedp.SendKeys(field("Name"), "made-here"),
		chromedp.Click(`//button[contains(., "Begin from")]`),
		chromedp.Click(`//button[@role="menuitem"][contains(., "DynamoDB tables")]`),
		chromedp.Click(`//button[. = "Create"]`),
		chromedp.WaitVisible(`//h1[. = "made-here"]`),
	)
	b.until(`/AWS::Lambda::Function/.test(document.querySelector('main').textContent)`)
}

// consoleImport goes into a bucket, starts an import into the store, and watches
// its page until all objects are done.
func consoleImport(b *browser) {
	b.t.Helper()
	b.run(
		chromedp.Click(`//a[. = "Import"]`),
		chromedp.Click(`//button[. = "trails"]`),
		chromedp.Click(`//button[. = "AWSLogs/"]`),
		chromedp.Click(`//button[. = "Start import"][not(@disabled)]`),
		chromedp.WaitVisible(`//h1[. = "Import"]`),
		chromedp.WaitVisible(`//main//*[. = "Completed"]`),
	)
	b.until(`/3,000/.test(document.querySelector('main').textContent)`)
	b.run(chromedp.Click(`//main//a[. = "made-here"]`), chromedp.WaitVisible(`//h1[. = "made-here"]`))
	b.until(`document.querySelectorAll('table tbody tr').length >= 5`)
}

// consoleDeleteStore: a protected store gives up its protection first, its name is
// typed, and the deletion is taken back.
func consoleDeleteStore(b *browser) {
	b.t.Helper()
	b.run(
		chromedp.Click(`//button[@aria-label="More"]`),
		chromedp.Click(`//button[@role="menuitem"][contains(., "Delete")]`),
		chromedp.Click(`//button[. = "Turn termination protection off"]`),
		chromedp.SendKeys(field("Type made-here"), "made"),
		chromedp.WaitVisible(`//button[. = "Delete store"][@disabled]`),
		chromedp.SendKeys(field("Type made-here"), "-here"),
		chromedp.Click(`//button[. = "Delete store"][not(@disabled)]`),
		chromedp.WaitVisible(`//main//*[. = "Pending deletion"]`),
		chromedp.Click(`//button[. = "Restore"]`),
		chromedp.WaitVisible(`//main//*[. = "Ingestion on"]`),
	)
}
