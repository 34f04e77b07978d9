package event

import (
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Builder collects records into an Arrow record of the family's schema. Not safe
// for concurrent use.
type Builder struct {
	family  *Family
	mem     memory.Allocator // of finished records
	record  *array.RecordBuilder
	columns []column // of the family's fields
	payload *array.StringBuilder
	ingest  *array.TimestampBuilder
	source  *array.StructBuilder
	object  *array.StringBuilder
	number  *array.Int64Builder
	issues  *array.ListBuilder
	issue   *array.StringBuilder
	raw     *array.BinaryBuilder
	commit  *array.Int64Builder
	decoder *Decoder
	values  appender
	rows    int
	bytes   int64
	perRow  int64
	texts   int // bytes of the payload in the last record
}

// keptTexts bounds the room for the payload that is made at once.
const keptTexts = 16 << 20

// NewBuilder returns an empty builder. Its records lie in mem; the builder's own
// buffers do not.
func NewBuilder(mem memory.Allocator, f *Family) *Builder {
	b := &Builder{family: f, mem: mem, record: array.NewRecordBuilder(new(pool), f.Schema)}
	fields := b.record.Fields()
	for i := range f.fields {
		if f.fields[i].name == f.PayloadColumn {
			b.payload = fields[i].(*array.StringBuilder)
			b.columns = append(b.columns, column{})
			continue
		}
		b.columns = append(b.columns, newColumn(&f.fields[i], "", fields[i]))
	}
	own := fields[len(f.fields):]
	b.ingest = own[0].(*array.TimestampBuilder)
	b.source = own[1].(*array.StructBuilder)
	b.object = b.source.FieldBuilder(0).(*array.StringBuilder)
	b.number = b.source.FieldBuilder(1).(*array.Int64Builder)
	b.issues = own[2].(*array.ListBuilder)
	b.issue = b.issues.ValueBuilder().(*array.StringBuilder)
	b.raw = own[3].(*array.BinaryBuilder)
	b.commit = own[4].(*array.Int64Builder)
	b.perRow = fixedBytes(f.Schema.Fields())
	return b
}

// fixedBytes is what a row takes in these columns before any text: offsets,
// fixed values and, as one byte per column, validity.
func fixedBytes(fields []arrow.Field) int64 {
	var n int64
	for _, f := range fields {
		switch t := f.Type.(type) {
		case *arrow.StructType:
			n += 1 + fixedBytes(t.Fields())
		case *arrow.TimestampType, *arrow.Int64Type, *arrow.Float64Type:
			n += 9
		case *arrow.BooleanType:
			n += 2
		default:
			n += 5
		}
	}
	return n
}

// Append adds one record as a row, or nothing when it returns an error: the text
// is not one JSON object, or nests too deeply. Everything else becomes a row.
func (b *Builder) Append(record []byte, src Source, ingest time.Time) (Row, error) {
	if b.decoder == nil {
		b.decoder = NewDecoder(b.family)
	}
	row, err := b.decoder.Decode(record)
	if err != nil {
		return Row{}, err
	}
	row.Issues = b.AppendDecoded(b.decoder, src, ingest)
	return row, nil
}

// AppendDecoded adds the record d holds and returns the number of its issues.
func (b *Builder) AppendDecoded(d *Decoder, src Source, ingest time.Time) (issues int) {
	a := &b.values
	a.text, a.index, a.issues, a.bytes = d.text, d.index, append(a.issues[:0], d.issues...), 0
	if b.rows == 0 {
		b.payload.ReserveData(min(b.texts, keptTexts)) // units are of one size: it need not grow step by step
	}
	for i := range b.columns {
		if b.columns[i].field == nil {
			b.payload.BinaryBuilder.Append(d.text)
			continue
		}
		a.value(&b.columns[i], d.slots[i])
	}
	b.ingest.Append(arrow.Timestamp(ingest.UnixMilli() * 1000))
	b.source.Append(true)
	b.object.Append(src.Object)
	b.number.Append(src.Record)
	b.issues.Append(true)
	a.limitIssues()
	for _, s := range a.issues {
		b.issue.Append(s)
		a.bytes += int64(len(s)) + 5
	}
	if d.raw == nil {
		b.raw.AppendNull()
	} else {
		b.raw.Append(d.raw)
	}
	b.commit.AppendNull()
	b.rows++
	b.bytes += b.perRow + a.bytes + int64(len(d.text)+len(d.raw)+len(src.Object))
	return len(a.issues)
}

// Len returns the number of rows since the last NewRecord.
func (b *Builder) Len() int { return b.rows }

// Bytes returns about how much memory the rows take.
func (b *Builder) Bytes() int64 { return b.bytes }

// NewRecord returns the rows and empties the builder. The caller releases it.
func (b *Builder) NewRecord() arrow.Record {
	b.rows, b.bytes, b.texts = 0, 0, b.payload.DataLen()
	rec := b.record.NewRecord()
	defer rec.Release()
	return copyRecord(b.mem, rec)
}

// Release frees what the builder holds. It must not be used afterwards.
func (b *Builder) Release() { b.record.Release() }
