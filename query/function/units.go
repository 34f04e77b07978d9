package function

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/decimal128"
)

// unitFunctions print and read numbers with units.
var unitFunctions = []entry{
	{sig: "format_number(bigint) varchar", make: pure1(formatNumber)},
	{sig: "format_number(double) varchar", make: pure1(func(v float64) string { return formatNumber(clampInt64(v)) })},
	{sig: "parse_data_size(varchar(x)) decimal(38,0)", make: f1(parseDataSize)},
	{sig: "parse_presto_data_size(varchar(x)) decimal(38,0)", make: f1(parseDataSize)},
}

// formatNumber shows three digits and the power of a thousand.
func formatNumber(n int64) string {
	v, unit := float64(n), 0
	for math.Abs(v) >= 1000 && unit < len(thousands)-1 {
		v /= 1000
		unit++
	}
	decimals := 0
	switch a := math.Abs(v); {
	case a < 10:
		decimals = 2
	case a < 100:
		decimals = 1
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + thousands[unit]
}

var thousands = []string{"", "K", "M", "B", "T", "Q"}

// clampInt64 truncates as Java's cast of a double does: NaN is 0, what is too large the largest.
func clampInt64(v float64) int64 {
	switch {
	case v != v:
		return 0
	case v >= math.MaxInt64:
		return math.MaxInt64
	case v <= math.MinInt64:
		return math.MinInt64
	}
	return int64(v)
}

// dataUnits are the powers of 1024 by name.
var dataUnits = []string{"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}

// parseDataSize reads "2.3MB" as a number of bytes, rounded down.
func parseDataSize(s string) (decimal128.Num, error) {
	digits := strings.TrimLeft(s, "0123456789.")
	number, unit := s[:len(s)-len(digits)], digits
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		return decimal128.Num{}, invalidArgument("Invalid data size: '%s'", s)
	}
	for i, name := range dataUnits {
		if name != unit {
			continue
		}
		value.Mul(value, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(10*i))))
		bytes := new(big.Int).Quo(value.Num(), value.Denom())
		if bytes.CmpAbs(pow10(38)) >= 0 {
			return decimal128.Num{}, outOfRange("Decimal overflow")
		}
		return decimal128.FromBigInt(bytes), nil
	}
	return decimal128.Num{}, invalidArgument("Invalid data size: '%s'", s)
}
