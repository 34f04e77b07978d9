package trailgen

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

//go:embed catalog.txt
var catalogText string

// operation is a line of the catalog.
type operation struct {
	source, name                  string
	readOnly, data, global, often bool // often: called by services
	request, response, resources  template
}

// catalog is the operations with their running weights.
type catalog struct {
	operations []operation
	upTo       []uint32
}

var operations = parseCatalog(catalogText)

func parseCatalog(text string) *catalog {
	c := &catalog{}
	sum := uint32(0)
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 7 {
			panic(fmt.Sprintf("trailgen: catalog line %d has %d fields", i+1, len(f)))
		}
		weight, err := strconv.ParseUint(f[0], 10, 32)
		if err != nil {
			panic(fmt.Sprintf("trailgen: catalog line %d: %v", i+1, err))
		}
		sum += uint32(weight)
		c.upTo = append(c.upTo, sum)
		c.operations = append(c.operations, operation{
			source:   f[2] + ".amazonaws.com",
			name:     f[3],
			readOnly: strings.Contains(f[1], "r"),
			data:     strings.Contains(f[1], "d"),
			global:   strings.Contains(f[1], "g"),
			often:    strings.Contains(f[1], "s"),
			request:  parseTemplate(f[4]), response: parseTemplate(f[5]), resources: parseTemplate(f[6]),
		})
	}
	return c
}

// pick returns the operation at a point of the weights.
func (c *catalog) pick(at uint32) *operation {
	at %= c.upTo[len(c.upTo)-1]
	return &c.operations[sort.Search(len(c.upTo), func(i int) bool { return c.upTo[i] > at })]
}
