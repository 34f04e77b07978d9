package segment

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// The encoders of all writers. Each holds tables of some MiB per processor, which are
// costly to make, and no output of its own. In pages of 2 MiB the fastest level stores
// the payload in no more room than the default one, for half of its time; the better
// level stores 5 % less of a segment and takes a fifth of an import's time.
var (
	fastZstd   = sync.OnceValue(func() *zstd.Encoder { return newZstd(zstd.SpeedFastest) })
	columnZstd = sync.OnceValue(func() *zstd.Encoder { return newZstd(zstd.SpeedDefault) })
)

// compressor returns the encoder of a leaf's pages. It is safe for concurrent use.
func compressor(o chunkOptions) *zstd.Encoder {
	if o.fast || o.pageBytes == payloadPageBytes {
		return fastZstd()
	}
	return columnZstd()
}

// newZstd makes an encoder of pages. A window beyond the page only takes memory.
func newZstd(level zstd.EncoderLevel) *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithEncoderCRC(false),
		zstd.WithEncoderLevel(level), zstd.WithWindowSize(payloadPageBytes), zstd.WithAllLitEntropyCompression(true))
	if err != nil {
		panic(fmt.Sprintf("segment: zstd encoder: %v", err)) // only for options that cannot be
	}
	return e
}
