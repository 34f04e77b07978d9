package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// TestConsoleImports starts imports of every kind in a browser, stops one, and
// goes on with one that has failed.
func TestConsoleImports(t *testing.T) {
	chromium(t)
	trail, broken := sampleTrail(t, 3000, 5), sampleTrail(t, 300, 6)
	s3, release := heldBucket(t, sampleTrail(t, 300, 7))
	configuration := filepath.Join(t.TempDir(), "traillake.yaml")
	text := "watch: {interval: 200ms, gather: 10ms}\ns3:\n  endpoint: " + s3 + "\n  region: us-east-1\n  path_style: true\n  access_key_id: AKIA1\n  secret_access_key: secret\n"
	if err := os.WriteFile(configuration, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	delivered := t.TempDir()
	p := startServer(t, t.TempDir(), "--config", configuration, "--bucket", "trails="+trail, "--bucket", "broken="+broken, "--bucket", "delivered="+delivered)
	page := openBrowser(t, "http://"+p.http)
	page.signIn("/imports")
	for name, test := range map[string]func(b *browser){
		"dry run":       func(b *browser) { consoleDryRun(b, p) },
		"time range":    func(b *browser) { consoleImportRange(b, p, trail) },
		"retry":         func(b *browser) { consoleRetry(b, p, broken) },
		"stop":          func(b *browser) { consoleStopImport(b, p, release) },
		"upload":        func(b *browser) { consoleUpload(b, p, trail) },
		"upload folder": func(b *browser) { consoleUploadFolder(b, p) },
		"watch":         func(b *browser) { consoleWatch(b, p, delivered) },
	} {
		t.Run(name, func(t *testing.T) { test(page.in(t, "/imports/new")) })
	}
}

// heldBucket serves a directory as the bucket "held", and holds back what is in
// its objects until it is released.
func heldBucket(t *testing.T, dir string) (endpoint string, release func()) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("held"); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		key, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		_, err = backend.PutObject("held", filepath.ToSlash(key), nil, bytes.NewReader(raw), int64(len(raw)), nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan struct{})
	handler := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, ".gz") {
			select {
			case <-released:
			case <-r.Context().Done():
				return
			}
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() { close(released) }
}

// intoNew sends an import into a store that is made for it, and waits for its page.
func (b *browser) intoNew(store, button string) {
	b.t.Helper()
	if evaluate[bool](b, `[...document.querySelectorAll('label')].some(l => l.textContent === 'New store')`) {
		b.click(`//label[normalize-space()="New store"]`)
	}
	b.run(chromedp.SendKeys(field("Name of the new store"), store))
	b.click(`//button[. = "` + button + `"][not(@disabled)]`)
	b.until(`/^\/imports\/[0-9a-f-]{36}$/.test(location.pathname)`)
}

// inBucket chooses what lies below AWSLogs/ of a bucket that the server serves, and
// waits for what that shows.
func (b *browser) inBucket(bucket string) {
	b.t.Helper()
	b.click(`//button[. = "` + bucket + `"]`)
	b.click(`//button[. = "AWSLogs/"]`)
	b.run(chromedp.WaitVisible(chromedp.Search(`//nav//button[. = "AWSLogs"]`)), chromedp.WaitVisible(chromedp.Search(`//li/button[contains(., "/")]`)))
}

// ends waits for the badge of an import.
func (b *browser) ends(status string) {
	b.t.Helper()
	b.run(chromedp.WaitVisible(chromedp.Search(`//main//*[. = "` + status + `"]`)))
}

func wantEvents(b *browser, p *process, store, want string) {
	b.t.Helper()
	if got := p.query(`SELECT count(*) FROM "` + store + `"`)[0]; got != want {
		b.t.Errorf("store %s has %s events, want %s", store, got, want)
	}
}

