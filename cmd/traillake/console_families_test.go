package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// TestConsoleFamilies looks at stores that hold no CloudTrail events: what is about
// these is not offered for them, and their pages and events are shown.
func TestConsoleFamilies(t *testing.T) {
	chromium(t)
	p := startServer(t, t.TempDir())
	p.createStore("audit")
	events := map[string]string{
		"ConfigurationItem": `{"eventCategory":"ConfigurationItem","eventID":"c1","eventTime":"2026-03-08T23:47:08Z","recipientAccountId":"123456789012","eventData":{"resourceType":"AWS::EC2::Volume","resourceId":"vol-ce676ccc","configuration":{"size":1}}}`,
		"Insight":           `{"eventCategory":"Insight","eventID":"i1","eventTime":"2026-03-08T01:42:00Z","insightType":"ApiCallRateInsight","insightEventName":"CompleteLifecycleAction","insightContext":{"insightAverage":5.0}}`,
		"Evidence":          `{"eventCategory":"Evidence","eventID":"v1","eventTime":"2026-03-08T08:00:00Z","eventData":{"controlName":"Root sign-ins","dataSource":"AWS CloudTrail"}}`,
	}
	days := int32(36500)
	for category, event := range events {
		var made lakev1.EventDataStore
		create := &lakev1.CreateEventDataStoreRequest{Name: category, RetentionPeriod: &days, AdvancedEventSelectors: []*lakev1.AdvancedEventSelector{{
			FieldSelectors: []*lakev1.AdvancedFieldSelector{{Field: "eventCategory", Equals: []string{category}}},
		}}}
		if err := p.client().do(t.Context(), http.MethodPost, "/event-data-stores", nil, create, &made); err != nil {
			t.Fatal(err)
		}
		put := &lakev1.PutEventsRequest{EventDataStore: made.EventDataStoreId, Events: []string{event}}
		if err := p.client().do(t.Context(), http.MethodPost, "/event-data-stores/"+made.EventDataStoreId+":putEvents", nil, put, &lakev1.PutEventsResponse{}); err != nil {
			t.Fatal(err)
		}
	}
	b := openBrowser(t, "http://"+p.http)
	b.signIn("/stores")
	for category, told := range map[string]string{"ConfigurationItem": "vol-ce676ccc", "Insight": "CompleteLifecycleAction", "Evidence": "Root sign-ins"} {
		b.open("/stores/" + p.storeID(category))
		b.run(chromedp.WaitVisible(`//h1[. = "` + category + `"]`))
		if text := b.text("main"); strings.Contains(text, "Import") {
			t.Errorf("an import into %s is offered: %s", category, text)
		}
		b.run(steady(`//button[. = "Query"]`))
		b.until(`location.pathname.startsWith('/query')`)
		b.open("/events/" + category + "/" + events[category][strings.Index(events[category], `"eventID":"`)+11:][:2])
		b.until(`(document.querySelector('[role=tree]')?.innerText ?? '').includes(` + "`" + told + "`" + `)`)
		b.open("/stores/" + p.storeID(category) + "/edit")
		b.until(`[...document.querySelectorAll('main fieldset input')].some((input) => input.value === '` + category + `')`)
	}
	b.open("/overview")
	b.until(`document.querySelector('main input')?.value === 'audit'`)
}
