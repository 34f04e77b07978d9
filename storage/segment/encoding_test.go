package segment

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/format"
)

// TestEncodings: each kind of column is stored in the way that takes least room, and
// the second reader reads it.
func TestEncodings(t *testing.T) {
	const n = 30000
	r := rand.New(rand.NewPCG(5, 6))
	random := func(digits int) string {
		var b strings.Builder
		for range digits {
			b.WriteByte("0123456789abcdef"[r.IntN(16)])
		}
		return b.String()
	}
	text := func(value func(i int) string) func(b array.Builder, i int) {
		return func(b array.Builder, i int) { b.(*array.StringBuilder).Append(value(i)) }
	}
	tags := arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)
	entries := func(values func(i int) []string) func(b array.Builder, i int) {
		return func(b array.Builder, i int) {
			m := b.(*array.MapBuilder)
			m.Append(true)
			for k, v := range values(i) {
				m.KeyBuilder().(*array.StringBuilder).Append(fmt.Sprint(k))
				m.ItemBuilder().(*array.StringBuilder).Append(v)
			}
		}
	}
	for _, c := range []struct {
		name  string
		typ   arrow.DataType
		value func(b array.Builder, i int)
		want  format.Encoding
		most  float64 // bytes a row
	}{
		{"ids", arrow.BinaryTypes.String, text(func(int) string { return random(32) }), format.DeltaLengthByteArray, 16.3},
		{"names", arrow.BinaryTypes.String, text(func(i int) string { return fmt.Sprintf("name %d", r.IntN(1500)) }), format.RLEDictionary, 2},
		{"numbered", arrow.BinaryTypes.String, text(func(i int) string { return fmt.Sprintf("row %d", i) }), format.Plain, 5},
		{"one value", arrow.BinaryTypes.String, text(func(int) string { return "same" }), format.RLEDictionary, 0.01},
		{"hours", timestampUS, func(b array.Builder, i int) {
			b.(*array.TimestampBuilder).Append(arrow.Timestamp(r.IntN(200) * 3600_000_000))
		}, format.RLEDictionary, 1.2},
		{"times", timestampUS, func(b array.Builder, i int) { b.(*array.TimestampBuilder).Append(arrow.Timestamp(r.Int64N(1 << 50))) }, format.DeltaBinaryPacked, 6.6},
		{"levels", arrow.PrimitiveTypes.Int32, func(b array.Builder, i int) { b.(*array.Int32Builder).Append(int32(i % 5)) }, format.RLEDictionary, 1},
		// Five values of which four are the same in every row: the compressor takes them for one.
		{"alike", tags, entries(func(int) []string {
			return []string{"AuthHeader", "TLS_AES_128_GCM_SHA256", "SigV4", "us-east-1", random(24 + r.IntN(9))}
		}), format.Plain, 18},
		{"differing", tags, entries(func(int) []string {
			return []string{fmt.Sprintf("bucket-of-team-%d", r.IntN(6000)), fmt.Sprintf("key-of-product-%d", r.IntN(6000))}
		}), format.RLEDictionary, 6},
		{"nothing", arrow.BinaryTypes.String, func(b array.Builder, i int) { b.AppendNull() }, format.Plain, 0.01},
	} {
		t.Run(c.name, func(t *testing.T) {
			schema := arrow.NewSchema([]arrow.Field{field("c", c.typ)}, nil)
			b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
			defer b.Release()
			for i := range n {
				c.value(b.Field(0), i)
			}
			rec := b.NewRecord()
			defer rec.Release()
			src, sum := write(t, Layout{Schema: schema}, rec)
			reader := open(t, src)
			leaf := reader.tree.leaves[len(reader.tree.leaves)-1]
			m := &reader.meta.RowGroups[0].Columns[leaf.index].MetaData
			if !slices.Contains(m.Encoding, c.want) {
				t.Errorf("stored as %v, want %v", m.Encoding, c.want)
			}
			if per := float64(m.TotalCompressedSize) / n; per > c.most {
				t.Errorf("%.2f bytes a row, want at most %.2f", per, c.most)
			}
			if pages := len(m.EncodingStats); c.name == "nothing" && (pages != 1 || m.EncodingStats[0].Count != 1) {
				t.Errorf("pages are %v, want one", m.EncodingStats)
			}
			if got := readAll(t, reader, 0, topColumns(schema)...)[0]; !slices.Equal(got, values(rec.Column(0))) {
				t.Error("values read are not those that were written")
			}
			back, err := OpenBack(src)
			if err != nil {
				t.Fatal(err)
			}
			if err := back.VerifyAllColumns(context.Background(), sum.Columns, func(path string, err error) { t.Errorf("%s: %v", path, err) }); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestReadLengths reads what parquet-go encodes, and refuses every wrong byte that
// makes the lengths and the texts differ.
func TestReadLengths(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{0, 1, 2, 32, 33, 128, 129, 130, 1000} {
		for _, most := range []int{1, 2, 300, 100000} {
			lengths, texts := make([]int32, n), 0
			for i := range lengths {
				lengths[i] = int32(r.IntN(most))
				texts += int(lengths[i])
			}
			var enc delta.BinaryPackedEncoding
			data, err := enc.EncodeInt32(nil, lengths)
			if err != nil {
				t.Fatal(err)
			}
			head := len(data)
			data = append(data, make([]byte, texts)...)
			got, rest, err := readLengths(nil, data, n)
			if err != nil || !slices.Equal(got, lengths) || len(rest) != texts {
				t.Fatalf("%d lengths below %d: %v, %d bytes left, want %d", n, most, err, len(rest), texts)
			}
			for _, wrong := range [][]byte{data[:len(data)-1], append(slices.Clone(data), 0), data[:head/2]} {
				if _, _, err := readLengths(nil, wrong, n); err == nil {
					t.Errorf("%d lengths below %d: %d bytes in place of %d are no error", n, most, len(wrong), len(data))
				}
			}
			if _, _, err := readLengths(nil, data, n+1); err == nil {
				t.Errorf("%d lengths are no error where %d are wanted", n, n+1)
			}
			for range 200 {
				wrong := slices.Clone(data[:min(len(data), head+8)])
				wrong[r.IntN(len(wrong))] ^= 1 << r.IntN(8)
				got, rest, err := readLengths(nil, wrong, n)
				sum := 0
				for _, l := range got {
					if l < 0 {
						t.Fatalf("length %d", l)
					}
					sum += int(l)
				}
				if err == nil && (len(got) != n || sum != len(rest)) {
					t.Fatalf("%d lengths of %d bytes, want %d of %d", len(got), sum, n, len(rest))
				}
			}
		}
	}
	// Written by hand after the format's description: blocks of 128 in 4 parts, 3 lengths,
	// 7, then differences 1 and -3: the least is -3, the others are 4 and 0 in 3 bits.
	hand := []byte{0x80, 0x01, 4, 3, 14, 5, 3, 0, 0, 0, 0b000_100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	hand = append(hand, "aaaaaaabbbbbbbbccccc"...)
	got, texts, err := readLengths(nil, hand, 3)
	if err != nil || !slices.Equal(got, []int32{7, 8, 5}) || string(texts) != "aaaaaaabbbbbbbbccccc" {
		t.Errorf("by hand: %v, %q, %v", got, texts, err)
	}
	for _, wrong := range [][]byte{
		{0, 4, 0, 0}, {0x80, 1, 0, 0, 0}, {0x80, 1, 3, 0, 0}, {4, 1, 0, 0}, // blocks
		binary.AppendUvarint(nil, 1<<62),
		{0x80, 1, 4, 1, 1},                  // length -1
		{0x80, 1, 4, 2, 2, 0, 33, 0, 0, 0},  // 33 bits
		{0x80, 1, 4, 2, 2, 0x7, 0, 0, 0, 0}, // 1, then -3
		slices.Repeat([]byte{0xff}, 40),     // no number
	} {
		if _, _, err := readLengths(nil, wrong, 2); err == nil {
			t.Errorf("% x is no error", wrong)
		}
	}
}

// TestNewerFormat: a segment of a version that is not known is refused.
func TestNewerFormat(t *testing.T) {
	rec := newFiller(1).record(memory.DefaultAllocator, everyType, 3)
	defer rec.Release()
	src, _ := write(t, everyLayout, rec)
	at := strings.Index(string(src), keyFormat) + len(keyFormat)
	at += strings.Index(string(src[at:]), fmt.Sprint(Version))
	for _, v := range "039x" {
		src[at] = byte(v)
		if _, err := Open(src); !errors.Is(err, ErrCorrupt) {
			t.Errorf("version %c: %v, want an error", v, err)
		}
	}
	src[at] = '1'
	if _, err := Open(src); err != nil {
		t.Errorf("version 1: %v", err)
	}
}

// TestUnpackInts reads what parquet-go encodes, and refuses what is cut off or says
// another count or width.
func TestUnpackInts(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{0, 1, 2, 32, 33, 128, 129, 130, 1000} {
		for _, most := range []int64{1, 2, 300, 1 << 40, math.MaxInt64} {
			want := make([]int64, n)
			for i := range want {
				want[i] = r.Int64N(most) - most/2
			}
			var enc delta.BinaryPackedEncoding
			data, err := enc.EncodeInt64(nil, want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := unpackInts(nil, data, n)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%d integers below %d: %v, %v, want %v", n, most, got, err, want)
			}
			for cut := range data {
				if _, err := unpackInts(nil, data[:cut], n); err == nil {
					t.Fatalf("%d integers below %d: read from %d bytes of %d", n, most, cut, len(data))
				}
			}
			for _, wrong := range []int{n - 1, n + 1} {
				if _, err := unpackInts(nil, data, wrong); err == nil {
					t.Fatalf("%d integers below %d: read as %d", n, most, wrong)
				}
			}
		}
	}
	// A block of 128 in 4 parts, of 2 integers, the first 7, then the least difference 1 and widths.
	head := []byte{0x80, 1, 4, 2, 14, 2}
	body := make([]byte, 32/8*65)
	if got, err := unpackInts(nil, slices.Concat(head, []byte{64, 0, 0, 0}, body), 2); err != nil || !slices.Equal(got, []int64{7, 8}) {
		t.Errorf("in 64 bits: %v, %v", got, err)
	}
	for name, wrong := range map[string][]byte{
		"65 bits":     slices.Concat(head, []byte{65, 0, 0, 0}, body),
		"no parts":    {0x80, 1, 0, 2, 14, 2, 0, 0, 0, 0},
		"no block":    {0, 4, 2, 14, 2, 0, 0, 0, 0},
		"odd parts":   {0x80, 1, 3, 2, 14, 2, 0, 0, 0},
		"vast blocks": {0x80, 0x80, 0x80, 0x80, 8, 4, 2, 14, 2, 0, 0, 0, 0},
	} {
		if _, err := unpackInts(nil, wrong, 2); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
