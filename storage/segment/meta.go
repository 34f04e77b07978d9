package segment

import "math"

// NoDay is the Day of a segment whose rows have no usable time.
const NoDay int32 = math.MinInt32

// Meta is what the commit log says of a segment.
type Meta struct {
	// ID is unique in the store; Key is the object key of the Parquet file.
	ID  string `json:"id"`
	Key string `json:"key"`
	// Day is the UTC day of all its rows, in days since 1970, or NoDay.
	Day    int32  `json:"day"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`  // of the Parquet file
	SHA256 string `json:"sha256"` // of the Parquet file, hex
	// MerkleRoot is the RFC 6962 root over the payloads in row order, hex.
	MerkleRoot string `json:"merkle_root"`
	// MinTime and MaxTime bound the time column in microseconds; NullTimes rows
	// have none. With NullTimes == Rows the bounds mean nothing.
	MinTime       int64 `json:"min_time"`
	MaxTime       int64 `json:"max_time"`
	NullTimes     int64 `json:"null_times"`
	SchemaVersion int   `json:"schema_version"`
	// Columns has the statistics of every leaf over the whole segment, by path.
	Columns map[string]ColumnStats `json:"columns,omitempty"`
	// FingerprintKey is the object key of the fingerprint file, empty for none.
	FingerprintKey    string `json:"fingerprint_key,omitempty"`
	FingerprintSHA256 string `json:"fingerprint_sha256,omitempty"`
	// PayloadBytes is the raw size of the payload column.
	PayloadBytes int64 `json:"payload_bytes"`
	// Sealed is when the segment was completed, in microseconds. Its rows were
	// taken in before that.
	Sealed int64 `json:"sealed"`
	// Sources are the ids of the segments that this one is made of, whose rows came
	// with the versions from MinCommit to MaxCommit. Empty: its own version added its rows.
	Sources   []string `json:"sources,omitempty"`
	MinCommit int64    `json:"min_commit,omitempty"`
	MaxCommit int64    `json:"max_commit,omitempty"`
}
