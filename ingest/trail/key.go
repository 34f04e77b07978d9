package trail

import (
	"strings"
	"time"
)

// Kinds of a trail's folders. Other names are those of other services' logs.
const (
	EventLogs = "CloudTrail" // the log files of events
	Config    = "Config"     // AWS Config's files
	siblings  = "CloudTrail-"
)

// Key is what an object's key tells:
//
//	[prefix/]AWSLogs/[o-organization/]account/CloudTrail/region/YYYY/MM/DD/account_CloudTrail_region_YYYYMMDDTHHMMZ_random.json.gz
//
// A key of another layout has only Folder, Name and what of day and time it shows.
type Key struct {
	Folder string // with the slash at its end; empty at the top
	Name   string

	Organization, Account string
	// Kind is the folder below the account: EventLogs, one of its siblings
	// ("CloudTrail-Digest", "CloudTrail-Insight", …) or another service.
	Kind   string
	Region string

	// Time is the time in the name, to the minute; zero when it has none.
	Time time.Time
	// Date is the day in the path or else in the name; zero when there is none.
	Date time.Time

	kindAt int // where Kind begins in the key
}

// ParseKey takes a key apart.
func ParseKey(key string) Key {
	slash := strings.LastIndexByte(key, '/')
	k := Key{Folder: key[:slash+1], Name: key[slash+1:]}
	k.layout()
	k.Date = pathDate(k.Folder)
	k.Time = nameTime(k.Name)
	if k.Date.IsZero() && !k.Time.IsZero() {
		k.Date = k.Time.Truncate(24 * time.Hour)
	}
	return k
}

// layout finds the folders after AWSLogs.
func (k *Key) layout() {
	const root = "AWSLogs/"
	for from := 0; ; {
		i := strings.Index(k.Folder[from:], root)
		if i < 0 {
			return
		}
		at := from + i
		from = at + len(root)
		if at > 0 && k.Folder[at-1] != '/' {
			continue
		}
		parts := strings.SplitN(k.Folder[from:], "/", 5)
		at = from
		organization := ""
		if len(parts) > 1 && strings.HasPrefix(parts[0], "o-") && isAccount(parts[1]) {
			organization = parts[0]
			at += len(parts[0]) + 1
			parts = parts[1:]
		}
		if len(parts) < 3 { // account, kind, and what follows the last slash
			continue
		}
		k.Organization, k.Account, k.Kind, k.kindAt = organization, parts[0], parts[1], at+len(parts[0])+1
		if len(parts) > 3 || len(parts) == 3 && parts[2] != "" {
			k.Region = parts[2]
		}
		return
	}
}

func isAccount(s string) bool { return len(s) == 12 && digits(s) }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Wanted reports whether an import of the prefix takes the object. It leaves out
// folder marks, and what lies beside the event logs (digests, Insights, results of
// queries, other services' logs) unless the prefix itself points there.
func (k *Key) Wanted(prefix string, size int64) bool {
	if k.Name == "" && size == 0 {
		return false
	}
	switch {
	case k.Kind == "" || k.Kind == EventLogs:
		return true
	case strings.HasPrefix(k.Kind, siblings):
		return len(prefix) >= k.kindAt+len(siblings)
	}
	return len(prefix) > k.kindAt
}

// WantedItems reports whether an import of configuration items takes the object:
// a history or a snapshot of AWS Config, which are at
//
//	[prefix/]AWSLogs/[o-organization/]account/Config/region/YYYY/M/D/ConfigHistory/account_Config_region_ConfigHistory_type_…Z_….json.gz
//
// or one that lies in no folder of a service.
func (k *Key) WantedItems(size int64) bool {
	if k.Name == "" && size == 0 {
		return false
	}
	return k.Kind == "" || k.Kind == Config && (strings.HasSuffix(k.Folder, "/ConfigHistory/") || strings.HasSuffix(k.Folder, "/ConfigSnapshot/"))
}

// Between reports whether the object is in the range, both ends included; a zero
// time leaves that end open. The time in the name decides, without one the day in
// the path; an object that shows neither is always in.
func (k *Key) Between(start, end time.Time) bool {
	first, last := k.Time, k.Time
	if first.IsZero() {
		if k.Date.IsZero() {
			return true
		}
		first, last = k.Date, k.Date.Add(24*time.Hour-1)
	}
	return (start.IsZero() || !last.Before(start)) && (end.IsZero() || !first.After(end))
}

// pathDate finds the last YYYY/MM/DD of a folder.
func pathDate(folder string) time.Time {
	parts := strings.Split(strings.TrimSuffix(folder, "/"), "/")
	for i := len(parts) - 3; i >= 0; i-- {
		y, m, d := parts[i], parts[i+1], parts[i+2]
		if len(y) != 4 || len(m) != 2 || len(d) != 2 {
			continue
		}
		if t, err := time.Parse("20060102", y+m+d); err == nil {
			return t
		}
	}
	return time.Time{}
}

// nameTime finds the first YYYYMMDDTHHMMZ of a name, also with seconds.
func nameTime(name string) time.Time {
	for i := strings.IndexByte(name, 'T'); i >= 0 && i < len(name); {
		for _, layout := range []string{"20060102T1504Z", "20060102T150405Z"} {
			from, to := i-8, i-8+len(layout)
			if from < 0 || to > len(name) || from > 0 && name[from-1] >= '0' && name[from-1] <= '9' {
				continue
			}
			if t, err := time.Parse(layout, name[from:to]); err == nil {
				return t.Truncate(time.Minute)
			}
		}
		n := strings.IndexByte(name[i+1:], 'T')
		if n < 0 {
			break
		}
		i += 1 + n
	}
	return time.Time{}
}
