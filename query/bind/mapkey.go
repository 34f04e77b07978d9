package bind

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// A key of a free-form map may be written as a field: requestparameters.bucketName.
// What it holds is text; where that is a JSON object, keys below it are written in
// the same way, and where a map is needed it is read as one:
// element_at(eventData.configuration, 'instanceType').

const readKey = "$key"

// mapKey reads a key of a free-form map, or of what a key holds, that is written
// as a field. It is nil for other values.
func (x *exprBinder) mapKey(base plan.Expr, key string) plan.Expr {
	if !x.lenient || base == nil {
		return nil
	}
	if below := keyMap(base); below != nil {
		base = below
	}
	if !base.Type().Equal(freeForm) {
		return nil
	}
	out, err := resolve(readKey, []plan.Expr{base, &plan.Literal{Value: key, Typ: types.VarcharType}})
	if err != nil {
		return nil
	}
	return out
}

// keyMap is what a key written as a field holds, as a map; nil for other values.
func keyMap(e plan.Expr) plan.Expr {
	c, ok := e.(*plan.Call)
	if !ok || c.Function.Name != readKey {
		return nil
	}
	out, err := resolve("$json_map", []plan.Expr{e})
	if err != nil {
		return nil
	}
	return out
}

// keyMaps reads all of a list's keys as maps; false when there is none.
func keyMaps(list []plan.Expr) ([]plan.Expr, bool) {
	out, changed := slices.Clone(list), false
	for i, e := range list {
		if m := keyMap(e); m != nil {
			out[i], changed = m, true
		}
	}
	return out, changed
}
