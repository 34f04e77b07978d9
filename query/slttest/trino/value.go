package trino

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Type is a type of Trino.
type Type struct{ sig signature }

// signature is a type as the protocol describes it.
type signature struct {
	RawType   string     `json:"rawType"`
	Arguments []argument `json:"arguments"`
}

// argument is a parameter of a signature: a number, a type, or a field of a row.
type argument struct {
	Kind  string          `json:"kind"`
	Value json.RawMessage `json:"value"`
}

// field is a field of a row.
type field struct {
	FieldName *struct {
		Name string `json:"name"`
	} `json:"fieldName"`
	TypeSignature signature `json:"typeSignature"`
}

// Letter is the type's letter in SQL logic tests.
func (t Type) Letter() byte {
	switch t.sig.RawType {
	case "unknown":
		return 'U'
	case "boolean":
		return 'B'
	case "tinyint", "smallint", "integer", "bigint":
		return 'I'
	case "real", "double", "decimal":
		return 'R'
	case "varchar", "char", "json":
		return 'T'
	case "array", "map", "row":
		return 'N'
	}
	for _, temporal := range []string{"date", "time", "timestamp", "interval"} {
		if strings.HasPrefix(t.sig.RawType, temporal) {
			return 'D'
		}
	}
	return 'X'
}

// Text is a value in the style of Trino's Java clients: "{a=1, b=null}" for rows
// and maps, "[x, y]" for arrays, pairs of hex digits for varbinary. NULL inside a
// value is null; a value that is NULL itself is not ok.
func (t Type) Text(raw json.RawMessage) (text string, ok bool, err error) {
	if string(raw) == "null" {
		return "", false, nil
	}
	var b strings.Builder
	err = appendText(&b, t.sig, raw)
	return b.String(), err == nil, err
}

func appendText(b *strings.Builder, t signature, raw json.RawMessage) error {
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		b.WriteString("null")
		return nil
	}
	switch t.RawType {
	case "array":
		return appendArray(b, t, raw)
	case "map":
		return appendMap(b, t, raw)
	case "row":
		return appendRow(b, t, raw)
	case "varbinary":
		var bin []byte
		if err := json.Unmarshal(raw, &bin); err != nil {
			return fmt.Errorf("varbinary %s: %w", raw, err)
		}
		for i, c := range bin {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(hex.EncodeToString([]byte{c}))
		}
		return nil
	}
	if len(raw) == 0 || raw[0] != '"' {
		b.Write(raw) // numbers and booleans, as Java printed them
		return nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("%s %s: %w", t.RawType, raw, err)
	}
	b.WriteString(s)
	return nil
}

func appendArray(b *strings.Builder, t signature, raw json.RawMessage) error {
	var elems []json.RawMessage
	var elem signature
	if err := decode(raw, &elems, t, 0, &elem); err != nil {
		return err
	}
	b.WriteByte('[')
	for i, e := range elems {
		if i > 0 {
			b.WriteString(", ")
		}
		if err := appendText(b, elem, e); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// appendMap puts the entries in the order of their text: SQL gives them none.
func appendMap(b *strings.Builder, t signature, raw json.RawMessage) error {
	var key, value signature
	if err := decode(nil, nil, t, 0, &key); err != nil {
		return err
	}
	if err := decode(nil, nil, t, 1, &value); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("map %s: %w", raw, err)
	}
	var entries []string
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			return fmt.Errorf("map %s: %w", raw, err)
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return fmt.Errorf("map %s: %w", raw, err)
		}
		var entry strings.Builder
		entry.WriteString(keyText(key, fmt.Sprint(k)) + "=")
		if err := appendText(&entry, value, v); err != nil {
			return err
		}
		entries = append(entries, entry.String())
	}
	slices.Sort(entries)
	b.WriteString("{" + strings.Join(entries, ", ") + "}")
	return nil
}

// keyText is the text of a map's key, which the protocol writes as a string
// whatever its type.
func keyText(t signature, key string) string {
	if t.RawType == "varbinary" {
		if raw, err := base64.StdEncoding.DecodeString(key); err == nil {
			return fmt.Sprintf("% x", raw)
		}
	}
	return key
}

func appendRow(b *strings.Builder, t signature, raw json.RawMessage) error {
	var values []json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return fmt.Errorf("row %s: %w", raw, err)
	}
	b.WriteByte('{')
	for i, v := range values {
		var f field
		if i >= len(t.Arguments) {
			return fmt.Errorf("row %s has more values than fields", raw)
		}
		if err := json.Unmarshal(t.Arguments[i].Value, &f); err != nil {
			return fmt.Errorf("field %d of row: %w", i, err)
		}
		if i > 0 {
			b.WriteString(", ")
		}
		name := fmt.Sprintf("field%d", i)
		if f.FieldName != nil {
			name = f.FieldName.Name
		}
		b.WriteString(name + "=")
		if err := appendText(b, f.TypeSignature, v); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// decode reads a value, when asked to, and type argument i of its type.
func decode(raw json.RawMessage, value any, t signature, i int, arg *signature) error {
	if value != nil {
		if err := json.Unmarshal(raw, value); err != nil {
			return fmt.Errorf("%s %s: %w", t.RawType, raw, err)
		}
	}
	if i >= len(t.Arguments) {
		return fmt.Errorf("type %s has no argument %d", t.RawType, i)
	}
	if err := json.Unmarshal(t.Arguments[i].Value, arg); err != nil {
		return fmt.Errorf("type %s, argument %d: %w", t.RawType, i, err)
	}
	return nil
}
