package event

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/cockroachdb/datadriven"
)

var update = flag.Bool("update", false, "rewrite golden files that may only grow")

// TestRows holds every rule about records to rows a person can read: each file of
// testdata/rows has records with the columns that come out not NULL. The file named
// after a family has records of it, the others have CloudTrail's.
func TestRows(t *testing.T) {
	datadriven.Walk(t, "testdata/rows", func(t *testing.T, path string) {
		family, ok := FamilyNamed(filepath.Base(path))
		if !ok {
			family = CloudTrail
		}
		b := NewBuilder(memory.DefaultAllocator, family)
		defer b.Release()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			input := []byte(d.Input)
			if d.HasArg("quoted") { // for bytes that a text file cannot hold
				var err error
				if input, err = unquoteInput(d.Input); err != nil {
					t.Fatal(err)
				}
			}
			row, err := b.Append(input, Source{Object: "k", Record: 7}, time.UnixMilli(1_700_000_000_123))
			if err != nil {
				return "error: " + err.Error()
			}
			rec := b.NewRecord()
			defer rec.Release()
			if family == CloudTrail {
				checkSelectables(t, b.decoder, rec)
			}
			var out strings.Builder
			for i, f := range rec.Schema().Fields() {
				s := show(rec.Column(i), 0)
				if s == "NULL" || f.Name == IngestTimeColumn || f.Name == SourceColumn || f.Name == "eventjson" && !d.HasArg("json") {
					continue
				}
				if f.Name == IssuesColumn {
					issues := rec.Column(i).(*array.List).ListValues().(*array.String)
					for j := range issues.Len() {
						fmt.Fprintf(&out, "issue %s\n", issues.Value(j))
					}
					continue
				}
				fmt.Fprintf(&out, "%s %s\n", f.Name, s)
			}
			if !row.HasIdentity {
				out.WriteString("no identity\n")
			}
			if !row.HasTime {
				out.WriteString("no time\n")
			}
			return out.String()
		})
	})
}

// unquoteInput reads Go's escapes, so that a test can name bytes.
func unquoteInput(s string) ([]byte, error) {
	var out []byte
	for i := 0; i < len(s); i++ {
		if strings.HasPrefix(s[i:], "<0x") && len(s) >= i+6 {
			var b byte
			if _, err := fmt.Sscanf(s[i:i+6], "<0x%02x>", &b); err != nil {
				return nil, err
			}
			out = append(out, b)
			i += 5
			continue
		}
		out = append(out, s[i])
	}
	return out, nil
}

