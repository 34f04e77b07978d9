package function

import "math/bits"

var bitwiseFunctions = []entry{
	{sig: "bitwise_and(bigint, bigint) bigint", make: pure2(func(a, b int64) int64 { return a & b })},
	{sig: "bitwise_or(bigint, bigint) bigint", make: pure2(func(a, b int64) int64 { return a | b })},
	{sig: "bitwise_xor(bigint, bigint) bigint", make: pure2(func(a, b int64) int64 { return a ^ b })},
	{sig: "bitwise_not(bigint) bigint", make: pure1(func(a int64) int64 { return ^a })},
	{sig: "bit_count(bigint, bigint) bigint", make: f2(bitCount)},
	{sig: "bitwise_left_shift(tinyint, integer) tinyint", make: pure2(func(v int8, n int32) int8 { return int8(shiftLeft(int64(v), n, 8)) })},
	{sig: "bitwise_left_shift(smallint, integer) smallint", make: pure2(func(v int16, n int32) int16 { return int16(shiftLeft(int64(v), n, 16)) })},
	{sig: "bitwise_left_shift(integer, integer) integer", make: pure2(func(v int32, n int32) int32 { return int32(shiftLeft(int64(v), n, 32)) })},
	{sig: "bitwise_left_shift(bigint, integer) bigint", make: pure2(func(v int64, n int32) int64 { return shiftLeft(v, n, 64) })},
	{sig: "bitwise_right_shift(tinyint, integer) tinyint", make: pure2(func(v int8, n int32) int8 { return int8(shiftRight(uint64(uint8(v)), n, 8)) })},
	{sig: "bitwise_right_shift(smallint, integer) smallint", make: pure2(func(v int16, n int32) int16 { return int16(shiftRight(uint64(uint16(v)), n, 16)) })},
	{sig: "bitwise_right_shift(integer, integer) integer", make: pure2(func(v int32, n int32) int32 { return int32(shiftRight(uint64(uint32(v)), n, 32)) })},
	{sig: "bitwise_right_shift(bigint, integer) bigint", make: pure2(func(v int64, n int32) int64 { return int64(shiftRight(uint64(v), n, 64)) })},
	{sig: "bitwise_right_shift_arithmetic(tinyint, integer) tinyint", make: pure2(func(v int8, n int32) int8 { return v >> arithmeticBy(n) })},
	{sig: "bitwise_right_shift_arithmetic(smallint, integer) smallint", make: pure2(func(v int16, n int32) int16 { return v >> arithmeticBy(n) })},
	{sig: "bitwise_right_shift_arithmetic(integer, integer) integer", make: pure2(func(v int32, n int32) int32 { return v >> arithmeticBy(n) })},
	{sig: "bitwise_right_shift_arithmetic(bigint, integer) bigint", make: pure2(func(v int64, n int32) int64 { return v >> arithmeticBy(n) })},
}

// Shifts by the width or more leave nothing but the sign. Those by a negative
// number are Java's: it looks only at the lowest six bits.

func shiftLeft(v int64, n, width int32) int64 {
	if n >= width {
		return 0
	}
	return v << (n & 63)
}

func shiftRight(v uint64, n, width int32) uint64 {
	if n >= width {
		return 0
	}
	return v >> (n & 63)
}

func arithmeticBy(n int32) uint {
	if n > 63 {
		return 63
	}
	return uint(n & 63)
}

// bitCount counts ones in the two's complement of that many bits.
func bitCount(v, width int64) (int64, error) {
	if width < 2 || width > 64 {
		return 0, invalidArgument("Bits specified in bit_count must be between 2 and 64, got %d", width)
	}
	if width < 64 {
		low, high := -(int64(1) << (width - 1)), int64(1)<<(width-1)-1
		if v < low || v > high {
			return 0, invalidArgument("Number must be representable with the bits specified. %d cannot be represented with %d bits", v, width)
		}
		v &= int64(1)<<width - 1
	}
	return int64(bits.OnesCount64(uint64(v))), nil
}
