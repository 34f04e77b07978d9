package segment

// Limits of dictionaries. A chunk is written with its dictionary for all of its
// values or for none.
const (
	maxDictBytes  = 1 << 20
	maxDictValues = 1 << 16
	dictTrial     = 8192 // values after which a dictionary must have begun to pay
)

// buildDictionary returns the distinct values in the order of their first use
// and the code of each value. ok is false when a dictionary would not pay.
func buildDictionary(values []string) (dict []string, codes []int32, ok bool) {
	if len(values) == 0 {
		return nil, nil, false
	}
	codes = make([]int32, len(values))
	seen := make(map[string]int32, 64)
	size := 0
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
			if size += len(v); size > maxDictBytes || len(dict) > maxDictValues {
				return nil, nil, false
			}
			if i >= dictTrial && len(dict) > i*3/4 {
				return nil, nil, false
			}
		}
		codes[i] = code
	}
	if len(dict) > 16 && len(dict) > len(values)*3/4 {
		return nil, nil, false
	}
	return dict, codes, true
}
