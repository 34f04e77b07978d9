package difftest

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed grammar/*.txt
var grammarFiles embed.FS

// production is one line of the grammar: a text with holes.
type production struct {
	yields   typ
	trino    []piece
	duck     []piece // nil: the same text in both
	portable bool
	fallible bool
	ties     bool // of a window function: rows that tie need not be told apart
}

// piece is a text and the hole behind it, if any.
type piece struct {
	text string
	hole *hole
}

type holeKind int

const (
	holeExpr   holeKind = iota // {bigint}
	holeLit                    // {#bigint}
	holeColumn                 // {@bigint}
	holeType                   // {:bigint}
	holeRange                  // {1..5}
	holeChoice                 // {a|b}
	holeLambda                 // {T,U->V}
	holeAgain                  // {=1}
	holeFilter                 // {filter}
)

type hole struct {
	kind      holeKind
	typ       typ
	params    []typ
	choices   []string
	low, high int
	again     int // 1-based
}

// grammar is the productions by section: "" for scalars, "agg", "window".
type grammar struct {
	sections map[string][]production

	mu    sync.Mutex
	found map[string][]candidate // guarded by mu
}

// candidate is a production for a wanted type, with the variables that decides.
type candidate struct {
	*production
	bound bindings
}

var theGrammar = sync.OnceValue(func() *grammar {
	g := &grammar{sections: map[string][]production{}, found: map[string][]candidate{}}
	for _, name := range []string{"operators", "functions", "aggregates"} {
		raw, err := grammarFiles.ReadFile("grammar/" + name + ".txt")
		if err != nil {
			panic(err)
		}
		var section string
		var yields typ
		for n, line := range strings.Split(string(raw), "\n") {
			switch {
			case strings.TrimSpace(line) == "", strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, "["):
				head := strings.Trim(line, "[]")
				section = ""
				for _, s := range []string{"agg ", "window "} {
					if rest, ok := strings.CutPrefix(head, s); ok {
						section, head = strings.TrimSpace(s), rest
					}
				}
				yields = mustType(head)
			default:
				p, err := parseProduction(line)
				if err != nil {
					panic(fmt.Sprintf("grammar/%s.txt:%d: %v", name, n+1, err))
				}
				p.yields = yields
				g.sections[section] = append(g.sections[section], p)
			}
		}
	}
	return g
})

// orderableVariable is the type variable that stands for orderable types only.
const orderableVariable = "O"

// candidates are the productions of a section for a type.
func (g *grammar) candidates(section string, want typ, portable bool) []candidate {
	key := fmt.Sprint(section, want, portable)
	g.mu.Lock()
	defer g.mu.Unlock()
	if out, ok := g.found[key]; ok {
		return out
	}
	var out []candidate
	for i := range g.sections[section] {
		p := &g.sections[section][i]
		b := bindings{}
		if portable && !p.portable || !match(p.yields, want, b) {
			continue
		}
		if o, ok := b[orderableVariable]; ok && !o.orderable() {
			continue
		}
		out = append(out, candidate{p, b})
	}
	g.found[key] = out
	return out
}

func parseProduction(line string) (production, error) {
	var p production
	line, p.fallible = strings.CutPrefix(line, "! ")
	line, p.ties = strings.CutPrefix(line, "~ ")
	trino, duck, portable := strings.Cut(line, " ;; ")
	p.portable = portable
	var err error
	if p.trino, err = parsePieces(trino); err != nil || !portable || duck == "=" {
		return p, err
	}
	p.duck, err = parsePieces(duck)
	return p, err
}

func parsePieces(text string) ([]piece, error) {
	var out []piece
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			return append(out, piece{text: text}), nil
		}
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			return nil, fmt.Errorf("%q: hole not closed", text)
		}
		// A choice may hold braces, as JSON does: it ends where they balance.
		for strings.Count(text[open:open+end+1], "{") > strings.Count(text[open:open+end+1], "}") {
			next := strings.IndexByte(text[open+end+1:], '}')
			if next < 0 {
				return nil, fmt.Errorf("%q: hole not closed", text)
			}
			end += next + 1
		}
		h, err := parseHole(text[open+1 : open+end])
		if err != nil {
			return nil, err
		}
		out = append(out, piece{text[:open], h})
		text = text[open+end+1:]
	}
}

func parseHole(text string) (*hole, error) {
	if low, high, ok := strings.Cut(text, ".."); ok && !strings.Contains(text, "|") {
		l, err1 := strconv.Atoi(low)
		h, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil || l > h {
			return nil, fmt.Errorf("{%s} is no range", text)
		}
		return &hole{kind: holeRange, low: l, high: h}, nil
	}
	switch {
	case text == "filter":
		return &hole{kind: holeFilter}, nil
	case strings.Contains(text, "|") || strings.HasPrefix(text, "'"):
		return &hole{kind: holeChoice, choices: splitChoices(text)}, nil
	case strings.HasPrefix(text, "#"):
		return &hole{kind: holeLit, typ: mustType(text[1:])}, nil
	case strings.HasPrefix(text, "@"):
		return &hole{kind: holeColumn, typ: mustType(text[1:])}, nil
	case strings.HasPrefix(text, ":"):
		return &hole{kind: holeType, typ: mustType(text[1:])}, nil
	case strings.HasPrefix(text, "="):
		n, err := strconv.Atoi(text[1:])
		return &hole{kind: holeAgain, again: n}, err
	}
	if params, result, ok := strings.Cut(text, "->"); ok {
		h := &hole{kind: holeLambda, typ: mustType(result)}
		for _, p := range strings.Split(params, ",") {
			h.params = append(h.params, mustType(p))
		}
		return h, nil
	}
	return &hole{kind: holeExpr, typ: mustType(text)}, nil
}

// splitChoices splits at "|" outside quotes.
func splitChoices(text string) []string {
	var out []string
	from, quoted := 0, false
	for i := range len(text) {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case text[i] == '|' && !quoted:
			out = append(out, text[from:i])
			from = i + 1
		}
	}
	return append(out, text[from:])
}
