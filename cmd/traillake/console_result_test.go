package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chartTable is a chart as it is told to screen readers: a line for each category,
// with the values of the series.
const chartTable = `[...document.querySelectorAll('table.visually-hidden tbody tr')].map(r => [...r.children].map(c => c.textContent).join(','))`

// barHeights are the heights, in pixels, of what the canvas has in the colour of
// the first series, from left to right.
const barHeights = `(() => {
	const canvas = document.querySelector('canvas')
	if (!canvas) return []
	const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
	const heights = []
	for (let x = 0, inside = false; x < width; x++) {
		let n = 0
		for (let y = 0; y < height; y++) {
			const at = 4 * (y * width + x)
			if (data[at] === 0x0c && data[at + 1] === 0x6f && data[at + 2] === 0x8a && data[at + 3] === 255) n++
		}
		if (n > 0) inside ? heights[heights.length - 1] = Math.max(heights.at(-1), n) : heights.push(n)
		inside = n > 0
	}
	return heights
})()`

// consoleChart: the bars are as high as the values that the command line prints,
// and screen readers get those values.
func consoleChart(b *browser, p *process) {
	const sql = "SELECT awsregion, count(*) AS events FROM audit GROUP BY 1 ORDER BY 2 DESC"
	want := p.query(sql)
	b.runStatement(sql)
	b.shows(strconv.Itoa(len(want)))
	b.click(`//label[normalize-space()="Chart"]`)
	b.until(barHeights + `.length === ` + strconv.Itoa(len(want)))
	if got := evaluate[[]string](b, chartTable); strings.Join(got, "\n") != strings.Join(want, "\n") {
		b.t.Errorf("the chart's table is %q, want %q", got, want)
	}
	values := make([]float64, len(want))
	for i, line := range want {
		_, value, _ := strings.Cut(line, ",")
		values[i], _ = strconv.ParseFloat(value, 64)
	}
	heights := evaluate[[]float64](b, barHeights)
	for i := range values {
		if expected := heights[0] * values[i] / values[0]; math.Abs(heights[i]-expected) > 2 {
			b.t.Errorf("bar %d is %v pixels high, want %.1f of %v", i, heights[i], expected, heights)
		}
	}
	b.click(`//label[normalize-space()="Lines"]`)
	b.until(barHeights + `.length > 0 && Math.max(...` + barHeights + `) < ` + fmt.Sprint(heights[0]))
}

// consoleCopy: rows on the clipboard, in three forms.
func consoleCopy(b *browser, _ *process) {
	b.runStatement("SELECT 7 AS n, 'a|b' AS word, CAST(NULL AS varchar) AS nothing UNION ALL SELECT 8, 'x', 'y' ORDER BY 1")
	b.shows("2")
	for item, want := range map[string]string{
		"As text for a spreadsheet": "n\tword\tnothing\n7\ta|b\t\n8\tx\ty",
		"As a Markdown table":       "| n | word | nothing |\n| --- | --- | --- |\n| 7 | a\\|b | NULL |\n| 8 | x | y |",
		"As JSON":                   `[{"n":7,"word":"a|b","nothing":null},{"n":8,"word":"x","nothing":"y"}]`,
	} {
		b.pick(`//button[@aria-label="Copy rows"]`, item)
		b.until(`document.querySelector('.mantine-Notification-root')?.textContent.includes('2 rows copied')`)
		got := b.clipboard()
		if item == "As JSON" {
			got = regexp.MustCompile(`\n\s*|(:) `).ReplaceAllString(got, "$1")
		}
		if got != want {
			b.t.Errorf("%s: copied is %q, want %q", item, got, want)
		}
		b.run(steady(`.mantine-Notification-closeButton`), chromedp.WaitNotPresent(chromedp.CSS(`.mantine-Notification-root`)))
	}
	// A cell, by its key.
	b.run(chromedp.Focus(chromedp.CSS(`[role=grid]`)))
	b.press(kb.ArrowRight)
	b.press("c", chromedp.ModifierCtrl)
	if got := b.clipboard(); got != "a|b" {
		b.t.Errorf("the cell's copy is %q", got)
	}
}

