package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe is the accessibility checker that the console's sources bring along.
const axe = "../../engine/api/console/web/node_modules/axe-core/axe.min.js"

// accessiblePages are the pages that must be without serious findings: where a
// page is, and an expression that is true once it has all it shows. A new page
// is a line here. EVENT is the id of an event.
var accessiblePages = []struct{ path, ready string }{
	{"/query", `document.querySelector('.cm-content')`},
	{"/overview?store=audit&range=all", `document.querySelector('[data-testid=signIns-total]') && document.querySelector('ol li') && document.querySelector('canvas')`},
	{"/overview?store=empty", `document.querySelector('main h2')`},
	{"/events/audit/EVENT", `document.querySelector('[role=tree]')`},
	{"/events/audit/none", `document.querySelector('main h2')`},
	{"/stores", `document.querySelector('main table')`},
	{"/stores/new", `document.querySelector('main input')`},
	{"/imports", `document.querySelector('main table')`},
	{"/imports/new", `document.querySelector('main input')`},
	{"/samples", `document.querySelector('main h2, main li')`},
	{"/saved", `document.querySelector('main h2, main table')`},
	{"/history", `document.querySelector('main table')`},
	{"/nowhere", `document.querySelector('main h1, main h2')`},
}

// consoleAccessible: no page has a serious finding, in light and in dark.
func consoleAccessible(t *testing.T, p *process) {
	checker, err := os.ReadFile(axe)
	if err != nil {
		optional(t, "axe-core, which 'make console' installs")
	}
	event := p.query("SELECT eventid FROM audit WHERE eventname = 'StopLogging'")[0]
	b := openBrowser(t, "http://"+p.http)
	b.run(chromedp.Navigate(b.base + "/query"))
	b.run(chromedp.WaitVisible(chromedp.CSS(`input[name=keyId]`)))
	check := func(page string) {
		b.run(chromedp.Evaluate[chromedp.Void](string(checker)))
		b.run(chromedp.Evaluate[chromedp.Void](`window.axeDone = null; axe.run().then(r => { window.axeDone = r.violations
			.filter(v => v.impact === 'serious' || v.impact === 'critical')
			.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.any.map(a => a.message).join('; ')).join(' | ')) }); undefined`))
		b.until(`window.axeDone !== null`)
		var found []string
		if err := json.Unmarshal([]byte(evaluate[string](b, `JSON.stringify(window.axeDone)`)), &found); err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s: %s", page, f)
		}
	}
	check("sign-in")
	b.signIn("/query")
	for _, scheme := range []string{"light", "dark"} {
		b.run(chromedp.Evaluate[chromedp.Void](`localStorage.setItem('traillake.scheme', '` + scheme + `')`))
		for _, page := range accessiblePages {
			b.run(chromedp.Navigate(b.base + strings.Replace(page.path, "EVENT", event, 1)))
			b.until(`!!(` + page.ready + `)`)
			check(scheme + " " + page.path)
		}
	}
}
