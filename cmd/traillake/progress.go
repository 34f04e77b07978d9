package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar is a progress bar on a terminal's standard error, and nothing elsewhere.
type bar struct{ b *progressbar.ProgressBar }

func (p *program) newBar(name string, total int64) *bar {
	f, ok := p.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &bar{}
	}
	return &bar{b: progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(name), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth(),
	)}
}

// set shows how far the work is.
func (b *bar) set(done int64, note string) {
	if b.b == nil {
		return
	}
	if note != "" {
		b.b.Describe(note)
	}
	_ = b.b.Set64(done)
}

// total changes what done is held against.
func (b *bar) total(n int64) {
	if b.b != nil {
		b.b.ChangeMax64(n)
	}
}

// finish takes the bar away.
func (b *bar) finish() {
	if b.b != nil {
		_ = b.b.Clear()
	}
}

// bytesText prints a size for people.
func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
