package event

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

var seed = flag.Uint64("seed", 1, "of random tests")

// TestCanonicalText gives the text behind an identity, as anyone can compute it.
func TestCanonicalText(t *testing.T) {
	tests := []struct{ name, record, want string }{
		{"keys sorted, white space removed", ` { "b" : 1 , "eventID":"x", "a" : [ 1 , { } ] }`, `{"a":[1,{}],"b":1,"eventID":"x"}`},
		{"by bytes", `{"b":1,"B":2,"aa":3,"a":4,"eventID":"x","é":5}`, `{"B":2,"a":4,"aa":3,"b":1,"eventID":"x","é":5}`},
		{"long keys alike", `{"eventIDz":1,"eventIDa":2,"eventID":"x"}`, `{"eventID":"x","eventIDa":2,"eventIDz":1}`},
		{"last duplicate", `{"eventID":"y","a":{"k":1,"k":[]},"eventID":"x"}`, `{"a":{"k":[]},"eventID":"x"}`},
		{"duplicate by value of the key", `{"eventID":"x","a":1,"\u0061":2}`, `{"a":2,"eventID":"x"}`},
		{"numbers by token", `{"eventID":"x","a":1.0,"b":1.00,"c":1e2,"d":-0,"e":12345678901234567890123}`,
			`{"a":1.0,"b":1.00,"c":1e2,"d":-0,"e":12345678901234567890123,"eventID":"x"}`},
		{"strings by value", `{"eventID":"x","a":"\u0041\/\"\\\n\u00e9\ud83d\ude00"}`, `{"a":"A/\"\\\né😀","eventID":"x"}`},
		{"unpaired surrogates differ", `{"eventID":"x","a":"1\uD800","b":"\udc00\n","c":"\ud83d\ude00\ud800"}`,
			`{"a":"1\ud800","b":"\udc00\n","c":"😀\ud800","eventID":"x"}`},
		{"surrogates in keys differ", `{"eventID":"x","\ud801":1,"\ud800":2}`, `{"\ud800":2,"\ud801":1,"eventID":"x"}`},
		{"literals", `{"eventID":"x","a":null,"b":true,"c":false}`, `{"a":null,"b":true,"c":false,"eventID":"x"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id, sum, ok, err := CloudTrail.Identity([]byte(tt.record))
			if err != nil || !ok || id != "x" {
				t.Fatalf("Identity = %q %v %v", id, ok, err)
			}
			if want := sha256.Sum256([]byte(tt.want)); sum != want {
				var c canon
				c.sum(indexed{b: []byte(tt.record)}, "")
				t.Errorf("canonical text = %s\nwant %s", c.out, tt.want)
			}
		})
	}
}

func TestIdentityNeedsID(t *testing.T) {
	for _, record := range []string{`{}`, `{"eventID":""}`, `{"eventID":null}`, `{"eventID":1}`, `{"eventid":"x"}`, `{"eventID":"x","eventID":""}`} {
		if _, _, ok, err := CloudTrail.Identity([]byte(record)); ok || err != nil {
			t.Errorf("Identity(%s) = %v, %v", record, ok, err)
		}
	}
	if _, _, _, err := CloudTrail.Identity([]byte(`[]`)); err == nil {
		t.Error("Identity([]) gives no error")
	}
}

func TestFingerprintIsNeverZero(t *testing.T) {
	if Fingerprint([32]byte{}) == 0 {
		t.Error("0 stands for none")
	}
	sum, _ := hex.DecodeString("0102030405060708" + strings.Repeat("00", 24))
	if got := Fingerprint([32]byte(sum)); got != 0x0807060504030201 {
		t.Errorf("Fingerprint = %x", got)
	}
}

// TestIdentityAgainstEncodingJSON writes random documents in two ways, with other
// orders, white space and escapes, and takes the canonical text from encoding/json.
func TestIdentityAgainstEncodingJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 0))
	for i := range 2000 {
		doc := map[string]any{"eventID": "id"}
		for len(doc) < 1+r.IntN(60) {
			doc[randomString(r)] = randomValue(r, 0)
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(doc); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(bytes.TrimSpace(want.Bytes()))
		for range 2 {
			text := scramble(r, doc)
			_, got, ok, err := CloudTrail.Identity(text)
			if err != nil || !ok || got != sum {
				t.Fatalf("seed %d, document %d: identity of %s differs from that of %s (%v)", *seed, i, text, want.Bytes(), err)
			}
		}
	}
}

// TestIdentityOfShapes: objects of the same few keys, in other orders, with keys that
// are alike at their beginning and with duplicates, one after the other through one
// decoder, have the identities that each has by itself.
func TestIdentityOfShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 1))
	d := NewDecoder(CloudTrail)
	keys := []string{"a", "b", "vpcEndpointId", "vpcEndpointAccountId", "eventTime", "eventType", "", "\u0000", "aa", "z"}
	for i := range 20000 {
		var b strings.Builder
		b.WriteString(`{"eventID":"id"`)
		chosen := r.Perm(len(keys))[:r.IntN(4)]
		if r.IntN(4) == 0 {
			chosen = append(chosen, chosen...)
		}
		values := map[string]int{}
		for n, k := range chosen {
			key := strings.ReplaceAll(keys[k], "\u0000", `\u0000`)
			fmt.Fprintf(&b, `,"%s":%d`, key, n)
			values[keys[k]] = n
		}
		b.WriteString("}")
		var want strings.Builder
		names := append(slices.Collect(maps.Keys(values)), "eventID")
		slices.Sort(names)
		for n, name := range names {
			value := `"id"`
			if name != "eventID" {
				value = fmt.Sprint(values[name])
			}
			fmt.Fprintf(&want, `%s"%s":%s`, []string{"{", ","}[min(n, 1)], strings.ReplaceAll(name, "\u0000", `\u0000`), value)
		}
		want.WriteString("}")
		row, err := d.Decode([]byte(b.String()))
		if err != nil || row.Identity != sha256.Sum256([]byte(want.String())) {
			t.Fatalf("seed %d, document %d: %s has not the identity of %s (%v)", *seed, i, b.String(), want.String(), err)
		}
	}
}

func randomString(r *rand.Rand) string {
	letters := []rune("abAB01 .:/$|\"\\\n\té😀eventTime")
	out := make([]rune, r.IntN(12))
	for i := range out {
		out[i] = letters[r.IntN(len(letters))]
	}
	return string(out)
}

func randomValue(r *rand.Rand, level int) any {
	switch n := r.IntN(8); {
	case n == 0 && level < 4:
		m := map[string]any{}
		for range r.IntN(5) {
			m[randomString(r)] = randomValue(r, level+1)
		}
		return m
	case n == 1 && level < 4:
		var a []any
		for range r.IntN(5) {
			a = append(a, randomValue(r, level+1))
		}
		return append([]any{}, a...)
	case n == 2:
		return json.Number([]string{"0", "-0", "1.0", "1.00", "1e5", "1E+5", "9007199254740993", "791.0"}[r.IntN(8)])
	case n == 3:
		return []any{nil, true, false}[r.IntN(3)]
	}
	return randomString(r)
}

// scramble writes a document with random order, white space, escapes and
// duplicates that do not count.
func scramble(r *rand.Rand, v any) []byte {
	var out []byte
	space := func() { out = append(out, strings.Repeat(" \n\t\r"[r.IntN(4):][:1], r.IntN(3))...) }
	var write func(v any)
	writeString := func(s string) {
		out = append(out, '"')
		for _, c := range s {
			switch {
			case c > 0xffff:
				out = append(out, `\ud83d\ude00`...)
			case c == '"' || c == '\\' || c < ' ' || r.IntN(4) == 0:
				out = append(out, `\u00`...)
				out = append(out, hex.EncodeToString([]byte{byte(c)})...)
			default:
				out = append(out, string(c)...)
			}
		}
		out = append(out, '"')
	}
	write = func(v any) {
		space()
		switch v := v.(type) {
		case map[string]any:
			keys := make([]string, 0, len(v))
			for k := range v {
				keys = append(keys, k)
			}
			r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			out = append(out, '{')
			for i, k := range keys {
				if i > 0 {
					out = append(out, ',')
				}
				if r.IntN(10) == 0 {
					writeString(k)
					out = append(out, `:"not this one",`...)
				}
				space()
				writeString(k)
				space()
				out = append(out, ':')
				write(v[k])
			}
			out = append(out, '}')
		case []any:
			out = append(out, '[')
			for i, e := range v {
				if i > 0 {
					out = append(out, ',')
				}
				write(e)
			}
			out = append(out, ']')
		case string:
			writeString(v)
		default:
			b, _ := json.Marshal(v)
			out = append(out, b...)
		}
		space()
	}
	write(v)
	return out
}

// TestIdentityApart: an event of an integration is the same whenever it was taken
// in and by whatever channel, another one when anything else of it differs.
func TestIdentityApart(t *testing.T) {
	sum := func(f *Family, record string) [32]byte {
		t.Helper()
		id, sum, ok, err := f.Identity([]byte(record))
		if err != nil || !ok || id != "e" {
			t.Fatalf("Identity(%s) = %q %v %v", record, id, ok, err)
		}
		return sum
	}
	first := `{"eventID":"e","metadata":{"ingestionTime":"1"},"eventData":{"metadata":1}}`
	later := `{"eventID":"e","metadat\u0061":{"ingestionTime":"2"},"eventData":{"metadata":1}}`
	other := `{"eventID":"e","metadata":{"ingestionTime":"1"},"eventData":{"metadata":2}}`
	if sum(ActivityAuditLog, first) != sum(ActivityAuditLog, later) {
		t.Error("taken in again, it is another event")
	}
	if sum(ActivityAuditLog, first) == sum(ActivityAuditLog, other) {
		t.Error("metadata of the sender's does not count")
	}
	if sum(ActivityAuditLog, first) != sha256.Sum256([]byte(`{"eventData":{"metadata":1},"eventID":"e"}`)) {
		t.Error("the identity is not that of the text without metadata")
	}
	if sum(CloudTrail, first) == sum(CloudTrail, later) {
		t.Error("metadata of a CloudTrail event does not count")
	}
}