func TestAppendOwnColumns(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	b := NewBuilder(mem, CloudTrail)
	defer b.Release()
	text := " \n{ \"eventID\" : \"x\",\n\t\"eventTime\": \"2024-06-02T20:27:12.9996Z\" }\r\n"
	row, err := b.Append([]byte(text), Source{Object: "AWSLogs/1/a.json.gz", Record: 41}, time.Date(2024, 7, 1, 2, 3, 4, 5_678_900, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	// 1717360032 is what date -u -d 2024-06-02T20:27:12Z +%s says.
	want := Row{Time: 1717360032_999_000, HasTime: true, Day: 1717360032 / 86400, ID: "x", HasIdentity: true}
	want.Identity = sha256.Sum256([]byte(`{"eventID":"x","eventTime":"2024-06-02T20:27:12.9996Z"}`))
	if row != want {
		t.Errorf("row = %+v, want %+v", row, want)
	}
	if b.Len() != 1 || b.Bytes() < int64(len(text)) {
		t.Errorf("Len %d, Bytes %d", b.Len(), b.Bytes())
	}
	rec := b.NewRecord()
	defer rec.Release()
	for name, want := range map[string]string{
		"$ingest_time": "2024-07-01 02:03:04.005000",
		"$source":      `(object="AWSLogs/1/a.json.gz", record=41)`,
		"$issues":      "[]",
		"$raw":         "NULL",
		"eventtime":    "2024-06-02 20:27:12.999000",
		"eventjson":    fmt.Sprintf("%q", strings.TrimSpace(text)),
		"useridentity": "NULL",
	} {
		if got := columnText(rec, name, 0); got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
	if b.Len() != 0 || b.Bytes() != 0 {
		t.Errorf("after NewRecord: Len %d, Bytes %d", b.Len(), b.Bytes())
	}
}

func TestAppendRefuses(t *testing.T) {
	deep := strings.Repeat(`{"a":`, MaxDepth) + "1" + strings.Repeat("}", MaxDepth)
	tests := []struct {
		name, record string
		ok           bool
	}{
		{"empty", "", false},
		{"blank", " \n", false},
		{"array", "[]", false},
		{"string", `"{}"`, false},
		{"null", "null", false},
		{"cut", `{"a":1`, false},
		{"cut string", `{"a":"b`, false},
		{"two", `{} {}`, false},
		{"garbage after", `{}x`, false},
		{"comma at the end", `{"a":1,}`, false},
		{"single quotes", `{'a':1}`, false},
		{"leading zero", `{"a":01}`, false},
		{"NaN", `{"a":NaN}`, false},
		{"raw newline in a string", "{\"a\":\"\n\"}", false},
		{"invalid UTF-8 outside strings", "{\xff}", false},
		{"nested too deeply", `{"a":` + deep + `}`, false},
		{"nested as deeply as may be", deep, true},
		{"braces in strings", `{"a":"` + strings.Repeat("{[", 600) + `"}`, true},
		{"empty object", "{}", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := NewBuilder(memory.DefaultAllocator, CloudTrail)
			defer b.Release()
			_, err := b.Append([]byte(tt.record), Source{}, time.Time{})
			if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrRecord) {
				t.Fatalf("Append = %v", err)
			}
			if want := map[bool]int{true: 1}[tt.ok]; b.Len() != want {
				t.Errorf("%d rows, want %d", b.Len(), want)
			}
			// The columns must be even after a refusal.
			if _, err := b.Append([]byte(`{"eventName":"A"}`), Source{}, time.Time{}); err != nil {
				t.Fatal(err)
			}
			rec := b.NewRecord()
			defer rec.Release()
			if got := columnText(rec, "eventname", int(rec.NumRows())-1); got != `"A"` {
				t.Errorf("eventname = %s", got)
			}
		})
	}
}

func TestIssuesAreBounded(t *testing.T) {
	b := NewBuilder(memory.DefaultAllocator, CloudTrail)
	defer b.Release()
	row, err := b.Append([]byte(`{`+strings.Repeat(`"eventName":1,`, 1000)+`"eventName":2}`), Source{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	rec := b.NewRecord()
	defer rec.Release()
	if got := columnText(rec, IssuesColumn, 0); row.Issues != maxIssues+1 || !strings.HasSuffix(got, `"937 more issues left out"]`) {
		t.Errorf("%d issues: …%s", row.Issues, got[len(got)-60:])
	}
}

// TestFieldIDs freezes the registry: an id in a golden file keeps its path for
// ever; the files only grow. What two families share has one id.
func TestFieldIDs(t *testing.T) {
	taken := map[int]string{}
	for _, f := range Families {
		golden := "testdata/field-ids/" + f.Name + ".txt"
		if *update {
			var lines []string
			for path, id := range f.FieldIDs {
				lines = append(lines, fmt.Sprintf("%03d %s", id, path))
			}
			slices.Sort(lines)
			if err := os.WriteFile(golden, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		frozen := map[string]int{}
		for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
			var id int
			var path string
			if _, err := fmt.Sscanf(s.Text(), "%d %s", &id, &path); err != nil {
				t.Fatalf("%s: %v", s.Text(), err)
			}
			frozen[path] = id
			if got := f.FieldIDs[path]; got != id {
				t.Errorf("%s: id of %s = %d, was %d", f.Name, path, got, id)
			}
		}
		here := map[int]string{}
		for path, id := range f.FieldIDs {
			if other, ok := taken[id]; ok && other != path {
				t.Errorf("%s and %s have the same id %d", path, other, id)
			}
			if other, ok := here[id]; ok {
				t.Errorf("%s: %s and %s have the same id %d", f.Name, path, other, id)
			}
			taken[id], here[id] = path, path
			if _, ok := frozen[path]; !ok {
				t.Errorf("%s (id %d) is not in %s; add it with -update", path, id, golden)
			}
		}
		for _, field := range f.Schema.Fields() {
			if f.FieldIDs[field.Name] == 0 {
				t.Errorf("%s: column %s has no id", f.Name, field.Name)
			}
		}
	}
}

// TestSelectOrder holds SELECT * to the published order.
func TestSelectOrder(t *testing.T) {
	published := `eventversion useridentity eventtime eventsource eventname awsregion sourceipaddress useragent errorcode
		errormessage requestparameters responseelements additionaleventdata requestid eventid readonly resources eventtype
		apiversion managementevent recipientaccountid sharedeventid annotation vpcendpointid vpcendpointaccountid
		serviceeventdetails addendum edgedevicedetails insightdetails eventcategory tlsdetails sessioncredentialfromconsole
		eventjson eventjsonchecksum eventcontext`
	var shown, hidden []string
	for _, c := range CloudTrail.Columns {
		if c.Hidden {
			hidden = append(hidden, c.Name)
		} else {
			shown = append(shown, c.Name)
		}
		if stored := len(CloudTrail.Schema.FieldIndices(c.Name)) > 0; c.Virtual == stored && c.Name != CommitColumn {
			t.Errorf("column %s: virtual is %v", c.Name, c.Virtual)
		}
	}
	if want := strings.Fields(published); !slices.Equal(shown, want) {
		t.Errorf("SELECT * = %v\nwant %v", shown, want)
	}
	if want := strings.Fields(`$ingest_time $source $issues $commit $segment $useridentity $requestparameters $responseelements
		$additionaleventdata $resources $serviceeventdetails $addendum $edgedevicedetails $insightdetails $tlsdetails $eventcontext $eventdata $metadata`); !slices.Equal(hidden, want) {
		t.Errorf("hidden = %v, want %v", hidden, want)
	}
	for _, path := range append(slices.Clone(CloudTrail.SortColumns), CloudTrail.BloomColumns...) {
		if CloudTrail.FieldIDs[path] == 0 {
			t.Errorf("no column %s", path)
		}
	}
}

// FuzzAppend holds the builder to encoding/json: what is valid becomes a row whose
// text columns are what encoding/json reads, and nothing panics.
func FuzzAppend(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"eventName":"A","eventname":1}`, `{"eventName":"\u00e9\ud83d\ude00","eventID":"1","eventTime":"2024-01-01T00:00:00Z"}`,
		`{"requestParameters":{"a":{"b":[1, 2]},"a":null},"resources":[{},1,null],"userIdentity":{"sessionContext":{"attributes":{}}}}`,
		`{"userIdentity":{"arn":"a","arn":"\ud800"},"resources":{"type":"\u0054","ARN":null,"ARNPrefix":"p"},"managementEvent":"false"}`,
		`{"requestParameters":"{\"a\":1}","readOnly":"true","eventContext":{"tagContext":{"resourceTags":{"tags":{"k":"v"}}}}}`,
		"{\"eventName\":\"\xff\"}", `{"eventName":"\ud800"}`, `{"eventName":"a\\\"b"}`,
	} {
		f.Add([]byte(seed))
	}
	b := NewBuilder(memory.DefaultAllocator, CloudTrail)
	f.Fuzz(func(t *testing.T, record []byte) {
		row, err := b.Append(record, Source{}, time.Time{})
		var want map[string]json.RawMessage
		valid := json.Unmarshal(record, &want) == nil && want != nil
		if err != nil {
			if valid && depth(record) <= MaxDepth {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		rec := b.NewRecord()
		defer rec.Release()
		if !valid {
			t.Fatalf("accepted what encoding/json refuses")
		}
		checkSelectables(t, b.decoder, rec)
		var name any
		if json.Unmarshal(want["eventName"], &name); name != nil {
			if s, ok := name.(string); ok && columnText(rec, "eventname", 0) != fmt.Sprintf("%q", s) {
				t.Errorf("eventname = %s, want %q", columnText(rec, "eventname", 0), s)
			}
		}
		if _, sum, ok, err := CloudTrail.Identity(record); err != nil || ok != row.HasIdentity || sum != row.Identity {
			t.Errorf("Identity = %x %v %v, row has %x %v", sum, ok, err, row.Identity, row.HasIdentity)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	record := []byte(`{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:s","arn":"arn:aws:sts::111122223333:assumed-role/r/s","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/r","accountId":"111122223333","userName":"r"},"webIdFederationData":{},"attributes":{"creationDate":"2024-06-02T20:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2024-06-02T20:27:12Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2","requestParameters":{"bucketName":"demo","Host":"demo.s3.amazonaws.com","key":"a/b"},"responseElements":null,"additionalEventData":{"bytesTransferredIn":0.0,"bytesTransferredOut":791.0},"requestID":"R1","eventID":"0b1c2d3e-0000-4000-8000-000000000001","readOnly":true,"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::demo/a/b"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::demo"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data"}`)
	builder := NewBuilder(memory.DefaultAllocator, CloudTrail)
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := builder.Append(record, Source{Object: "k"}, time.Time{}); err != nil {
			b.Fatal(err)
		}
		if builder.Len() == 4096 {
			builder.NewRecord().Release()
		}
	}
}
