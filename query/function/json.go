package function

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// jsonFunctions read JSON text; JSON values and varchar do alike.
var jsonFunctions = twice([]entry{
	{sig: "is_json_scalar(json) boolean", make: f1(isJSONScalar)},
	{sig: "json_array_length(json) bigint", make: f1(jsonArrayLength)},
	{sig: "json_array_contains(json, boolean) boolean", make: f2(jsonArrayContainsBoolean)},
	{sig: "json_array_contains(json, bigint) boolean", make: f2(jsonArrayContainsInteger)},
	{sig: "json_array_contains(json, double) boolean", make: f2(jsonArrayContainsDouble)},
	{sig: "json_array_get(json, bigint) json", make: f2(jsonArrayGet)},
	{sig: "json_extract(json, jsonpath) json", make: withPath(jsonValueAt)},
	{sig: "json_size(json, jsonpath) bigint", make: withPath(jsonSizeAt)},
}, []entry{
	{sig: "json_array_contains(json, varchar(x)) boolean", make: f2(jsonArrayContainsString)},
	{sig: "json_array_contains(varchar(x), varchar(y)) boolean", make: f2(jsonArrayContainsString)},
	{sig: "json_extract_scalar(json, jsonpath) varchar", make: withPath(jsonScalarAt)},
	{sig: "json_extract_scalar(varchar(x), jsonpath) varchar(x)", make: withPath(jsonScalarAt)},
	{sig: "json_parse(varchar(x)) json", make: f1(jsonParse)},
	{sig: "json_format(json) varchar", make: pure1(func(s string) string { return s })},
})

// twice declares each function of JSON again for varchar.
func twice(both, once []entry) []entry {
	for _, e := range both {
		v := e
		v.sig = strings.Replace(e.sig, "(json", "(varchar(x)", 1)
		once = append(once, v, e)
	}
	return once
}

func jsonParse(s string) (string, error) {
	j := &jsonReader{s: s}
	out, ok := j.canonical(nil, true, 0)
	if !ok || !j.end() {
		return "", invalidArgument("Cannot convert value to JSON: '%s'", s)
	}
	return string(out), nil
}

func isJSONScalar(s string) (bool, error) {
	j := &jsonReader{s: s}
	c := j.peek()
	if !j.skip(0) || !j.end() {
		return false, invalidArgument("Invalid JSON value: %s", s)
	}
	return c != '{' && c != '[', nil
}

func jsonArrayLength(s string) (int64, error) {
	j, n := &jsonReader{s: s}, int64(0)
	if !j.elements(func(int) bool { n++; return j.skip(0) }) {
		return 0, errNull
	}
	return n, nil
}

// jsonArrayHas looks for an element; it stops at the first, whatever follows.
func jsonArrayHas(s string, is func(text string) bool) (bool, error) {
	j, found := &jsonReader{s: s}, false
	ok := j.elements(func(int) bool {
		text, ok := j.text()
		found = ok && is(text)
		return ok && !found
	})
	if !ok && !found {
		return false, errNull
	}
	return found, nil
}

func jsonArrayContainsBoolean(s string, v bool) (bool, error) {
	return jsonArrayHas(s, func(text string) bool { return text == strconv.FormatBool(v) })
}

func jsonArrayContainsInteger(s string, v int64) (bool, error) {
	return jsonArrayHas(s, func(text string) bool {
		n, err := strconv.ParseInt(text, 10, 64)
		return err == nil && n == v
	})
}

func jsonArrayContainsDouble(s string, v float64) (bool, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return false, nil
	}
	return jsonArrayHas(s, func(text string) bool {
		if text[0] == '"' || !strings.ContainsAny(text, ".eE") {
			return false
		}
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && n == v
	})
}

func jsonArrayContainsString(s, v string) (bool, error) {
	return jsonArrayHas(s, func(text string) bool {
		if text[0] != '"' {
			return false
		}
		word, ok := (&jsonReader{s: text}).str()
		return ok && word == v
	})
}

