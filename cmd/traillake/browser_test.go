package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browserTimeout bounds a test in the browser; none comes near it but by hanging.
const browserTimeout = 2 * time.Minute

// browser is a page of the console in headless Chromium.
type browser struct {
	t    *testing.T
	all  context.Context // the page, without a bound
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
	return openPage(t, base, ctx)
}

// stranger is a page in the same browser that shares no session and no storage.
func (b *browser) stranger() *browser {
	b.t.Helper()
	return openPage(b.t, b.base, b.all, chromedp.WithNewBrowserContext())
}

func openPage(t *testing.T, base string, in context.Context, options ...chromedp.ContextOption) *browser {
	t.Helper()
	all, stop := chromedp.NewContext(in, options...)
	t.Cleanup(stop)
	var mu sync.Mutex
	var reports []string
	// The page lives as long as the context of the first that is done with it.
	err := chromedp.Listen(all, func(event any) {
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
	ctx, stop := context.WithTimeout(all, browserTimeout)
	t.Cleanup(stop)
	return &browser{t: t, all: all, ctx: ctx, base: base}
}

// open opens the page of a path.
func (b *browser) open(path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.base+path), chromedp.WaitVisible(chromedp.CSS(`main#content`)))
}

// in is the page for a test of its own, which begins as one who has just signed
// in for the first time: nothing is kept, and the page of a path is shown.
func (b *browser) in(t *testing.T, path string) *browser {
	t.Helper()
	ctx, stop := context.WithTimeout(b.all, browserTimeout)
	t.Cleanup(stop)
	page := &browser{t: t, all: b.all, ctx: ctx, base: b.base}
	page.run(chromedp.Evaluate[chromedp.Void](`localStorage.clear()`))
	page.open(path)
	return page
}

// run does what must work; a failure shows what the page has instead.
func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		ctx, stop := context.WithTimeout(b.all, 10*time.Second)
		defer stop()
		text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText")) // only to help the reader
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

// write pastes a statement into the editor in place of what is there. Typed, it would
// have the list of completions come, some time later, over what the test clicks next.
func (b *browser) write(sql string) {
	b.t.Helper()
	b.run(
		chromedp.WaitVisible(chromedp.CSS(`.cm-content`)),
		chromedp.Focus(chromedp.CSS(`.cm-content`)),
		chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		chromedp.KeyEvent(kb.Backspace),
		chromedp.Poll[chromedp.Void](`(() => {
			const editor = document.querySelector('.cm-content');
			if (editor.innerText.trim() && !editor.querySelector('.cm-placeholder')) return false;
			const clipboardData = new DataTransfer();
			clipboardData.setData("text/plain", `+strconv.Quote(sql)+`);
			editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
			return true;
		})()`, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(browserTimeout)),
	)
}

// runStatement writes a statement and runs it with Ctrl+Enter.
func (b *browser) runStatement(sql string) {
	b.t.Helper()
	b.write(sql)
	b.press(kb.Enter, chromedp.ModifierCtrl)
}

// press presses a key where the focus is.
func (b *browser) press(key string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	b.run(chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
}

// typeText types a text key by key, as completion needs it.
func (b *browser) typeText(text string) {
	b.t.Helper()
	b.run(chromedp.KeyEvent(text))
}

// click clicks what an XPath or a CSS selector finds: see steady.
func (b *browser) click(what string) {
	b.t.Helper()
	b.run(steady(what))
}

// steady clicks what an XPath, which begins with a slash, or a CSS selector finds,
// once it is seen and has stopped moving: what comes in above it meanwhile would have
// the click land beside it. A click that did, or that came before the button could
// be used, is done again.
func steady(what string) chromedp.Action[chromedp.Void] {
	find := "document.querySelector(" + strconv.Quote(what) + ")"
	see, click := chromedp.WaitVisible(chromedp.CSS(what)), chromedp.Click(chromedp.CSS(what))
	if strings.HasPrefix(what, "/") {
		find = "document.evaluate(" + strconv.Quote(what) + ", document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue"
		see, click = chromedp.WaitVisible(chromedp.Search(what)), chromedp.Click(chromedp.Search(what))
	}
	stands := chromedp.Poll[chromedp.Void](`(() => {
		const found = `+find+`;
		const at = found && JSON.stringify([`+strconv.Quote(what)+`, found.getBoundingClientRect()]);
		const before = window.clickAt;
		window.clickAt = at;
		if (!at || at !== before || found.disabled) return false;
		window.clickHit = false;
		document.removeEventListener("click", window.clickSeen, true);
		window.clickSeen = (event) => { window.clickHit ||= Boolean(`+find+`?.contains(event.target)); };
		document.addEventListener("click", window.clickSeen, true);
		return true;
	})()`, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(browserTimeout))
	// Undefined on the page that the click led to; what pressing took away is not clicked.
	hit := chromedp.Evaluate[bool](`window.clickHit !== false || !(` + find + `)`)
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for range 5 {
			if err := chromedp.Do(ctx, see, stands, click); err != nil {
				return err
			}
			if ok, err := chromedp.Run(ctx, hit); err != nil || ok {
				return err
			}
		}
		return fmt.Errorf("five clicks on %s landed beside it", what)
	})
}

