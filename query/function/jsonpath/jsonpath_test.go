package jsonpath

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// Answers are those of the standard (ISO/IEC 9075-2, 9.46); more are in testdata/slt/sqljson.slt.
func TestEval(t *testing.T) {
	for _, c := range []struct{ path, json, want string }{
		{`lax $.a[*].b`, `{"a":[{"b":1},{"b":2},{}]}`, `1,2`},
		{`strict $.a[*].b`, `{"a":[{"b":1},{}]}`, `error structural error: missing member 'b' in JSON object`},
		{`lax $[1 to last]`, `[1,2,3]`, `2,3`},
		{`lax $[*]?(@ > 1 && !(@ == 3))`, `[1,2,3,"x"]`, `2`},
		{`strict $[*]?((@ > 1) is unknown)`, `[1,2,"x"]`, `"x"`},
		{`lax $.a * 2 + 1.5`, `{"a":4}`, `9.5`},
		{`lax $..a`, `{"a":{"a":[{"a":null}]}}`, `{"a":[{"a":null}]},[{"a":null}],null`},
		{`lax $."a ""b".size()`, `{"a \"b":[1,2]}`, `2`},
	} {
		p, err := Compile(c.path)
		if err != nil {
			t.Errorf("Compile(%s): %v", c.path, err)
			continue
		}
		root, err := ParseJSON(c.json)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		found, err := p.Eval(root, nil)
		for i, v := range found {
			if i > 0 {
				got += ","
			}
			got += string(Append(nil, v, strconv.AppendQuote, func(dst []byte, f float64) []byte { return fmt.Append(dst, f) }))
		}
		if err != nil {
			got = "error " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s of %s = %s, want %s", c.path, c.json, got, c.want)
		}
	}
}

// A fault names what is wrong and its place; hostile text is a fault too.
func TestCompileFaults(t *testing.T) {
	deep, nested := strings.Repeat("(", 10000), strings.Repeat("$?((", 100)
	for _, c := range []struct {
		path string
		at   int
	}{
		{`$.a`, 0}, {`lax`, 3}, {`lax $.a[`, 8}, {`lax $.é`, 6}, {`lax $?(@ >)`, 10}, {`lax @`, 4}, {`lax last`, 4}, {`lax $.a.nope()`, 12},
		{`lax ` + deep, -1}, {`lax ` + nested, -1}, {`lax $[`, 6}, {`lax "x`, 4}, {`lax $?(@ like_regex "(")`, -1},
	} {
		_, err := Compile(c.path)
		fault, ok := err.(*Error)
		if !ok || c.at >= 0 && fault.At != c.at {
			t.Errorf("Compile(%.20s) = %+v, want a fault at %d", c.path, err, c.at)
		}
	}
}
