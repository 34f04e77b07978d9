package trail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"compress/gzip" // not the one the reader uses
)

func zip(t testing.TB, texts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, s := range texts {
		w := gzip.NewWriter(&out)
		if _, err := w.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// outcome writes what a read gave: the elements, or the fault.
func outcome(r *Reader, object []byte, strict bool) string {
	var parts []string
	err := r.Read(bytes.NewReader(object), strict, func(e Element) error {
		s := fmt.Sprintf("%d:%s", e.Number, e.JSON)
		if e.Reason != "" {
			s += "(" + e.Reason + ")"
		}
		parts = append(parts, s)
		return nil
	})
	var fault *Error
	if errors.As(err, &fault) {
		return string(fault.Type) + ": " + fault.Message
	}
	if err != nil {
		return "not an *Error: " + err.Error()
	}
	return strings.Join(parts, " ")
}

func TestReadStrict(t *testing.T) {
	cut := func(b []byte, n int) []byte { return b[:len(b)-n] }
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[len(b)-at] ^= 1
		return b
	}
	two := `{"Records":[{"a":1},{"b":"é"}]}`
	tests := []struct {
		name   string
		object []byte
		want   string
	}{
		{"records", zip(t, two), `0:{"a":1} 1:{"b":"é"}`},
		{"source text as it is", zip(t, "{ \"Records\" : [\n { \"a\" : 1 } ,{}\n]\n}\n"), `0:{ "a" : 1 } 1:{}`},
		{"none", zip(t, `{"Records":[]}`), ``},
		{"other members", zip(t, `{"v":[1,{"Records":2}],"Records":[{}],"w":{}}`), `0:{}`},
		{"escaped name", zip(t, `{"\u0052ecords":[{}]}`), `0:{}`},
		{"members of gzip are one text", zip(t, two[:9], two[9:]), `0:{"a":1} 1:{"b":"é"}`},
		{"byte order mark", zip(t, "\xef\xbb\xbf"+two), `0:{"a":1} 1:{"b":"é"}`},
		{"invalid UTF-8 in a string", zip(t, "{\"Records\":[{\"a\":\"\xff\"}]}"), "0:{\"a\":\"\xff\"}"},
		{"elements that are no objects", zip(t, `{"Records":[1,{},null,"x",[{}],true]}`),
			`0:1(not an object) 1:{} 2:null(not an object) 3:"x"(not an object) 4:[{}](not an object) 5:true(not an object)`},

		{"empty object", nil, `InvalidGzip: object is empty`},
		{"plain text", []byte(two), `InvalidGzip: not gzip: begins with "{\""`},
		{"one byte", []byte{0x1f}, `InvalidGzip: not gzip: begins with "\x1f"`},
		{"only the magic", []byte{0x1f, 0x8b}, `InvalidGzip: damaged gzip header: unexpected EOF`},
		{"cut in the checksum", cut(zip(t, two), 3), `InvalidGzip: gzip stream is cut off after 32 bytes of text`},
		{"cut in the text", cut(zip(t, two), 25), `InvalidGzip: gzip stream is cut off after 20 bytes of text`},
		{"wrong checksum", flip(zip(t, two), 8), `InvalidGzip: gzip checksum is wrong after 32 bytes of text`},
		{"wrong length", flip(zip(t, two), 1), `InvalidGzip: gzip checksum is wrong after 32 bytes of text`},
		{"garbage after", append(zip(t, two), "garbage after"...), `InvalidGzip: bytes that are no gzip after 32 bytes of text`},
		{"zeros after", append(zip(t, two), make([]byte, 512)...), `InvalidGzip: bytes that are no gzip after 32 bytes of text`},

		{"no text", zip(t, ""), `InvalidJson: no JSON text`},
		{"blanks", zip(t, " \n"), `InvalidJson: no JSON text`},
		{"cut JSON", zip(t, two[:20]), `InvalidJson: JSON text is cut off`},
		{"cut before the end", zip(t, two[:len(two)-1]), `InvalidJson: JSON text is cut off`},
		{"bad literal", zip(t, `{"Records":[{"a":nul}]}`), `InvalidJson: JSON: invalid character '}' in literal null (expecting 'l') at byte 20`},
		{"comma at the end", zip(t, `{"Records":[{},]}`), `InvalidJson: JSON: invalid character ',' at start of value at byte 14`},
		{"more after", zip(t, two, two), `InvalidJson: more JSON after the object with Records, before byte 33`},
		{"garbage after the JSON", zip(t, two+"x"), `InvalidJson: JSON: invalid character 'x' at start of value at byte 32`},
		{"UTF-16", zip(t, "\xff\xfe{\x00}\x00"), `InvalidJson: JSON: invalid character '\xff' at start of value at byte 0`},
		{"HTML", zip(t, "<html>"), `InvalidJson: JSON: invalid character '<' at start of value at byte 0`},
		{"fault in another member", zip(t, `{"Records":[{}],"x":01}`), `InvalidJson: JSON: invalid character '1' after object value (expecting ',' or '}') at byte 21`},

		{"digest", zip(t, `{"awsAccountId":"1","logFiles":[]}`), `NotCloudTrail: JSON object without Records`},
		{"other case", zip(t, `{"records":[{}]}`), `NotCloudTrail: JSON object without Records`},
		{"null", zip(t, `{"Records":null}`), `NotCloudTrail: Records is a JSON null, not an array`},
		{"object", zip(t, `{"Records":{}}`), `NotCloudTrail: Records is a JSON object, not an array`},
		{"twice", zip(t, `{"Records":[{}],"Records":[]}`), `NotCloudTrail: two Records arrays in one object`},
		{"array", zip(t, `[{}]`), `NotCloudTrail: JSON array where an object with Records belongs`},
		{"JSON lines", zip(t, "{\"a\":1}\n{\"a\":2}\n"), `NotCloudTrail: JSON object without Records`},
		{"string", zip(t, `"Records"`), `NotCloudTrail: JSON string where an object with Records belongs`},
	}
	var r Reader // one for all: nothing may be left over from the object before
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := outcome(&r, tt.object, true); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestReadLoose(t *testing.T) {
	a, b := `{"eventName":"A"}`, `{"eventID":"B"}`
	both := `0:{"eventName":"A"} 1:{"eventID":"B"}`
	tests := []struct {
		name   string
		object string
		want   string
	}{
		{"container", `{"Records":[` + a + `,` + b + `]}`, both},
		{"array", `[` + a + `,` + b + `]`, both},
		{"one record", a, `0:{"eventName":"A"}`},
		{"JSON lines", a + "\n" + b + "\n", both},
		{"JSON lines of Windows", a + "\r\n\r\n" + b + "\r\n", both},
		{"no line ends at all", a + b, both},
		{"pretty-printed", "{\n  \"eventName\": \"A\"\n}", "0:{\n  \"eventName\": \"A\"\n}"},
		{"containers one after the other", `{"Records":[` + a + `]}` + "\n" + `{"Records":[` + b + `]}`, both},
		{"mixed", `[` + a + `] ` + b, both},
		{"byte order mark", "\xef\xbb\xbf" + a, `0:{"eventName":"A"}`},
		{"other members first", `{"v":1,"Records":[` + a + `]}`, `0:{"eventName":"A"}`},
		{"gzip", string(zip(t, a+b)), both},
		{"elements that are no records", `[` + a + `,{"x":1},5]`,
			`0:{"eventName":"A"} 1:{"x":1}(an object with none of a record's keys) 2:5(not an object)`},
		{"any object in a container", `{"Records":[{"x":1},null]}`, `0:{"x":1} 1:null(not an object)`},

		{"empty", ``, `InvalidGzip: object is empty`},
		{"blanks", " \n", `InvalidJson: no JSON text`},
		{"prose", "hello", `InvalidJson: JSON: invalid character 'h' at start of value at byte 0`},
		{"cut", `[` + a + `,`, `InvalidJson: JSON text is cut off`},
		{"bad line", a + "\n{\"eventName\":}\n", `InvalidJson: JSON: invalid character '}' at start of value at byte 31`},
		{"another document", `{"x":1}`, `NotCloudTrail: JSON object before byte 7 is no record and no container: JSON object without Records`},
		{"another container", `{"Records":5}`, `NotCloudTrail: JSON object before byte 13 is no record and no container: Records is a JSON number, not an array`},
		{"number", `5`, `NotCloudTrail: JSON number before byte 1, not an object or array`},
		{"cut gzip", string(zip(t, a)[:24]), `InvalidGzip: gzip stream is cut off after`},
	}
	var r Reader
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := outcome(&r, []byte(tt.object), false)
			if got != tt.want && !(strings.HasSuffix(tt.want, " after") && strings.HasPrefix(got, tt.want)) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestReadLimits(t *testing.T) {
	small := limits{object: 10_000, record: 1_000, records: 20}
	list := func(n int, record string) string {
		return `{"Records":[` + strings.TrimSuffix(strings.Repeat(record+",", n), ",") + `]}`
	}
	sized := func(n int) string { return `{"eventName":"` + strings.Repeat("x", n-16) + `"}` }
	tests := []struct {
		name, text, strict, loose string
	}{
		{"within", list(9, sized(1000)), "", ""},
		{"a record too large", list(2, sized(1001)), "record 0 has 1001 bytes, more than 1000", "record 0 has 1001 bytes, more than 1000"},
		{"a record much too large", list(1, sized(9000)), "a record or other value of more than 1000 bytes before byte ", "record 0 has 9000 bytes, more than 1000"},
		{"too many records", list(21, `{}`), "more than 20 records", "more than 20 records"},
		{"as many as may be", list(20, `{}`), "", ""},
		{"an object too large", list(12, sized(900)), "more than 10000 bytes of text", "more than 10000 bytes of text"},
		{"blanks without end", `{"Records":[` + strings.Repeat(" ", 20_000) + `]}`, "a record or other value of more than 1000 bytes before byte ", "more than 10000 bytes of text"},
		{"a name without end", `{"` + strings.Repeat("x", 5_000) + `":1,"Records":[]}`, "a record or other value of more than 1000 bytes before byte ", ""},
	}
	for _, tt := range tests {
		for _, strict := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, strict %v", tt.name, strict), func(t *testing.T) {
				want := tt.loose
				if strict {
					want = tt.strict
				}
				r := Reader{limits: small}
				err := r.Read(bytes.NewReader(zip(t, tt.text)), strict, func(Element) error { return nil })
				var fault *Error
				switch {
				case want == "":
					if err != nil {
						t.Fatal(err)
					}
				case !errors.As(err, &fault) || fault.Type != ObjectTooLarge || !strings.HasPrefix(fault.Message, want):
					t.Errorf("got %v, want %s", err, want)
				}
			})
		}
	}
}