// consoleDryRun: objects are counted, nothing is kept.
func consoleDryRun(b *browser, p *process) {
	b.inBucket("trails")
	b.click(`//label[starts-with(., "Dry run")]`)
	b.intoNew("dry", "Start dry run")
	b.run(chromedp.WaitVisible(chromedp.Search(`//h1[. = "Dry run of an import"]`)))
	b.ends("Completed")
	if text := b.text(`main [role=status]`); strings.Contains(text, " 0 objects") || !strings.Contains(text, "objects") {
		b.t.Errorf("the dry run has found: %q", text)
	}
	wantEvents(b, p, "dry", "0")
}

// consoleImportRange: only log files of the picked time come in.
func consoleImportRange(b *browser, p *process, trail string) {
	b.inBucket("trails")
	b.pickDay("From", "29 March 2026")
	b.pickDay("To", "30 March 2026")
	bounds := evaluate[[]string](b, `['From', 'To'].map(l => document.getElementById([...document.querySelectorAll('label')].find(x => x.textContent === l).htmlFor).textContent)`)
	if bounds[0] != "2026-03-29 00:00" || bounds[1] != "2026-03-30 00:00" {
		b.t.Fatalf("picked is %q", bounds)
	}
	b.intoNew("ranged", "Start import")
	b.ends("Completed")
	want := eventsOfFiles(b.t, trail, func(name string) bool { return name >= "20260329T0000Z" && name <= "20260330T0000Z" })
	if want == 0 || want == 3000 {
		b.t.Errorf("%d events are between %q: that tells nothing", want, bounds)
	}
	wantEvents(b, p, "ranged", strconv.Itoa(want))
}

