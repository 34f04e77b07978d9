package function

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/uuid"

	"github.com/traillake/traillake/query/ast"
)

var miscFunctions = []entry{
	{sig: "typeof(any) varchar", make: typeOf},
	{sig: "uuid() uuid", make: newUUID, volatile: true},
	{sig: "contains(varchar, ipaddress) boolean", make: networkContains},
	{sig: "$one_row(bigint) boolean", make: f1(oneRow)},
	{sig: "current_user() varchar", make: c0(func(ctx *Context) string { return ctx.User })},
	{sig: "format(varchar, any...) varchar", make: format},
}

// oneRow fails unless a scalar subquery has at most one row.
func oneRow(rows int64) (bool, error) {
	if rows > 1 {
		return false, fault(ast.SubqueryMultipleRows, "Scalar sub-query has returned multiple rows")
	}
	return true, nil
}

// typeOf answers for NULL too.
func typeOf(c *call) Kernel {
	name := typeText(c.args[0], ", ")
	return func(ctx *Context, _ []Value, rows int) (arrow.Array, error) {
		return each(ctx, c, rows, func(int) (string, error) { return name, nil })
	}
}

func newUUID(c *call) Kernel {
	return func(ctx *Context, _ []Value, rows int) (arrow.Array, error) {
		return each(ctx, c, rows, func(int) ([]byte, error) {
			id, err := uuid.NewRandom()
			return id[:], err
		})
	}
}

func networkContains(c *call) Kernel {
	var cache compiled[netip.Prefix]
	return f2(func(network string, address []byte) (bool, error) {
		p, err := cache.get(network, parseNetwork)
		if err != nil {
			return false, err
		}
		a := netip.AddrFrom16([16]byte(address))
		if p.Addr().Is4() {
			a = a.Unmap()
		}
		return p.Contains(a), nil
	})(c)
}

func parseNetwork(s string) (netip.Prefix, error) {
	address, length, ok := strings.Cut(s, "/")
	if !ok {
		return netip.Prefix{}, invalidArgument("Invalid CIDR")
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}, invalidArgument("Invalid network IP address")
	}
	bits, err := strconv.Atoi(length)
	if err != nil || bits < 0 {
		return netip.Prefix{}, invalidArgument("Invalid prefix length")
	}
	if a = a.WithZone(""); a.Is4In6() && bits > 32 {
		bits -= 96 // an IPv4 network written as IPv6
	}
	p := netip.PrefixFrom(a.Unmap(), bits)
	if !p.IsValid() || p.Masked() != p {
		return netip.Prefix{}, invalidArgument("Invalid CIDR")
	}
	return p, nil
}
