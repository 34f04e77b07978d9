package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// machine names the processor.
func machine() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOOS + "/" + runtime.GOARCH
	}
	defer func() { _ = f.Close() }() // only read
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "model name"); ok {
			return strings.TrimLeft(name, "\t :")
		}
	}
	return runtime.GOOS + "/" + runtime.GOARCH
}

// measureLimits prints how fast all cores together read memory, and decode the zstd
// pages of a column of the lake: what bounds a scan from below.
func measureLimits(d *dataset) error {
	fmt.Printf("# reads of memory: %.1f GB/s\n", readSpeed())
	for _, column := range []string{"eventjson", "requestparameters", "useridentity.arn"} {
		pages, raw, err := zstdPages(d, column)
		if err != nil {
			return err
		}
		packed := int64(0)
		for _, p := range pages {
			packed += int64(len(p))
		}
		took, err := decodeAll(pages)
		if err != nil {
			return err
		}
		fmt.Printf("# zstd of %s: %.0f MB from %.0f MB in %s ms, %.2f GB/s\n", column, mb(raw), mb(packed), milliseconds(took), float64(raw)/took.Seconds()/1e9)
	}
	return nil
}

func readSpeed() float64 {
	const words = 32 << 20 // 256 MB for each core
	var wg sync.WaitGroup
	n := runtime.NumCPU()
	blocks := make([][]uint64, n)
	for i := range blocks {
		blocks[i] = make([]uint64, words)
		for j := range blocks[i] {
			blocks[i][j] = uint64(j)
		}
	}
	sums := make([]uint64, n)
	best := time.Duration(0)
	for range 5 {
		began := time.Now()
		for i, block := range blocks {
			wg.Go(func() {
				var a, b, c, e uint64
				for j := 0; j < len(block); j += 4 {
					a, b, c, e = a+block[j], b+block[j+1], c+block[j+2], e+block[j+3]
				}
				sums[i] += a + b + c + e
			})
		}
		wg.Wait()
		if took := time.Since(began); best == 0 || took < best {
			best = took
		}
	}
	return float64(n) * words * 8 / best.Seconds() / 1e9
}

// zstdPages are the compressed pages of a column and what they decode to.
func zstdPages(d *dataset, column string) (pages [][]byte, raw int64, err error) {
	files, err := d.files()
	if err != nil {
		return nil, 0, err
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, 0, err
		}
		more, bytes, err := pagesOf(f, column)
		_ = f.Close() // only read
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
		pages, raw = append(pages, more...), raw+bytes
	}
	return pages, raw, nil
}

func decodeAll(pages [][]byte) (time.Duration, error) {
	n := runtime.NumCPU()
	best := time.Duration(0)
	for range 3 {
		var wg sync.WaitGroup
		errs := make([]error, n)
		began := time.Now()
		for i := range n {
			wg.Go(func() {
				z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
				if err != nil {
					errs[i] = err
					return
				}
				defer z.Close()
				var out []byte
				for j := i; j < len(pages); j += n {
					if out, err = z.DecodeAll(pages[j], out[:0]); err != nil {
						errs[i] = err
						return
					}
				}
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				return 0, err
			}
		}
		if took := time.Since(began); best == 0 || took < best {
			best = took
		}
	}
	return best, nil
}

// pagesOf cuts the pages of a column out of a file, as they are stored.
func pagesOf(f *os.File, column string) (pages [][]byte, raw int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, 0, err
	}
	var protocol thrift.CompactProtocol
	for _, g := range file.Metadata().RowGroups {
		for _, c := range g.Columns {
			if path := strings.Join(c.MetaData.PathInSchema, "."); path != column && !strings.HasPrefix(path, column+".") {
				continue
			}
			from := c.MetaData.DataPageOffset
			if at := c.MetaData.DictionaryPageOffset; at != 0 {
				from = min(from, at)
			}
			chunk := make([]byte, c.MetaData.TotalCompressedSize)
			if _, err := f.ReadAt(chunk, from); err != nil {
				return nil, 0, err
			}
			for len(chunk) > 0 {
				r := protocol.NewReaderFromBytes(chunk)
				var header format.PageHeader
				if err := thrift.NewDecoder(r).Decode(&header); err != nil {
					return nil, 0, err
				}
				chunk = chunk[r.BytesRead():]
				pages = append(pages, chunk[:header.CompressedPageSize])
				raw += int64(header.UncompressedPageSize)
				chunk = chunk[header.CompressedPageSize:]
			}
		}
	}
	return pages, raw, nil
}
