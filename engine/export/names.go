package export

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// uniqueNames returns the column names with a number after those that occurred before.
func uniqueNames(schema *arrow.Schema) []string {
	seen := map[string]bool{}
	out := make([]string, schema.NumFields())
	for i, f := range schema.Fields() {
		name := f.Name
		for n := 2; seen[name]; n++ {
			name = fmt.Sprintf("%s_%d", f.Name, n)
		}
		seen[name] = true
		out[i] = name
	}
	return out
}
