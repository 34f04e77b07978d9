package segment

import (
	"cmp"
	"slices"
)

// Limits of dictionaries. A chunk is written with its dictionary for all of its
// values or for none.
const (
	maxDictBytes  = 1 << 20
	maxDictValues = 1 << 16
	dictTrial     = 8192 // values after which a dictionary must have begun to pay
)

// textDictionary returns the distinct values in the order of their first use
// and the code of each value. ok is false when a dictionary would not pay.
func textDictionary(values []string) (dict []string, codes []int32, ok bool) {
	return buildDictionary(values, func(v string) int { return len(v) }, 4, 3)
}

// intDictionary is the same of integers. These are no longer than two codes or four,
// so that they must repeat more often.
func intDictionary(values []int64) (dict []int64, codes []int32, ok bool) {
	return buildDictionary(values, func(int64) int { return 8 }, 4, 1)
}

// buildDictionary gives up when the values have more distinct ones than a share,
// given as a fraction.
func buildDictionary[T comparable](values []T, size func(T) int, of, most int) (dict []T, codes []int32, ok bool) {
	if len(values) == 0 {
		return nil, nil, false
	}
	codes = make([]int32, len(values))
	seen := make(map[T]int32, 64)
	bytes := 0
	for i, v := range values {
		// Rows are ordered so that like lies beside like.
		if i > 0 && v == values[i-1] {
			codes[i] = codes[i-1]
			continue
		}
		code, known := seen[v]
		if !known {
			code = int32(len(dict))
			seen[v] = code
			dict = append(dict, v)
			if bytes += size(v); bytes > maxDictBytes || len(dict) > maxDictValues {
				return nil, nil, false
			}
			if i >= dictTrial && len(dict) > i*most/of {
				return nil, nil, false
			}
		}
		codes[i] = code
	}
	if len(dict) > 16 && len(dict) > len(values)*most/of {
		return nil, nil, false
	}
	return dict, codes, true
}

// Of a dictionary that has many of the values once, the compressor makes less than of
// the values themselves where these stand in rows that are alike: it takes a row's
// common values for one.
const (
	sureDictionary = 8 // values for each of a dictionary that needs no trial
	sampleRuns     = 4
	sampleRun      = 1024 // values
	plainMustSave  = 16   // the share of the dictionary's way: reading codes is faster
)

// codesPay tries whether the values of a sample take less room as codes, with their
// share of the dictionary page, which is written.
func (e *chunkEncoder) codesPay() bool {
	dict, codes := e.dict, e.codes
	page := len(e.out.body) // as it is compressed
	var coded, plain []byte
	sampled := 0
	for run := range sampleRuns {
		from, end := run*len(codes)/sampleRuns, (run+1)*len(codes)/sampleRuns
		for i := from; i < min(from+sampleRun, end); i++ {
			if coded = append(coded, byte(codes[i])); len(dict) > 1<<8 {
				coded = append(coded, byte(codes[i]>>8))
			}
			plain = appendBytesValue(plain, e.vals.strs[i])
			sampled++
		}
	}
	size := func(b []byte) int {
		e.levels = e.zstd.EncodeAll(b, e.levels[:0])
		return len(e.levels)
	}
	n := size(coded) + page*sampled/len(codes)
	return size(plain) > n-n/plainMustSave
}

// groupByKey reorders the dictionary of a map's values, so that those of a key lie
// together, and keys come first whose values have few bytes: a reader of one key
// decompresses no more of the page than it needs. A value of several keys counts for
// the first of them. keys has the key of each of the values that codes are of.
func groupByKey(dict []string, codes []int32, keys []string) ([]string, []int32) {
	ids := map[string]int32{}
	of := make([]int32, len(codes)) // keys as numbers
	var sizes []int
	owner := make([]int32, len(dict)) // by code: 1 + the key it counts for
	for i, key := range keys {
		id, known := ids[key]
		if !known {
			id = int32(len(sizes))
			ids[key], sizes = id, append(sizes, 0)
		}
		of[i] = id
		if code := codes[i]; owner[code] == 0 {
			owner[code] = id + 1
			sizes[id] += len(dict[code])
		}
	}
	rank := make([]int32, len(sizes))
	for i, id := range sortedBy(len(sizes), func(a, b int32) int { return cmp.Compare(sizes[a], sizes[b]) }) {
		rank[id] = int32(i)
	}
	for i, code := range codes {
		if rank[of[i]] < rank[owner[code]-1] {
			owner[code] = of[i] + 1
		}
	}
	order := sortedBy(len(dict), func(a, b int32) int { return cmp.Compare(rank[owner[a]-1], rank[owner[b]-1]) })
	sorted, place := make([]string, len(dict)), make([]int32, len(dict))
	for i, code := range order {
		sorted[i], place[code] = dict[code], int32(i)
	}
	for i, code := range codes {
		codes[i] = place[code]
	}
	return sorted, codes
}

// sortedBy returns the numbers below n in an order, equal ones as they are.
func sortedBy(n int, order func(a, b int32) int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	slices.SortStableFunc(out, order)
	return out
}
