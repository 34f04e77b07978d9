package trailgen

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

var end = time.Date(2024, 6, 30, 12, 0, 0, 0, time.UTC)

// event is what the tests read of a record, with encoding/json.
type event struct {
	EventVersion, EventName, EventSource, EventTime, EventID, EventCategory string
	ErrorCode, AwsRegion, RecipientAccountId, SourceIPAddress               string
	UserIdentity                                                            struct{ Arn, UserName, AccessKeyID, Type, InvokedBy string }
	RequestParameters, ResponseElements, AdditionalEventData                map[string]any
}

// read generates a trail and reads it back.
func read(t *testing.T, o Options) (stats Stats, events []event, keys []string) {
	t.Helper()
	stats, err := Generate(o, func(key string, gz []byte) error {
		keys = append(keys, key)
		r, err := gzip.NewReader(bytes.NewReader(gz))
		if err != nil {
			return err
		}
		var doc struct{ Records []event }
		if err := json.NewDecoder(r).Decode(&doc); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if len(doc.Records) == 0 || len(doc.Records) > maxPerObject {
			t.Errorf("%s has %d records", key, len(doc.Records))
		}
		events = append(events, doc.Records...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return stats, events, keys
}

func TestGenerateSaysWhatItWrote(t *testing.T) {
	stats, events, keys := read(t, Options{Events: 20_000, Days: 4, Seed: 3, End: end, Prefix: "p/"})
	ids := map[string]bool{}
	names := map[string]int64{}
	sources := map[string]bool{}
	types := map[string]bool{}
	var failed, old int64
	first, last := end, time.Time{}
	for _, e := range events {
		if ids[e.EventID] {
			continue
		}
		ids[e.EventID] = true
		names[e.EventName]++
		sources[e.EventSource] = true
		types[e.UserIdentity.Type] = true
		if e.ErrorCode != "" {
			failed++
		}
		if e.EventCategory == "" {
			old++
		}
		at, err := time.Parse("2006-01-02T15:04:05Z", e.EventTime)
		if err != nil {
			t.Fatal(err)
		}
		if at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	if stats.Events != 20_000 || int64(len(ids)) != stats.Events || int64(len(events)) != stats.Records || stats.Objects != int64(len(keys)) {
		t.Errorf("%d ids in %d records in %d objects; Stats say %d, %d, %d", len(ids), len(events), len(keys), stats.Events, stats.Records, stats.Objects)
	}
	if stats.Duplicates != stats.Records-stats.Events || stats.Duplicates < 80 || stats.Duplicates > 100 {
		t.Errorf("%d duplicates", stats.Duplicates)
	}
	if failed != stats.Errors || old != stats.NoCategory || !first.Equal(stats.First) || !last.Equal(stats.Last) {
		t.Errorf("%d errors, %d old, %s to %s; Stats say %d, %d, %s to %s", failed, old, first, last, stats.Errors, stats.NoCategory, stats.First, stats.Last)
	}
	for name, n := range names {
		if stats.Names[name] != n {
			t.Errorf("%d times %s, Stats say %d", n, name, stats.Names[name])
		}
	}
	if share := float64(failed) / 20_000; share < .03 || share > .08 {
		t.Errorf("%.3f of the events failed", share)
	}
	if len(names) != len(stats.Names) || len(sources) < 55 || len(types) < 5 {
		t.Errorf("%d names, %d sources, %d types of identity", len(names), len(sources), len(types))
	}
	if first.Before(end.AddDate(0, 0, -4)) || !last.Before(end) {
		t.Errorf("events from %s to %s", first, last)
	}
	folders := map[string]bool{}
	layout := regexp.MustCompile(`^p/AWSLogs/(\d{12})/CloudTrail/([a-z0-9-]+)/(\d{4})/(\d\d)/(\d\d)/(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{8})T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$`)
	for _, k := range keys {
		m := layout.FindStringSubmatch(k)
		if m == nil || m[1] != m[6] || m[2] != m[7] || m[3]+m[4]+m[5] != m[8] {
			t.Fatalf("key %s", k)
		}
		folders[k[:strings.LastIndexByte(k, '/')]] = true
	}
	if int64(len(folders)) != stats.Folders {
		t.Errorf("%d folders, Stats say %d", len(folders), stats.Folders)
	}
	per := float64(stats.RawBytes) / float64(stats.Records)
	if per < 1000 || per > 1800 || float64(stats.GzipBytes) > .25*float64(stats.RawBytes) {
		t.Errorf("%.0f bytes an event, %d gzipped of %d", per, stats.GzipBytes, stats.RawBytes)
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	sum := func(o Options) string {
		h := sha256.New()
		if _, err := Generate(o, func(key string, gz []byte) error {
			fmt.Fprintln(h, key, len(gz))
			h.Write(gz)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	o := Options{Events: 6000, Days: 2, Seed: 1, End: end}
	if first, second := sum(o), sum(o); first != second {
		t.Error("the same options give other bytes")
	}
	other := o
	other.Seed = 2
	if sum(o) == sum(other) {
		t.Error("another seed gives the same bytes")
	}
}

// TestStoriesCanBeFound by what a person would look for.
func TestStoriesCanBeFound(t *testing.T) {
	stats, events, _ := read(t, Options{Events: 5000, Days: 2, Seed: 5, End: end})
	find := map[string]func(e event) bool{
		"leaked key": func(e event) bool { return e.UserIdentity.AccessKeyID == "AKIALEAKEDKEYEXAMPLE" },
		"denied AssumeRole burst": func(e event) bool {
			return e.EventName == "AssumeRole" && e.ErrorCode == "AccessDenied" && e.SourceIPAddress == "198.51.100.23"
		},
		"trail switched off": func(e event) bool { return e.UserIdentity.UserName == "contractor-kim" },
		"security group opened": func(e event) bool {
			return e.SourceIPAddress == "198.51.100.77" && strings.HasPrefix(e.EventSource, "ec2") &&
				strings.HasSuffix(e.UserIdentity.Arn, "/marco@example.net")
		},
		"role chain": func(e event) bool {
			return e.UserIdentity.AccessKeyID == "AKIAROLECHAIN0000001" || strings.HasPrefix(e.UserIdentity.AccessKeyID, "ASIAROLECHAIN")
		},
		"console login without MFA": func(e event) bool {
			return e.EventName == "ConsoleLogin" && e.UserIdentity.UserName == "paula" && e.AdditionalEventData["MFAUsed"] == "No"
		},
	}
	if len(stats.Stories) != len(find)+len(scripts) {
		t.Fatalf("%d stories", len(stats.Stories))
	}
	for _, s := range stats.Stories {
		seen := map[string]bool{}
		for _, e := range events {
			found := find[s.Name]
			if found == nil { // a script's: only it has the address
				found = func(e event) bool { return e.SourceIPAddress == s.Address }
			}
			if !found(e) {
				continue
			}
			seen[e.EventID] = true
			if e.RecipientAccountId != s.Account || e.AwsRegion != s.Region || e.SourceIPAddress != s.Address {
				t.Errorf("%s: %+v", s.Name, e)
			}
			if at, _ := time.Parse(time.RFC3339, e.EventTime); at.Before(s.From) || at.After(s.To) {
				t.Errorf("%s: at %s, not from %s to %s", s.Name, e.EventTime, s.From, s.To)
			}
		}
		if elsewhere := fromElsewhere(s.Name); int64(len(seen)) != s.Events-elsewhere || s.Events == 0 {
			t.Errorf("%s: found %d events, told %d", s.Name, len(seen), s.Events)
		}
	}
	// Every step of the chain uses the key that the step before handed out.
	handed := map[string]string{}
	for _, e := range events {
		if c, ok := e.ResponseElements["credentials"].(map[string]any); ok && strings.HasPrefix(fmt.Sprint(c["accessKeyId"]), "ASIAROLECHAIN") {
			handed[fmt.Sprint(c["accessKeyId"])] = e.UserIdentity.AccessKeyID
		}
	}
	if handed["ASIAROLECHAIN0000003"] != "ASIAROLECHAIN0000002" || handed["ASIAROLECHAIN0000002"] != "ASIAROLECHAIN0000001" ||
		handed["ASIAROLECHAIN0000001"] != "AKIAROLECHAIN0000001" {
		t.Errorf("chain %v", handed)
	}
}

// fromElsewhere counts the events of a script that give another address than its own.
func fromElsewhere(name string) (n int64) {
	for _, s := range scripts {
		for _, st := range s.steps {
			if s.name == name && st.rec.address != "" {
				n += int64(st.times)
			}
		}
	}
	return n
}

func TestGenerateOptions(t *testing.T) {
	write := func(string, []byte) error { return nil }
	for _, o := range []Options{
		{Events: 1}, {Events: -1, End: end}, {Events: 1, End: end, Days: -1}, {Events: 1, End: end, Accounts: 10}, {Events: 1, End: end, Regions: 7},
	} {
		if _, err := Generate(o, write); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	for _, n := range []int64{0, 1, 10} {
		if stats, err := Generate(Options{Events: n, End: end}, write); err != nil || stats.Events != n || len(stats.Stories) != 0 {
			t.Errorf("%d events: %+v, %v", n, stats, err)
		}
	}
	full := errors.New("disk full")
	if _, err := Generate(Options{Events: 10, End: end}, func(string, []byte) error { return full }); !errors.Is(err, full) {
		t.Errorf("a failed write gives %v", err)
	}
}
