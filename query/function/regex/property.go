package regex

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
)

// posixSets are the sets that [[:name:]] and \p{Name} share.
var posixSets = sync.OnceValue(func() map[string]set {
	alpha := tableSet(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	digit := tableSet(unicode.Nd)
	space := tableSet(unicode.White_Space)
	// Unassigned characters, controls and surrogates show nothing.
	graph := without(union(space, without(tableSet(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf, unicode.Co))))
	return map[string]set{
		"alpha":  alpha,
		"digit":  digit,
		"alnum":  union(alpha, digit),
		"upper":  tableSet(unicode.Lu, unicode.Other_Uppercase),
		"lower":  tableSet(unicode.Ll, unicode.Other_Lowercase),
		"punct":  tableSet(unicode.P),
		"space":  space,
		"blank":  union(tableSet(unicode.Zs), setOf('\t')),
		"cntrl":  tableSet(unicode.Cc),
		"xdigit": {{'0', '9'}, {'A', 'F'}, {'a', 'f'}},
		"word":   tableSet(unicode.L, unicode.M, unicode.Nd, unicode.Pc),
		"ascii":  {{0, 0x7F}},
		"graph":  graph,
		"print":  union(graph, tableSet(unicode.Zs)),
	}
})

// longNames are the general categories that have a name of one word.
var longNames = map[string]string{
	"letter": "L", "mark": "M", "number": "N", "punctuation": "P", "symbol": "S", "separator": "Z", "other": "C",
}

// property finds the set of \p{name}: a general category, a script, or one of POSIX's names.
func property(name string) (set, error) {
	lower := strings.ToLower(name)
	if s, ok := posixSets()[lower]; ok {
		return s, nil
	}
	switch lower {
	case "any":
		return everything, nil
	case "c", "other":
		return without(tableSet(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)), nil
	case "cn":
		return without(tableSet(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C)), nil
	case "assigned":
		return tableSet(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C), nil
	case "lc":
		return tableSet(unicode.Lu, unicode.Ll, unicode.Lt), nil
	case "alphabetic":
		return posixSets()["alpha"], nil
	case "uppercase", "javauppercase":
		return posixSets()["upper"], nil
	case "lowercase", "javalowercase":
		return posixSets()["lower"], nil
	case "javadigit":
		return posixSets()["digit"], nil
	case "javaletter":
		return tableSet(unicode.L), nil
	case "javaletterordigit":
		return tableSet(unicode.L, unicode.Nd), nil
	}
	if long, ok := longNames[lower]; ok {
		lower = strings.ToLower(long)
	}
	for tableName, t := range unicode.Categories {
		if len(tableName) <= 2 && strings.ToLower(tableName) == lower {
			return tableSet(t), nil
		}
	}
	for tableName, t := range unicode.Scripts {
		if strings.ToLower(tableName) == lower {
			return tableSet(t), nil
		}
	}
	if strings.HasPrefix(lower, "in") {
		return nil, fmt.Errorf(`\p{%s}: blocks of characters are not supported`, name)
	}
	return nil, fmt.Errorf("invalid character property name <%s>", name)
}
