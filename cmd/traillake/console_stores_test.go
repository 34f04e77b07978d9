package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// TestConsoleStores makes a store in a browser, imports a bucket into it, changes
// its settings, deletes and restores it.
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
	consoleIngestion(b)
	consoleEditStore(b, p)
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
		steady(`a[href="/stores/new"]`),
		chromedp.SendKeys(field("Name"), "made-here"),
		steady(`//button[contains(., "Begin from")]`),
		steady(`//button[@role="menuitem"][contains(., "DynamoDB tables")]`),
		steady(`//button[. = "Create"]`),
		chromedp.WaitVisible(`//h1[. = "made-here"]`),
	)
	b.until(`/AWS::Lambda::Function/.test(document.querySelector('main').textContent)`)
}

// consoleImport goes into a bucket, starts an import into the store, and watches
// its page until all objects are done.
func consoleImport(b *browser) {
	b.t.Helper()
	b.run(
		steady(`//a[. = "Import"]`),
		steady(`//button[. = "trails"]`),
		steady(`//button[. = "AWSLogs/"]`),
		steady(`//button[. = "Start import"][not(@disabled)]`),
		chromedp.WaitVisible(`//h1[. = "Import"]`),
		chromedp.WaitVisible(`//main//*[. = "Completed"]`),
	)
	b.until(`/3,000/.test(document.querySelector('main').textContent)`)
	b.run(steady(`//main//a[. = "made-here"]`), chromedp.WaitVisible(`//h1[. = "made-here"]`))
	b.until(`document.querySelectorAll('table tbody tr').length >= 5`)
}

// consoleIngestion switches the store's ingestion off and on.
func consoleIngestion(b *browser) {
	b.t.Helper()
	b.pick(`//button[@aria-label="More"]`, "Stop ingestion")
	b.run(chromedp.WaitVisible(chromedp.Search(`//main//*[. = "Ingestion off"]`)))
	b.pick(`//button[@aria-label="More"]`, "Start ingestion")
	b.run(chromedp.WaitVisible(chromedp.Search(`//main//*[. = "Ingestion on"]`)))
}

// consoleEditStore changes retention and protection; that a shorter retention
// takes events away is told before, and so it does.
func consoleEditStore(b *browser, p *process) {
	b.t.Helper()
	change := func(retention string, days int32, protected bool) {
		b.t.Helper()
		b.click(`//main//a[. = "Edit"]`)
		b.click(`//button[. = "` + retention + `"]`)
		b.until(`Boolean(document.querySelector('form .mantine-Alert-root')) === ` + strconv.FormatBool(days < 366))
		b.click(`//label[starts-with(., "Termination protection")]`)
		b.click(`//button[. = "Save"]`)
		b.run(chromedp.WaitVisible(chromedp.Search(`//h1[. = "made-here"]`)))
		var store lakev1.EventDataStore
		if err := p.client().do(b.t.Context(), http.MethodGet, "/event-data-stores/"+p.storeID("made-here"), nil, nil, &store); err != nil {
			b.t.Fatal(err)
		}
		if store.RetentionPeriod != days || store.TerminationProtectionEnabled != protected {
			b.t.Errorf("the store keeps %d days, protected %t; want %d, %t", store.RetentionPeriod, store.TerminationProtectionEnabled, days, protected)
		}
	}
	change("7 y", 2557, false)
	b.until(`/2,557 days/.test(document.querySelector('main').textContent)`)
	change("90 d", 90, true)
	if got := p.query(`SELECT count(*) FROM "made-here"`)[0]; got != "0" {
		b.t.Errorf("%s events are older than the retention and seen", got)
	}
}

// consoleDeleteStore: a protected store gives up its protection first, its name is
// typed, and the deletion is taken back.
func consoleDeleteStore(b *browser) {
	b.t.Helper()
	b.run(
		steady(`//button[@aria-label="More"]`),
		steady(`//button[@role="menuitem"][contains(., "Delete")]`),
		steady(`//button[. = "Turn termination protection off"]`),
		chromedp.SendKeys(field("Type made-here"), "made"),
		chromedp.WaitVisible(`//button[. = "Delete store"][@disabled]`),
		chromedp.SendKeys(field("Type made-here"), "-here"),
		steady(`//button[. = "Delete store"][not(@disabled)]`),
		chromedp.WaitVisible(`//main//*[. = "Pending deletion"]`),
		steady(`//button[. = "Restore"]`),
		chromedp.WaitVisible(`//main//*[. = "Ingestion on"]`),
	)
}
