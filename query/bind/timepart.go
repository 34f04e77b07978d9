package bind

import (
	"slices"

	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// Parts of a time are what synonyms of partition columns read: year, month, day,
// hour, and the date in two ways of writing.

const partName = "$event_part"

func timePart(column plan.Expr, part string) plan.Expr {
	switch part {
	case "":
		return column
	case "map":
		out, err := resolve("$json_map", []plan.Expr{column})
		if err != nil {
			return nil
		}
		return out
	}
	out, err := resolve(partName, []plan.Expr{column, &plan.Literal{Value: part, Typ: types.VarcharType}})
	if err != nil {
		return nil // the column is no time
	}
	if part == "calendarday" {
		return cast(out, types.BigIntType)
	}
	return out
}

// partSides lets what is compared with a part of a time be written in other
// ways than the part is: 2024 and '2024', '1' and '01', '2024-01-31' and
// '2024/01/31'. A date as such compares with the day as a date.
func partSides(args []plan.Expr) []plan.Expr {
	call, ok := partOf(args)
	if !ok {
		return args
	}
	part, _ := call.Args[1].(*plan.Literal)
	if part == nil {
		return args
	}
	at := slices.Index(args, plan.Expr(call))
	out := slices.Clone(args)
	readers := []string{"$as_part"}
	if like, ok := days[part.Value.(string)]; ok {
		if slices.ContainsFunc(args, func(e plan.Expr) bool { return isTime(e.Type()) }) {
			out[at] = cast(call.Args[0], types.DateType)
			return out
		}
		readers = append(readers, "$as_day")
		out[at] = dayLike(call, like, args)
	}
	for i, a := range args {
		if i == at || !a.Type().IsString() && !a.Type().IsInteger() {
			continue
		}
		out[i] = cast(a, types.VarcharType)
		for _, reader := range readers {
			if read, err := resolve(reader, []plan.Expr{out[i]}); err == nil {
				out[i] = read
			}
		}
	}
	return out
}

// days are the parts that are the day of the month in some tables and a date in
// others, with what writes them as another text does.
var days = map[string]string{"day": "$event_day", "date": "$event_date"}

// dayLike writes the day as the first text does that it is compared with.
func dayLike(call *plan.Call, like string, args []plan.Expr) plan.Expr {
	for _, a := range args {
		if a == plan.Expr(call) || !a.Type().IsString() && !a.Type().IsInteger() {
			continue
		}
		if day, err := resolve(like, []plan.Expr{call.Args[0], cast(a, types.VarcharType)}); err == nil {
			return day
		}
	}
	return call
}

func partOf(args []plan.Expr) (*plan.Call, bool) {
	for _, a := range args {
		if c, ok := a.(*plan.Call); ok && c.Function.Name == partName {
			return c, true
		}
	}
	return nil, false
}
