package function

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/cespare/xxhash/v2"

	"github.com/traillake/traillake/query/types"
)

var binaryFunctions = []entry{
	{sig: "length(varbinary) bigint", make: pure1(func(b []byte) int64 { return int64(len(b)) })},
	{sig: "||(varbinary, varbinary) varbinary", make: pure2(func(a, b []byte) []byte { return slices.Concat(a, b) })},
	{sig: "concat(varbinary...) varbinary", make: concatBytes, result: twoOrMore("concatenation ", types.VarbinaryType)},
	{sig: "substr(varbinary, bigint) varbinary", make: pure2(func(b []byte, from int64) []byte { return subBytes(b, from, math.MaxInt64) })},
	{sig: "substr(varbinary, bigint, bigint) varbinary", make: f3(func(b []byte, from, n int64) ([]byte, error) { return subBytes(b, from, n), nil })},
	{sig: "reverse(varbinary) varbinary", make: pure1(func(b []byte) []byte { r := bytes.Clone(b); slices.Reverse(r); return r })},
	{sig: "lpad(varbinary, bigint, varbinary) varbinary", make: f3(func(b []byte, n int64, with []byte) ([]byte, error) { return padBytes(b, n, with, true) })},
	{sig: "rpad(varbinary, bigint, varbinary) varbinary", make: f3(func(b []byte, n int64, with []byte) ([]byte, error) { return padBytes(b, n, with, false) })},
	{sig: "to_utf8(varchar(x)) varbinary", make: pure1(func(s string) []byte { return []byte(s) })},
	{sig: "from_utf8(varbinary) varchar", make: pure1(func(b []byte) string { return fromUTF8(b, "\uFFFD") })},
	{sig: "from_utf8(varbinary, varchar(x)) varchar", make: f2(fromUTF8With)},
	{sig: "from_utf8(varbinary, bigint) varchar", make: f2(fromUTF8WithRune)},
	{sig: "to_hex(varbinary) varchar", make: pure1(func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) })},
	{sig: "from_hex(varchar(x)) varbinary", make: f1(fromHex)},
	{sig: "from_hex(varbinary) varbinary", make: f1(func(b []byte) ([]byte, error) { return fromHex(string(b)) })},
	{sig: "to_base64(varbinary) varchar", make: pure1(base64.StdEncoding.EncodeToString)},
	{sig: "from_base64(varchar(x)) varbinary", make: f1(decodeBase64(base64.StdEncoding))},
	{sig: "from_base64(varbinary) varbinary", make: decodeBytes(decodeBase64(base64.StdEncoding))},
	{sig: "to_base64url(varbinary) varchar", make: pure1(base64.URLEncoding.EncodeToString)},
	{sig: "from_base64url(varchar(x)) varbinary", make: f1(decodeBase64(base64.URLEncoding))},
	{sig: "from_base64url(varbinary) varbinary", make: decodeBytes(decodeBase64(base64.URLEncoding))},
	{sig: "to_base32(varbinary) varchar", make: pure1(base32.StdEncoding.EncodeToString)},
	{sig: "from_base32(varchar(x)) varbinary", make: f1(decodeBase32)},
	{sig: "from_base32(varbinary) varbinary", make: decodeBytes(decodeBase32)},
	{sig: "md5(varbinary) varbinary", make: pure1(func(b []byte) []byte { s := md5.Sum(b); return s[:] })},
	{sig: "sha1(varbinary) varbinary", make: pure1(func(b []byte) []byte { s := sha1.Sum(b); return s[:] })},
	{sig: "sha256(varbinary) varbinary", make: pure1(func(b []byte) []byte { s := sha256.Sum256(b); return s[:] })},
	{sig: "sha512(varbinary) varbinary", make: pure1(func(b []byte) []byte { s := sha512.Sum512(b); return s[:] })},
	{sig: "hmac_md5(varbinary, varbinary) varbinary", make: keyed(md5.New)},
	{sig: "hmac_sha1(varbinary, varbinary) varbinary", make: keyed(sha1.New)},
	{sig: "hmac_sha256(varbinary, varbinary) varbinary", make: keyed(sha256.New)},
	{sig: "hmac_sha512(varbinary, varbinary) varbinary", make: keyed(sha512.New)},
	{sig: "crc32(varbinary) bigint", make: pure1(func(b []byte) int64 { return int64(crc32.ChecksumIEEE(b)) })},
	{sig: "murmur3(varbinary) varbinary", make: pure1(murmur3Hash)},
	{sig: "spooky_hash_v2_32(varbinary) varbinary", make: pure1(func(b []byte) []byte { return binary.BigEndian.AppendUint32(nil, uint32(spookyHash(b))) })},
	{sig: "spooky_hash_v2_64(varbinary) varbinary", make: pure1(func(b []byte) []byte { return binary.BigEndian.AppendUint64(nil, spookyHash(b)) })},
	{sig: "xxhash64(varbinary) varbinary", make: pure1(func(b []byte) []byte { return binary.BigEndian.AppendUint64(nil, xxhash.Sum64(b)) })},
	{sig: "to_big_endian_32(integer) varbinary", make: pure1(func(v int32) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) })},
	{sig: "to_big_endian_64(bigint) varbinary", make: pure1(func(v int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(v)) })},
	{sig: "from_big_endian_32(varbinary) integer", make: fixedBytes(4, "expected 4-byte input, but got instead: %d", func(b []byte) int32 { return int32(binary.BigEndian.Uint32(b)) })},
	{sig: "from_big_endian_64(varbinary) bigint", make: fixedBytes(8, "expected 8-byte input, but got instead: %d", func(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) })},
	{sig: "to_ieee754_32(real) varbinary", make: pure1(func(v float32) []byte { return binary.BigEndian.AppendUint32(nil, floatBits(v)) })},
	{sig: "to_ieee754_64(double) varbinary", make: pure1(func(v float64) []byte { return binary.BigEndian.AppendUint64(nil, doubleBits(v)) })},
	{sig: "from_ieee754_32(varbinary) real", make: fixedBytes(4, "Input floating-point value must be exactly 4 bytes long", func(b []byte) float32 { return math.Float32frombits(binary.BigEndian.Uint32(b)) })},
	{sig: "from_ieee754_64(varbinary) double", make: fixedBytes(8, "Input floating-point value must be exactly 8 bytes long", func(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) })},
}

