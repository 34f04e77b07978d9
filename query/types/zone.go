package types

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the zones must be the same on every machine
)

var zones sync.Map // canonical and given names → *time.Location

// LoadZone finds a time zone by the names Trino takes: a region
// ("Europe/Berlin"), an offset ("+05:30", "-8"), "UTC" and its other names. The
// String of the result is the canonical name that values carry.
func LoadZone(name string) (*time.Location, error) {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc, err := findZone(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, loc) // the set of valid names is small, so this cannot grow without end
	return loc, nil
}

func findZone(name string) (*time.Location, error) {
	switch strings.ToLower(name) {
	case "utc", "z", "ut", "uct", "gmt", "gmt0", "greenwich", "universal", "zulu",
		"etc/utc", "etc/gmt", "etc/greenwich", "etc/uct", "etc/universal", "etc/zulu", "etc/gmt0", "etc/gmt+0", "etc/gmt-0":
		return time.UTC, nil
	case "", "local", "est", "mst", "hst", "roc", "factory": // names that Trino has no zone for
		return nil, fmt.Errorf("'%s' is not a valid time zone", name)
	}
	offset := name
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			offset = rest
			break
		}
	}
	if offset != "" && (offset[0] == '+' || offset[0] == '-') {
		if minutes, ok := parseOffset(offset); ok {
			return OffsetZone(minutes), nil
		}
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("'%s' is not a valid time zone", name)
	}
	return loc, nil
}

// OffsetZone is the fixed zone of that many minutes east of Greenwich; UTC for zero.
func OffsetZone(minutes int) *time.Location {
	if minutes == 0 {
		return time.UTC
	}
	sign, m := '+', minutes
	if m < 0 {
		sign, m = '-', -m
	}
	return time.FixedZone(fmt.Sprintf("%c%02d:%02d", sign, m/60, m%60), minutes*60)
}

// parseOffset reads ±H, ±HH, ±HHMM and ±HH:MM, up to 14 hours.
func parseOffset(s string) (minutes int, ok bool) {
	digits := strings.Replace(s[1:], ":", "", 1)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	num := 0
	for _, c := range digits {
		num = num*10 + int(c-'0')
	}
	switch len(digits) {
	case 1, 2:
		minutes = num * 60
	case 4:
		if num%100 > 59 {
			return 0, false
		}
		minutes = num/100*60 + num%100
	default:
		return 0, false
	}
	if minutes > 14*60 {
		return 0, false
	}
	if s[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}
