package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browserTimeout bounds a test in the browser; none comes near it but by hanging.
const browserTimeout = 3 * time.Minute

// browser is a page of the console in headless Chromium.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string
}

// chromium finds the browser: the variable CHROMIUM, or a name on the path.
func chromium(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("minutes under the race detector; a full run has it")
	}
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	optional(t, "a Chromium browser (on the path, or named by CHROMIUM), which shows the console")
	return ""
}

// openBrowser opens a page that knows nothing of other tests' sessions. What its
// console reports as an error fails the test at the end: above all what the
// content security policy has stopped.
func openBrowser(t *testing.T, base string) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 800), chromedp.Flag("lang", "en-US"))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, browserTimeout)
	t.Cleanup(stop)
	var mu sync.Mutex
	var reports []string
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *cdplog.EventEntryAdded:
			// An answer that is an error, such as that nobody is signed in, is no fault.
			if e.Entry.Level == cdplog.EntryLevelError && e.Entry.Source != cdplog.EntrySourceNetwork {
				reports = append(reports, e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			reports = append(reports, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if len(reports) > 0 {
			t.Errorf("the browser reports: %s", strings.Join(reports, "\n"))
		}
	})
	return &browser{t: t, ctx: ctx, base: base}
}

// run does what must work; a failure shows what the page has instead.
func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.body.innerText")) // only to help the reader
		b.t.Fatalf("%v; the page shows:\n%s", err, cmp.Or(text, "nothing"))
	}
}

// text is the text of the first element that a selector finds, once it is there.
func (b *browser) text(selector chromedp.CSS) string {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.TextContent(selector))
	if err != nil {
		b.t.Fatalf("%s: %v", selector, err)
	}
	return out
}

// evaluate is what a JavaScript expression gives.
func evaluate[T any](b *browser, expression string) T {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return out
}

// until waits for a JavaScript expression to be true.
func (b *browser) until(expression string) {
	b.t.Helper()
	b.run(chromedp.Poll[chromedp.Void]("Boolean("+expression+")", chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(browserTimeout)))
}

// signIn signs in at the address of a page.
func (b *browser) signIn(path string) {
	b.t.Helper()
	b.run(
		chromedp.Navigate(b.base+path),
		chromedp.WaitVisible(chromedp.CSS(`input[name=keyId]`)),
		chromedp.SendKeys(chromedp.CSS(`input[name=keyId]`), testKeys.AccessKeyID),
		chromedp.SendKeys(chromedp.CSS(`input[name=secret]`), testKeys.SecretAccessKey+kb.Enter),
		chromedp.WaitVisible(chromedp.CSS(`main#content`)),
	)
}

// write puts a statement into the editor in place of what is there.
func (b *browser) write(sql string) {
	b.t.Helper()
	b.run(
		chromedp.WaitVisible(chromedp.CSS(`.cm-content`)),
		chromedp.Focus(chromedp.CSS(`.cm-content`)),
		chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		chromedp.KeyEvent(kb.Backspace),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: sql})
			return err
		}),
	)
}

// runStatement writes a statement and runs it with Ctrl+Enter.
func (b *browser) runStatement(sql string) {
	b.t.Helper()
	b.write(sql)
	b.run(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}