// pick picks an item of the menu that a button opens.
func (b *browser) pick(button, item string) {
	b.t.Helper()
	b.click(button)
	b.click(`//*[@role="menuitem"][contains(., "` + item + `")]`)
}

// shows waits for a result of so many rows.
func (b *browser) shows(rows string) {
	b.t.Helper()
	b.until(`/(^|\D)` + rows + ` rows?/.test(document.querySelector('[aria-label=Result] [role=status]')?.textContent) && document.querySelector('[role=gridcell]') && !document.querySelector('[class*=waiting]')`)
}

// pickDay picks a day, such as "30 March 2026", of the picker of times that a label
// names; the time of the day stays.
func (b *browser) pickDay(label, day string) {
	b.t.Helper()
	_, month, _ := strings.Cut(day, " ")
	shown := `document.querySelector('[data-dates-dropdown] [data-level-control]')?.textContent`
	b.click(`//button[starts-with(@aria-label, "` + label + `") or @id=//label[starts-with(., "` + label + `")]/@for]`)
	b.until(shown)
	for evaluate[string](b, shown) != month {
		b.click(`[data-dates-dropdown] [data-direction="previous"]`)
	}
	b.click(`[data-dates-dropdown] button[aria-label="` + day + `"]`)
	b.press(kb.Escape)
	b.until(`!document.querySelector('[data-dates-dropdown]')`)
}

// clipboard is the text that was copied last.
func (b *browser) clipboard() string {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// allow lets the page use the clipboard and keep what it downloads in a directory.
func (b *browser) allow(downloads string) {
	b.t.Helper()
	id := chromedp.FromContext(b.all).BrowserContextID
	on := true
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		if _, err := chromedp.CallBrowser(b.ctx, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
			Permission: &cdpbrowser.PermissionDescriptor{Name: name, AllowWithoutSanitization: true}, Setting: cdpbrowser.PermissionSettingGranted, BrowserContextID: id,
		}); err != nil {
			b.t.Fatal(err)
		}
	}
	if _, err := chromedp.CallBrowser(b.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: downloads, BrowserContextID: id, EventsEnabled: &on,
	}); err != nil {
		b.t.Fatal(err)
	}
}

// download does what begins a download, waits for its end, and returns its path.
func (b *browser) download(dir string, begin func()) string {
	b.t.Helper()
	var name string
	ended := make(chan cdpbrowser.DownloadProgressState, 1)
	ctx, stop := context.WithCancel(b.ctx)
	defer stop()
	err := chromedp.ListenBrowser(ctx, func(event any) {
		switch e := event.(type) {
		case *cdpbrowser.EventDownloadWillBegin:
			name = e.SuggestedFilename
		case *cdpbrowser.EventDownloadProgress:
			if e.State != cdpbrowser.DownloadProgressStateInProgress {
				ended <- e.State
			}
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	begin()
	select {
	case state := <-ended:
		if state != cdpbrowser.DownloadProgressStateCompleted {
			b.t.Fatalf("the download of %q is %s", name, state)
		}
	case <-ctx.Done():
		b.t.Fatal("nothing was downloaded")
	}
	return filepath.Join(dir, name)
}
