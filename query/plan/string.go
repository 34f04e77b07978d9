package plan

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/traillake/traillake/query/types"
)

// String is the text form of an expression. A column prints as name#index.
func String(e Expr) string {
	switch e := e.(type) {
	case nil:
		return ""
	case *Column:
		return e.Name + "#" + strconv.Itoa(e.Index)
	case *Outer:
		return "outer " + e.Name + "#" + strconv.Itoa(e.Index)
	case *Literal:
		return literalString(e)
	case *Call:
		return callString(e)
	case *Lambda:
		return lambdaString(e)
	case *LambdaParam:
		return e.Name
	case *Cast:
		name := "cast"
		if e.Try {
			name = "try_cast"
		}
		return name + "(" + String(e.Expr) + " as " + e.Typ.String() + ")"
	case *Field:
		name := e.Expr.Type().Fields[e.Index].Name
		if name == "" {
			name = "[" + strconv.Itoa(e.Index+1) + "]"
		}
		return String(e.Expr) + "." + name
	case *Special:
		return specialString(e)
	}
	return fmt.Sprintf("%T", e)
}

func callString(e *Call) string {
	name, args := e.Function.Name, e.Args
	switch {
	case name == "negate" && len(args) == 1:
		return "-" + String(args[0])
	case name == "[]" && len(args) == 2:
		return String(args[0]) + "[" + String(args[1]) + "]"
	case name == "like" && len(args) == 3:
		return "(" + String(args[0]) + " like " + String(args[1]) + " escape " + String(args[2]) + ")"
	case len(args) == 2 && isInfix(name):
		return "(" + String(args[0]) + " " + name + " " + String(args[1]) + ")"
	}
	return name + "(" + join(args) + ")"
}

func isInfix(name string) bool {
	switch name {
	case "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||", "is distinct from", "like":
		return true
	}
	return false
}

func lambdaString(e *Lambda) string {
	names := make([]string, len(e.Params))
	for i := range names {
		names[i] = "_"
	}
	WalkExpr(e.Body, func(x Expr) bool {
		if p, ok := x.(*LambdaParam); ok && p.ID == e.ID {
			names[p.Index] = p.Name
		}
		return true
	})
	if len(names) == 1 {
		return names[0] + " -> " + String(e.Body)
	}
	return "(" + strings.Join(names, ", ") + ") -> " + String(e.Body)
}

func specialString(e *Special) string {
	a := e.Args
	switch e.Form {
	case And:
		return infix(a, " and ")
	case Or:
		return infix(a, " or ")
	case Not:
		return "not " + String(a[0])
	case IsNull:
		return "(" + String(a[0]) + " is null)"
	case Case:
		return caseString(a)
	case In:
		return "(" + String(a[0]) + " in (" + join(a[1:]) + "))"
	case Between:
		return "(" + String(a[0]) + " between " + String(a[1]) + " and " + String(a[2]) + ")"
	case MakeArray:
		return "array" + list(a)
	}
	return [...]string{Coalesce: "coalesce", NullIf: "nullif", Try: "try", MakeRow: "row"}[e.Form] + "(" + join(a) + ")"
}

func infix(args []Expr, op string) string {
	out := make([]string, len(args))
	for i, e := range args {
		out[i] = String(e)
	}
	return "(" + strings.Join(out, op) + ")"
}

func caseString(args []Expr) string {
	var b strings.Builder
	b.WriteString("case")
	for i := 0; i+1 < len(args); i += 2 {
		b.WriteString(" when " + String(args[i]) + " then " + String(args[i+1]))
	}
	b.WriteString(" else " + String(args[len(args)-1]) + " end")
	return b.String()
}

func literalString(e *Literal) string {
	switch v := e.Value.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return integerString(v, e.Typ)
	case float64:
		return strconv.FormatFloat(v, 'E', -1, 64)
	case string:
		q := "'" + strings.ReplaceAll(v, "'", "''") + "'"
		if e.Typ.Kind == types.JSON {
			return "json " + q
		}
		return q
	case []byte:
		return bytesString(v, e.Typ)
	case decimal128.Num:
		return v.ToString(int32(e.Typ.Scale))
	}
	return fmt.Sprintf("%v", e.Value)
}

// integerString prints the values that are an int64 underneath.
func integerString(v int64, t types.Type) string {
	switch t.Kind {
	case types.Date:
		return "date '" + time.Unix(v*86400, 0).UTC().Format("2006-01-02") + "'"
	case types.Timestamp:
		return "timestamp '" + time.UnixMicro(v).UTC().Format("2006-01-02 15:04:05"+fraction(t.Precision)) + "'"
	case types.Time:
		return "time '" + time.Unix(0, v).UTC().Format("15:04:05"+fraction(t.Precision)) + "'"
	case types.IntervalDaySecond:
		return "interval '" + daySecond(v) + "'"
	case types.IntervalYearMonth:
		return "interval '" + strconv.FormatInt(v, 10) + "' month"
	}
	return strconv.FormatInt(v, 10)
}

// daySecond prints milliseconds as Trino does: 1 02:03:04.000.
func daySecond(v int64) string {
	sign, u := "", uint64(v)
	if v < 0 {
		sign, u = "-", -u
	}
	seconds := u / 1000
	return fmt.Sprintf("%s%d %02d:%02d:%02d.%03d", sign, seconds/86400, seconds/3600%24, seconds/60%60, seconds%60, u%1000)
}

func fraction(precision int) string {
	if precision == 0 {
		return ""
	}
	return "." + strings.Repeat("0", precision)
}

func bytesString(v []byte, t types.Type) string {
	if len(v) == 16 {
		switch t.Kind {
		case types.UUID:
			h := hex.EncodeToString(v)
			return "uuid '" + strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-") + "'"
		case types.IPAddress:
			return "ipaddress '" + netip.AddrFrom16([16]byte(v)).Unmap().String() + "'"
		}
	}
	return "X'" + strings.ToUpper(hex.EncodeToString(v)) + "'"
}