// TestReadBomb: a huge value is refused long before all of it was read.
func TestReadBomb(t *testing.T) {
	var object bytes.Buffer
	w := gzip.NewWriter(&object)
	io.WriteString(w, `{"Records":[{"eventName":"`)
	filler := bytes.Repeat([]byte("x"), 1<<20)
	for range 64 {
		w.Write(filler)
	}
	w.Close()
	var r Reader
	err := r.Read(&object, true, func(Element) error { return nil })
	var fault *Error
	if !errors.As(err, &fault) || fault.Type != ObjectTooLarge {
		t.Fatalf("Read = %v", err)
	}
	var before int
	if _, err := fmt.Sscanf(fault.Message, "a record or other value of more than 16777216 bytes before byte %d", &before); err != nil || before > 20<<20 {
		t.Errorf("%s", fault.Message)
	}
}

func TestReadPassesErrorsOn(t *testing.T) {
	broken := errors.New("connection reset")
	object := zip(t, `{"Records":[{},{},{}]}`)
	for _, n := range []int{0, 1, 5, 20} {
		var r Reader
		err := r.Read(io.MultiReader(bytes.NewReader(object[:n]), iotest.ErrReader(broken)), true, func(Element) error { return nil })
		var fault *Error
		if !errors.As(err, &fault) || fault.Type != ReadError || !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	own := errors.New("enough")
	for _, strict := range []bool{true, false} {
		var r Reader
		calls := 0
		err := r.Read(bytes.NewReader(object), strict, func(Element) error { calls++; return own })
		if err != own || calls != 1 {
			t.Errorf("strict %v: %v after %d calls, want the function's own error after 1", strict, err, calls)
		}
	}
	// A slow source gives the same.
	var r Reader
	n := 0
	if err := r.Read(iotest.OneByteReader(bytes.NewReader(object)), true, func(Element) error { n++; return nil }); err != nil || n != 3 {
		t.Errorf("one byte at a time: %d elements, %v", n, err)
	}
}

// FuzzRead holds the strict reader to encoding/json and compress/gzip.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"Records":[{}]}`, `{"Records":[1,{"a":[]}],"x":1}`, `[]`, "\xef\xbb\xbf{}", `{"Records":[{}]}x`, `{"eventName":1}{}`} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	var r Reader
	f.Fuzz(func(t *testing.T, text []byte, pack bool) {
		object := text
		if pack {
			object = zip(t, string(text))
		}
		for _, strict := range []bool{true, false} {
			var got []string
			err := r.Read(bytes.NewReader(object), strict, func(e Element) error {
				if !json.Valid(e.JSON) {
					t.Errorf("element %q is no JSON", e.JSON)
				}
				if e.Number != int64(len(got)) {
					t.Errorf("element %d has number %d", len(got), e.Number)
				}
				got = append(got, string(e.JSON))
				return nil
			})
			var fault *Error
			if err != nil && (!errors.As(err, &fault) || fault.Message == "") {
				t.Fatalf("not an *Error: %v", err)
			}
			if !strict || !pack {
				continue
			}
			var want struct{ Records []json.RawMessage }
			plain := bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
			if err == nil && json.Unmarshal(plain, &want) != nil {
				t.Fatalf("accepted what encoding/json refuses")
			}
			if err == nil && !bytes.Contains(bytes.ToLower(plain), []byte(`"records"`)) && !bytes.Contains(plain, []byte(`\u`)) {
				t.Fatalf("accepted without Records")
			}
		}
	})
}