func subBytes(b []byte, from, n int64) []byte {
	size := int64(len(b))
	if from < 0 {
		from += size + 1
	}
	if from < 1 || from > size || n <= 0 {
		return []byte{}
	}
	return b[from-1 : from-1+min(n, size-from+1)]
}

func padBytes(b []byte, n int64, with []byte, left bool) ([]byte, error) {
	if err := checkPad(n); err != nil {
		return nil, err
	}
	if len(with) == 0 {
		return nil, invalidArgument("Padding bytes must not be empty")
	}
	missing := int(n) - len(b)
	if missing <= 0 {
		return b[:n], nil
	}
	padding := bytes.Repeat(with, missing/len(with)+1)[:missing]
	if left {
		return slices.Concat(padding, b), nil
	}
	return slices.Concat(b, padding), nil
}

func decodeBytes(f func(string) ([]byte, error)) maker {
	return f1(func(b []byte) ([]byte, error) { return f(string(b)) })
}

func keyed(h func() hash.Hash) maker {
	return f2(func(data, key []byte) ([]byte, error) {
		if len(key) == 0 {
			return nil, invalidArgument("Empty key")
		}
		m := hmac.New(h, key)
		m.Write(data)
		return m.Sum(nil), nil
	})
}

// fixedBytes adapts a function of n bytes; the words for another number may show it.
func fixedBytes[R any](n int, words string, f func([]byte) R) maker {
	return f1(func(b []byte) (R, error) {
		if len(b) != n {
			return *new(R), invalidArgument("%s", strings.ReplaceAll(words, "%d", strconv.Itoa(len(b))))
		}
		return f(b), nil
	})
}

func concatBytes(c *call) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		cols := make([]column[[]byte], len(args))
		for i, a := range args {
			cols[i] = columnOf[[]byte](a)
		}
		var buf []byte
		return each(ctx, c, rows, func(i int) ([]byte, error) {
			buf = buf[:0]
			for _, col := range cols {
				if col.null(i) {
					return nil, errNull
				}
				buf = append(buf, col.at(i)...)
			}
			return buf, nil
		})
	}
}

// floatBits are the bits of a number; there is one NaN, Java's.
func floatBits(v float32) uint32 {
	if v != v {
		return 0x7fc00000
	}
	return math.Float32bits(v)
}

// doubleBits is floatBits of a double.
func doubleBits(v float64) uint64 {
	if v != v {
		return 0x7ff8000000000000
	}
	return math.Float64bits(v)
}
