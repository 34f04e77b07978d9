// Package event holds the event schemas: which columns a family of events has,
// which key of a record fills each, and how a record's JSON text becomes a row.
// It is the only home of CloudTrail's field names.
//
// A column takes the exact key of the record and nothing else; no value is
// derived. What a column cannot take (another spelling of the key, a value of
// another type, a time that is none) leaves NULL there and a line in "$issues";
// the value is still in eventjson. So a count over a column equals the count of
// anyone who reads the raw keys.
//
// # Issues
//
// An entry of "$issues" is "<path>: <what>", where path names the record's keys
// with dots. The texts, with V standing for the value's JSON text (cut at 64
// bytes), are stable:
//
//	eventTime: not a time: V
//	readOnly: not a boolean: V
//	insightContext.baselineDuration: not an integer of 32 bits: V
//	insightContext.baselineAverage: number out of range: V
//	eventName: number where a string belongs: V
//	userIdentity: string where an object belongs: V
//	resources: string where an array belongs: V
//	requestParameters: string that holds no object: V
//	recipientAccountID: unknown key, recipientAccountId is the known spelling
//	eventName: duplicate key, the last value counts
//	errorMessage: unpaired surrogate replaced by U+FFFD
//	eventjson: 3 bytes of invalid UTF-8 replaced by U+FFFD
//
// # Identity
//
// Two records are the same event when they have the same non-empty eventID and
// the same canonical text: no white space, keys sorted by their bytes, of
// duplicate keys the last, strings by value (quoted with as few escapes as JSON
// allows), numbers by their source token, so that 1.0 and 1.00 differ. The
// identity is the SHA-256 of that text. Of an event of an integration the text is
// that without "metadata", which tells when it was taken in: so an event that is
// sent again is the same one.
//
// A record without an id is never the same as another one. Read from an object it
// has an identity by its place, so that it does not come in twice when the object
// is read again: the SHA-256 of the object's key, its number there and its text.
package event

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
)

// NoDay is the day of a row that has no usable time.
const NoDay int32 = math.MinInt32

// MaxDepth is how deeply a record may nest.
const MaxDepth = 512

// Names of the columns every family stores per row beside its own. "$raw" is
// physical only: SQL does not show it.
const (
	IngestTimeColumn = "$ingest_time"
	SourceColumn     = "$source"
	IssuesColumn     = "$issues"
	RawColumn        = "$raw"
	// CommitColumn is stored in segments that were made of others: there it has the
	// commit that added the row. Elsewhere it is NULL, and the segment's own commit counts.
	CommitColumn = "$commit"
)

// Names of the columns that are computed when they are read.
const (
	ChecksumColumn = "eventjsonchecksum"
	SegmentColumn  = "$segment"
	// DataColumn is the JSON text of eventData, where configuration items and
	// events of integrations keep what they tell.
	DataColumn = "$eventdata"
	// MetadataColumn is the JSON text of metadata, which tells of an event of an
	// integration by what channel it came and when.
	MetadataColumn = "$metadata"
)

// Column is a column as SQL sees it.
type Column struct {
	Name    string
	Type    arrow.DataType
	Hidden  bool // left out of SELECT *
	Virtual bool // not stored: computed when read
	// Text, of a column with structure, is the hidden column that has the JSON
	// text of the same field of the record; "" for other columns.
	Text string
	// Key, of such a text column, is the field's key in the record; see FieldText.
	Key string
}

// Family is a schema of events. All fields are read-only. Every family has the same
// TimeColumn, PayloadColumn and IDColumn.
type Family struct {
	Name string
	// Schema has the stored columns in SELECT * order, then the "$" columns.
	Schema *arrow.Schema
	// Columns has the columns of SQL in order, the virtual ones in their places.
	Columns []Column
	// TimeColumn, PayloadColumn and IDColumn name the columns with the event's
	// time, its source text and its id.
	TimeColumn, PayloadColumn, IDColumn string
	// SortColumns orders rows inside a row group; BloomColumns get bloom filters,
	// TextColumns text filters. All are paths with dots.
	SortColumns, BloomColumns, TextColumns []string
	// FieldIDs has the permanent Parquet field id of every column, field, list
	// element (path + ".element"), map key and map value (".key", ".value").
	FieldIDs map[string]int
	// SchemaVersion grows when columns are added.
	SchemaVersion int

	fields          []field
	top             *level
	idSlot, timSlot int
	selection       selection
	decoders        sync.Pool // of Identity
	// apart is the key of the record whose value is no part of the identity; "" is none.
	apart string
}

// Families are all there are. A family's Name is kept with every store.
var Families = []*Family{CloudTrail, ActivityAuditLog, Insight, ConfigurationItem, Evidence}

// FamilyNamed returns the family with that Name. Stores of the first versions have
// none: theirs is CloudTrail.
func FamilyNamed(name string) (*Family, bool) {
	if name == "" {
		return CloudTrail, true
	}
	for _, f := range Families {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// Source tells where a record was read.
type Source struct {
	Object string // key of the object
	Record int64  // number of the record in it, from 0
}

// Identity is the identity by its place of a record that has no id: text is what
// eventjson has of it. It does not tell the bucket, which the key is in.
func (s Source) Identity(text string) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%q %d %s", s.Object, s.Record, text))
}

// Row is what the pipeline needs to know of a record.
type Row struct {
	Time        int64 // microseconds since 1970, cut to milliseconds; 0 without a time
	HasTime     bool
	Day         int32    // days since 1970, or NoDay
	ID          string   // the event's id; empty when it has none
	Identity    [32]byte // see the package comment
	HasIdentity bool     // false when there is no id: see Source.Identity
	Issues      int      // entries in "$issues"
}

// Fingerprint shortens an identity for lookups. It is never 0, which stands for
// "no identity".
func Fingerprint(sum [32]byte) uint64 {
	if f := binary.LittleEndian.Uint64(sum[:8]); f != 0 {
		return f
	}
	return 1
}
