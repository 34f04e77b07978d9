package event

import "bytes"

// textColumn is the name of the hidden column with the JSON text of a field
// that has structure; "" for fields that are plain values.
func (f *field) textColumn() string {
	switch f.kind {
	case object, objects, freeform:
		return "$" + f.name
	}
	return ""
}

// FieldText returns the JSON text of a record's top-level field, without the
// white space outside strings: what a reader of the file finds there, so that
// "1" and 1 are told apart, as they are not in a map. A string is returned as
// what it holds. ok is false for a field that is absent or null, and for the
// string "null", which counts as null. payload is a record as stored: valid JSON.
func FieldText(dst, payload []byte, key string) (text []byte, ok bool) {
	from := skipSpace(payload, 0)
	if from >= len(payload) || payload[from] != '{' {
		return dst, false
	}
	var found span
	for w := walk(payload, span{from, len(payload)}); ; {
		raw, value, more := w.member()
		if !more {
			break
		}
		if isKey(raw, key) {
			found, ok = value, true // of duplicates the last counts
		}
	}
	if !ok {
		return dst, false
	}
	switch raw := payload[found.from:found.to]; raw[0] {
	case 'n':
		return dst, false
	case '"':
		start := len(dst)
		dst, _ = unquote(dst, raw)
		return dst, string(bytes.Trim(dst[start:], " \n\r\t")) != "null"
	default:
		return appendCompact(dst, raw), true
	}
}

// isKey compares a key as written, quotes and escapes included.
func isKey(raw []byte, key string) bool {
	body := raw[1 : len(raw)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		return string(body) == key
	}
	plain, _ := unquote(nil, raw)
	return string(plain) == key
}