// consoleColumns: columns are hidden, shown and resized by keys and by the mouse;
// the heads are not stops of the Tab key.
func consoleColumns(b *browser, _ *process) {
	heads := func() string {
		return strings.Join(evaluate[[]string](b, `[...document.querySelectorAll('[role=columnheader]')].slice(1).map(h => h.textContent)`), ",")
	}
	width := func() float64 {
		return evaluate[float64](b, `document.querySelector('#head-0').getBoundingClientRect().width`)
	}
	b.runStatement("SELECT 1 AS one, 2 AS two, 3 AS three")
	b.shows("1")
	if n := evaluate[int](b, `document.querySelectorAll('[role=grid] [tabindex="0"], [role=grid] button:not([tabindex="-1"])').length`); n != 0 {
		b.t.Errorf("%d stops of the Tab key are in the grid", n)
	}
	b.run(chromedp.Focus(chromedp.CSS(`[role=grid]`)))
	b.press(kb.ArrowUp)
	b.press(kb.ArrowRight)
	b.until(`document.querySelector('[role=grid]').getAttribute('aria-activedescendant') === 'head-1'`)
	b.press(kb.Enter)
	b.click(`//*[@role="menuitem"][contains(., "Hide the column")]`)
	b.until(`document.querySelectorAll('[role=columnheader]').length === 3 && document.activeElement.matches('[role=grid]')`)
	if got := heads(); got != "one,three" {
		b.t.Errorf("shown are %s", got)
	}
	b.click(`//button[normalize-space()="Columns 2/3"]`)
	b.click(`//label[normalize-space()="two"]`)
	b.until(`document.querySelectorAll('[role=columnheader]').length === 4`)
	b.press(kb.Escape)

	before := width()
	b.run(chromedp.Focus(chromedp.CSS(`[role=grid]`)))
	b.press(kb.ArrowLeft)
	b.press(kb.ArrowRight, chromedp.ModifierAlt)
	b.until(`document.querySelector('#head-0').getBoundingClientRect().width === ` + fmt.Sprint(before+40))
	edge := evaluate[[]float64](b, `(() => { const r = document.querySelector('#head-0').getBoundingClientRect(); return [r.right, r.top + 10] })()`)
	b.run(
		chromedp.MouseEvent("mousePressed", edge[0], edge[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent("mouseMoved", edge[0]+25, edge[1], chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseMoved", edge[0]+50, edge[1], chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseReleased", edge[0]+50, edge[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
	b.until(`Math.abs(document.querySelector('#head-0').getBoundingClientRect().width - ` + fmt.Sprint(before+90) + `) <= 1`)
}

// consoleStatistics: what a column has most, least, and how often nothing.
func consoleStatistics(b *browser, p *process) {
	b.runStatement("SELECT eventname, errorcode FROM audit")
	b.shows("3,000")
	b.click(`//label[normalize-space()="Statistics"]`)
	b.until(`document.querySelectorAll('main tbody tr').length === 2`)
	rows := evaluate[[]string](b, `[...document.querySelectorAll('main tbody tr')].map(r => [...r.children].map(c => c.innerText.replaceAll(',', '').replace(/\s+/g, ' ').trim()).join('|'))`)
	top := strings.Split(p.query("SELECT eventname, count(*) FROM audit GROUP BY 1 ORDER BY 2 DESC LIMIT 1")[0], ",")
	for i, want := range []string{
		p.query("SELECT count(eventname), count(*) - count(eventname), count(DISTINCT eventname), min(eventname), max(eventname) FROM audit")[0],
		p.query("SELECT count(errorcode), count(*) - count(errorcode), count(DISTINCT errorcode), min(errorcode), max(errorcode) FROM audit")[0],
	} {
		cells := strings.Split(rows[i], "|")
		nulls, _, _ := strings.Cut(cells[2], " ")
		if got := strings.Join([]string{cells[1], nulls, cells[3], cells[4], cells[5]}, ","); got != want {
			b.t.Errorf("the statistics say %s, want %s", got, want)
		}
	}
	if !strings.Contains(rows[0], top[0]+" "+top[1]) {
		b.t.Errorf("most frequent is %s %s; the statistics say %s", top[0], top[1], rows[0])
	}
}

// consolePlan: EXPLAIN ANALYZE as a tree, with the rows that came out of each step.
func consolePlan(b *browser, p *process) {
	groups := len(p.query("SELECT DISTINCT awsregion FROM audit"))
	b.runStatement("SELECT awsregion, count(*) FROM audit WHERE readonly GROUP BY 1")
	b.shows(strconv.Itoa(groups))
	b.click(`//label[normalize-space()="Plan"]`)
	b.run(chromedp.WaitVisible(chromedp.Search(`//li//strong[.="Aggregate"]`)))
	b.click(`//button[contains(., "Run and measure")]`)
	rowsOf := `//strong[.="%s"]/following-sibling::span[starts-with(., "%s row")]`
	b.run(chromedp.WaitVisible(chromedp.Search(fmt.Sprintf(rowsOf, "Aggregate", strconv.Itoa(groups)))))
	// The steps that give the rows lie above those that read them.
	if !evaluate[bool](b, `[...document.querySelectorAll('li')].some(li => li.querySelector(':scope > div strong')?.textContent === 'Aggregate' && /segments,.*row groups/.test(li.querySelector('ul')?.textContent))`) {
		b.t.Error("no scan lies below the aggregate")
	}
}