// jsonArrayGet has Trino's documented fault: a string comes out without quotes.
func jsonArrayGet(s string, index int64) (string, error) {
	if index < 0 {
		n, err := jsonArrayLength(s)
		if err != nil || -index > n {
			return "", errNull
		}
		index += n
	}
	j, found := &jsonReader{s: s}, ""
	done := false
	j.elements(func(i int) bool {
		if int64(i) != index {
			return j.skip(0)
		}
		if j.peek() == '"' {
			found, done = j.str()
		} else {
			if c := j.peek(); c == '{' || c == '[' {
				var out []byte
				out, done = j.canonical(nil, false, 0)
				found = string(out)
			} else {
				found, done = j.text()
			}
			done = done && found != "null"
		}
		return false
	})
	if !done {
		return "", errNull
	}
	return found, nil
}

// withPath compiles the path, the second argument, once while it stays the same.
func withPath[R any](f func(j *jsonReader, path []jsonStep) (R, error)) maker {
	return func(c *call) Kernel {
		var cache compiled[[]jsonStep]
		return f2(func(s, path string) (R, error) {
			steps, err := cache.get(path, parseJSONPath)
			if err != nil {
				return *new(R), err
			}
			return f(&jsonReader{s: s}, steps)
		})(c)
	}
}

// jsonStep is one step of a path: a member name, which is also an index when it is a number.
type jsonStep struct {
	name  string
	index int // -1 when the name is no number
}

// parseJSONPath reads Trino's paths: $, .name, [0] and ["name"], nothing else.
func parseJSONPath(path string) ([]jsonStep, error) {
	bad := invalidArgument("Invalid JSON path: '%s'", path)
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil, bad
	}
	var steps []jsonStep
	for rest != "" {
		var name string
		ok := false
		switch rest[0] {
		case '.':
			name, rest = pathWord(rest[1:], true)
			ok = name != ""
		case '[':
			if strings.HasPrefix(rest, `["`) {
				name, rest, ok = quotedPathWord(rest[2:])
			} else {
				name, rest = pathWord(rest[1:], false)
				ok = name != ""
			}
			ok = ok && strings.HasPrefix(rest, "]")
			rest = strings.TrimPrefix(rest, "]")
		}
		if !ok {
			return nil, bad
		}
		step := jsonStep{name, -1}
		if n, err := strconv.ParseInt(name, 10, 32); err == nil {
			step.index = int(n)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func pathWord(s string, colon bool) (word, rest string) {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !(colon && r == ':') {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func quotedPathWord(s string) (word, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			i++
			if i >= len(s) || s[i] != '"' && s[i] != '\\' {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// seek moves to the value that the path names.
func (j *jsonReader) seek(path []jsonStep) bool {
	if len(path) == 0 {
		return true
	}
	found := false
	switch step := path[0]; j.peek() {
	case '{':
		j.members(func(key string) bool {
			if key == step.name {
				found = j.seek(path[1:])
				return false
			}
			return j.skip(0)
		})
	case '[':
		j.elements(func(i int) bool {
			if i == step.index {
				found = j.seek(path[1:])
				return false
			}
			return j.skip(0)
		})
	}
	return found
}

func jsonValueAt(j *jsonReader, path []jsonStep) (string, error) {
	if !j.seek(path) {
		return "", errNull
	}
	out, ok := j.canonical(nil, false, 0)
	if !ok {
		return "", errNull
	}
	return string(out), nil
}

func jsonScalarAt(j *jsonReader, path []jsonStep) (string, error) {
	if !j.seek(path) {
		return "", errNull
	}
	switch j.peek() {
	case '"':
		if s, ok := j.str(); ok {
			return s, nil
		}
	case '{', '[', 'n':
	default:
		if s, ok := j.text(); ok {
			return s, nil
		}
	}
	return "", errNull
}

func jsonSizeAt(j *jsonReader, path []jsonStep) (int64, error) {
	if !j.seek(path) {
		return 0, errNull
	}
	n, ok := int64(0), true
	switch j.peek() {
	case '{':
		ok = j.members(func(string) bool { n++; return j.skip(0) })
	case '[':
		ok = j.elements(func(int) bool { n++; return j.skip(0) })
	default:
		ok = j.skip(0)
	}
	if !ok {
		return 0, errNull
	}
	return n, nil
}