// eventsOfFiles counts the events, each once, in the log files whose time, such as
// 20260329T0000Z, is one that is wanted.
func eventsOfFiles(t *testing.T, dir string, wanted func(time string) bool) int {
	t.Helper()
	ids := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json.gz") {
			return err
		}
		parts := strings.Split(filepath.Base(path), "_") // account, CloudTrail, region, time, digits
		if parts[1] != "CloudTrail" || !wanted(parts[3]) {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		r, err := gzip.NewReader(f)
		if err != nil {
			return err
		}
		var log struct {
			Records []struct{ EventID string }
		}
		if err := json.NewDecoder(r).Decode(&log); err != nil {
			return err
		}
		for _, r := range log.Records {
			ids[r.EventID] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(ids)
}

// consoleRetry: what is wrong with an object is told, and once it is mended, the
// import goes on and has everything.
func consoleRetry(b *browser, p *process, dir string) {
	var whole []byte
	var mended string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || mended != "" || !strings.HasSuffix(path, ".json.gz") || strings.Contains(path, "Digest") {
			return err
		}
		mended = path
		whole, err = os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, whole[:len(whole)/2], 0o600)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.inBucket("broken")
	b.intoNew("mended", "Start import")
	b.ends("Failed")
	b.until(`/1 failure/.test(document.querySelector('main [role=tablist]').textContent) && document.querySelectorAll('main tbody tr').length === 1`)
	if row := b.text(`main tbody tr`); !strings.Contains(row, filepath.Base(mended)) || !strings.Contains(row, "gzip") && !strings.Contains(row, "unexpected EOF") {
		b.t.Errorf("the failure reads %q", row)
	}
	if err := os.WriteFile(mended, whole, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.click(`//button[. = "Retry"]`)
	b.ends("Completed")
	b.until(`/Imported since/.test(document.querySelector('main tbody tr')?.textContent)`)
	wantEvents(b, p, "mended", "300")
}

// consoleStopImport: a running import is stopped, and goes on to its end.
func consoleStopImport(b *browser, p *process, release func()) {
	b.run(chromedp.SendKeys(field("Location"), "s3://held/AWSLogs/"))
	b.intoNew("stopped", "Start import")
	b.ends("Running")
	b.click(`//button[. = "Stop"]`)
	b.ends("Stopped")
	wantEvents(b, p, "stopped", "0")
	release()
	b.click(`//button[. = "Go on"]`)
	b.ends("Completed")
	wantEvents(b, p, "stopped", "300")
	// It stands in the list, with its store.
	b.click(`//nav//a[contains(., "Imports")]`)
	b.run(chromedp.WaitVisible(chromedp.Search(`//main//tr[contains(., "s3://held/AWSLogs/")][contains(., "Completed")]`)))
}

// consoleUpload: files chosen one by one; one of them is taken back.
func consoleUpload(b *browser, p *process, trail string) {
	const plain = `{"Records":[{"eventVersion":"1.08","eventID":"6f1fb2a2-7c5b-4d3e-9a1a-0c2d4e6f8a0b","eventTime":"2026-03-30T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","recipientAccountId":"111122223333","eventCategory":"Management","eventType":"AwsApiCall","managementEvent":true,"readOnly":false,"userIdentity":{"type":"Root"}}]}`
	file := filepath.Join(b.t.TempDir(), "by-hand.json")
	if err := os.WriteFile(file, []byte(plain), 0o600); err != nil {
		b.t.Fatal(err)
	}
	logs, err := filepath.Glob(filepath.Join(trail, "AWSLogs/*/CloudTrail/*/*/*/*/*.json.gz"))
	if err != nil || len(logs) == 0 {
		b.t.Fatalf("no log files below %s: %v", trail, err)
	}
	b.click(`//label[normalize-space()="Upload of files"]`)
	b.run(
		chromedp.SetUploadFiles(chromedp.CSS(`input[type=file]:not([webkitdirectory])`), []string{file, logs[0]}),
		chromedp.WaitVisible(chromedp.Search(`//main//*[starts-with(., "2 files")]`)),
		steady(`button[aria-label="Remove `+filepath.Base(logs[0])+`"]`),
		chromedp.WaitVisible(chromedp.Search(`//main//*[starts-with(., "1 file,")]`)),
	)
	b.intoNew("uploaded", "Start import")
	b.ends("Completed")
	if got := p.query("SELECT eventname FROM uploaded"); len(got) != 1 || got[0] != "CreateUser" {
		b.t.Errorf("the store has %q", got)
	}
}

// consoleUploadFolder: a folder with all that lies below it.
func consoleUploadFolder(b *browser, p *process) {
	trail := sampleTrail(b.t, 200, 8)
	b.click(`//label[normalize-space()="Upload of files"]`)
	b.run(chromedp.SetUploadFiles(chromedp.CSS(`input[type=file][webkitdirectory]`), []string{filepath.Join(trail, "AWSLogs")}))
	b.until(`/\d+ files/.test(document.querySelector('main').innerText)`)
	b.intoNew("folder", "Start import")
	b.ends("Completed")
	wantEvents(b, p, "folder", "200")
}

// consoleWatch: a bucket is watched; what comes into it shows in the list, and what
// cannot be read with its reason; it is paused, goes on, and is watched no more.
func consoleWatch(b *browser, p *process, bucket string) {
	p.createStore("watched")
	b.open("/imports/watch")
	b.run(chromedp.SendKeys(field("Location"), "s3://delivered/AWSLogs/"))
	b.click(field("Event data store"))
	b.click(`//*[@role="option"][. = "watched"]`)
	b.click(`//button[. = "Begin to watch"][not(@disabled)]`)
	row := `[...document.querySelectorAll('main section')].at(-1)?.querySelector('tbody tr')?.textContent`
	b.until(`/Watching/.test(` + row + `)`)
	if err := deliverObject(bucket, 1, 6); err != nil {
		b.t.Fatal(err)
	}
	b.until(`/Watching160+/.test(` + row + `)`) // an object, six events, none left out
	wantEvents(b, p, "watched", "6")
	b.click(`//button[@aria-label="Pause"]`)
	b.until(`/Paused/.test(` + row + `)`)
	b.click(`//button[@aria-label="Go on"]`)
	b.until(`/Watching/.test(` + row + `)`)
	b.click(`//button[@aria-label="Watch no more"]`)
	b.click(`//*[@role="dialog"]//button[. = "Watch no more"]`)
	b.run(chromedp.WaitVisible(chromedp.Search(`//main//h2[. = "No bucket is watched"]`)))
}
