package function

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonEncodings are JSON text in varbinary: UTF8 (also JSON), UTF16 or UTF32,
// the last two little-endian.
var jsonEncodings = []entry{
	{sig: "$json_decode(varbinary, varchar) varchar", make: f2(decodeJSON)},
	{sig: "$json_encode(varchar, varchar) varbinary", make: f2(encodeJSON)},
}

// decodeJSON reads text; what is none becomes U+FFFD.
func decodeJSON(b []byte, encoding string) (string, error) {
	switch encoding {
	case "UTF16":
		units := make([]uint16, 0, len(b)/2+1)
		for ; len(b) >= 2; b = b[2:] {
			units = append(units, binary.LittleEndian.Uint16(b))
		}
		if len(b) > 0 {
			units = append(units, utf8.RuneError)
		}
		return string(utf16.Decode(units)), nil
	case "UTF32":
		runes := make([]rune, 0, len(b)/4+1)
		for ; len(b) >= 4; b = b[4:] {
			runes = append(runes, rune(binary.LittleEndian.Uint32(b))) // what is no character prints as U+FFFD
		}
		if len(b) > 0 {
			runes = append(runes, utf8.RuneError)
		}
		return string(runes), nil
	}
	return fromUTF8(b, string(utf8.RuneError)), nil
}

func encodeJSON(s, encoding string) ([]byte, error) {
	var out []byte
	switch encoding {
	case "UTF16":
		for _, unit := range utf16.Encode([]rune(s)) {
			out = binary.LittleEndian.AppendUint16(out, unit)
		}
		return out, nil
	case "UTF32":
		for _, r := range s {
			out = binary.LittleEndian.AppendUint32(out, uint32(r))
		}
		return out, nil
	}
	return []byte(s), nil
}
