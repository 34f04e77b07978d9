package function

import (
	"encoding/hex"
	"net/netip"
	"regexp"
	"strings"

	"github.com/traillake/traillake/query/types"
)

// binaryCasts are the casts of varbinary, uuid and ipaddress.
func binaryCasts() map[castPair]maker {
	return map[castPair]maker{
		{types.Varchar, types.Varbinary}:   pure1(func(s string) []byte { return []byte(s) }),
		{types.Varchar, types.UUID}:        f1(parseUUID),
		{types.Varchar, types.IPAddress}:   f1(parseIP),
		{types.UUID, types.Varbinary}:      pure1(func(b []byte) []byte { return b }),
		{types.IPAddress, types.Varbinary}: pure1(func(b []byte) []byte { return b }),
		{types.Varbinary, types.UUID}: f1(func(b []byte) ([]byte, error) {
			if len(b) != 16 {
				return nil, badCast("Invalid UUID binary length: %d", len(b))
			}
			return b, nil
		}),
		{types.Varbinary, types.IPAddress}: f1(func(b []byte) ([]byte, error) {
			a, ok := netip.AddrFromSlice(b)
			if !ok {
				return nil, badCast("Invalid IP address binary length: %d", len(b))
			}
			a16 := a.As16()
			return a16[:], nil
		}),
	}
}

func parseUUID(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(s) != 36 || len(b) != 16 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		if len(s) < 36 && shortUUID.MatchString(s) {
			return nil, badCast("Invalid UUID string length: %d", len(s))
		}
		return nil, badCast("Cannot cast value to UUID: %s", s)
	}
	return b, nil
}

// shortUUID is what Java reads as a UUID although digits are missing.
var shortUUID = regexp.MustCompile(`^[0-9a-fA-F]+(-[0-9a-fA-F]+){4}$`)

func parseIP(s string) ([]byte, error) {
	a, err := netip.ParseAddr(s) // a zone is read, and dropped, as in Trino
	if err != nil {
		return nil, badCast("Cannot cast value to IPADDRESS: %s", s)
	}
	b := a.As16()
	return b[:], nil
}
