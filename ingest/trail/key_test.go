package trail

import (
	"testing"
	"time"
)

func at(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse("2006-01-02T15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestParseKey(t *testing.T) {
	tests := []struct {
		key  string
		want Key
	}{
		{
			"AWSLogs/111122223333/CloudTrail/us-east-1/2024/06/02/111122223333_CloudTrail_us-east-1_20240602T2030Z_abcDEF0123456789.json.gz",
			Key{
				Folder: "AWSLogs/111122223333/CloudTrail/us-east-1/2024/06/02/", Account: "111122223333", Kind: "CloudTrail", Region: "us-east-1",
				Name: "111122223333_CloudTrail_us-east-1_20240602T2030Z_abcDEF0123456789.json.gz",
				Time: at("2024-06-02T20:30"), Date: at("2024-06-02T00:00"), kindAt: 21,
			},
		},
		{
			"my/logs/AWSLogs/o-abc123/111122223333/CloudTrail/eu-west-1/2024/06/02/x.json.gz",
			Key{
				Folder: "my/logs/AWSLogs/o-abc123/111122223333/CloudTrail/eu-west-1/2024/06/02/", Name: "x.json.gz", Organization: "o-abc123",
				Account: "111122223333", Kind: "CloudTrail", Region: "eu-west-1", Date: at("2024-06-02T00:00"), kindAt: 38,
			},
		},
		{
			"AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2024/06/02/111122223333_CloudTrail-Digest_us-east-1_Trail-Of-T_us-east-1_20240602T203015Z.json.gz",
			Key{
				Folder: "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2024/06/02/", Account: "111122223333", Kind: "CloudTrail-Digest", Region: "us-east-1",
				Name: "111122223333_CloudTrail-Digest_us-east-1_Trail-Of-T_us-east-1_20240602T203015Z.json.gz",
				Time: at("2024-06-02T20:30"), Date: at("2024-06-02T00:00"), kindAt: 21,
			},
		},
		{ // the day in the path and the time in the name differ
			"AWSLogs/1/CloudTrail/r/2024/06/02/1_CloudTrail_r_20240603T0005Z_a.json.gz",
			Key{
				Folder: "AWSLogs/1/CloudTrail/r/2024/06/02/", Name: "1_CloudTrail_r_20240603T0005Z_a.json.gz", Account: "1", Kind: "CloudTrail",
				Region: "r", Time: at("2024-06-03T00:05"), Date: at("2024-06-02T00:00"), kindAt: 10,
			},
		},
		{
			"AWSLogs/1/vpcflowlogs/us-east-1/2024/06/02/f.log.gz",
			Key{
				Folder: "AWSLogs/1/vpcflowlogs/us-east-1/2024/06/02/", Name: "f.log.gz", Account: "1", Kind: "vpcflowlogs", Region: "us-east-1",
				Date: at("2024-06-02T00:00"), kindAt: 10,
			},
		},
		{"AWSLogs/1/CloudTrail/", Key{Folder: "AWSLogs/1/CloudTrail/", Account: "1", Kind: "CloudTrail", kindAt: 10}},
		{"AWSLogs/1/file", Key{Folder: "AWSLogs/1/", Name: "file"}},
		{"notAWSLogs/1/CloudTrail/r/f", Key{Folder: "notAWSLogs/1/CloudTrail/r/", Name: "f"}},
		{"AWSLogs/AWSLogs/1/CloudTrail/r/f", Key{Folder: "AWSLogs/AWSLogs/1/CloudTrail/r/", Name: "f", Account: "AWSLogs", Kind: "1", Region: "CloudTrail", kindAt: 16}},
		{"x_20240602T2030Z.json", Key{Name: "x_20240602T2030Z.json", Time: at("2024-06-02T20:30"), Date: at("2024-06-02T00:00")}},
		{"2024/06/02/x.json", Key{Folder: "2024/06/02/", Name: "x.json", Date: at("2024-06-02T00:00")}},
		{"2024/13/02/T_20241302T2030Z", Key{Folder: "2024/13/02/", Name: "T_20241302T2030Z"}},
		{"120240602T2030Z", Key{Name: "120240602T2030Z"}},
		{"a/2024/02/30/b", Key{Folder: "a/2024/02/30/", Name: "b"}},
		{"", Key{}},
	}
	for _, tt := range tests {
		if got := ParseKey(tt.key); got != tt.want {
			t.Errorf("ParseKey(%q)\n= %+v\nwant %+v", tt.key, got, tt.want)
		}
	}
}

func TestWanted(t *testing.T) {
	const day = "/us-east-1/2024/06/02/f.json.gz"
	tests := []struct {
		prefix, key string
		size        int64
		want        bool
	}{
		{"", "AWSLogs/1/CloudTrail" + day, 1, true},
		{"", "AWSLogs/o-a/111122223333/CloudTrail" + day, 1, true},
		{"", "p/AWSLogs/1/CloudTrail" + day, 1, true},
		{"", "AWSLogs/1/CloudTrail-Digest" + day, 1, false},
		{"", "AWSLogs/1/CloudTrail-Insight" + day, 1, false},
		{"", "AWSLogs/1/CloudTrail-Aggregated" + day, 1, false},
		{"", "AWSLogs/1/CloudTrail-Lake/Query/2024/06/02/id/result_1.csv.gz", 1, false},
		{"", "AWSLogs/o-a/111122223333/CloudTrail-Digest" + day, 1, false},
		{"", "AWSLogs/1/vpcflowlogs" + day, 1, false},
		{"", "AWSLogs/1/Config" + day, 1, false},
		{"AWSLogs/1/", "AWSLogs/1/CloudTrail-Insight" + day, 1, false},
		{"AWSLogs/1/CloudTrail", "AWSLogs/1/CloudTrail-Insight" + day, 1, false},
		{"AWSLogs/1/CloudTrail", "AWSLogs/1/CloudTrail" + day, 1, true},
		{"AWSLogs/1/CloudTrail-", "AWSLogs/1/CloudTrail-Insight" + day, 1, true},
		{"AWSLogs/1/CloudTrail-Insight/", "AWSLogs/1/CloudTrail-Insight" + day, 1, true},
		{"AWSLogs/o-a/111122223333/CloudTrail-Insight/us", "AWSLogs/o-a/111122223333/CloudTrail-Insight" + day, 1, true},
		{"AWSLogs/1/vpcflowlogs/", "AWSLogs/1/vpcflowlogs" + day, 1, true},
		{"", "exports/a.json.gz", 1, true},
		{"", "AWSLogs/1/CloudTrail/", 0, false}, // marks that consoles make of folders
		{"", "folder/", 0, false},
		{"", "folder/", 5, true},
		{"", "AWSLogs/1/CloudTrail/us-east-1/2024/06/02/empty.json.gz", 0, true},
	}
	for _, tt := range tests {
		k := ParseKey(tt.key)
		if got := k.Wanted(tt.prefix, tt.size); got != tt.want {
			t.Errorf("Wanted(%q, %d) of %s = %v", tt.prefix, tt.size, tt.key, got)
		}
	}
}

func TestBetween(t *testing.T) {
	const (
		named = "AWSLogs/1/CloudTrail/r/2024/06/02/1_CloudTrail_r_20240602T2030Z_a.json.gz"
		dated = "AWSLogs/1/CloudTrail/r/2024/06/02/a.json.gz"
		plain = "a.json.gz"
	)
	tests := []struct {
		key, start, end string
		want            bool
	}{
		{named, "", "", true},
		{named, "2024-06-02T20:30", "2024-06-02T20:30", true},
		{named, "2024-06-02T20:31", "", false},
		{named, "", "2024-06-02T20:29", false},
		{named, "2024-06-02T00:00", "2024-06-03T00:00", true},
		{dated, "2024-06-02T23:59", "", true},
		{dated, "2024-06-03T00:00", "", false},
		{dated, "", "2024-06-02T00:00", true},
		{dated, "", "2024-06-01T23:59", false},
		{plain, "2024-06-03T00:00", "2024-06-04T00:00", true},
	}
	for _, tt := range tests {
		k := ParseKey(tt.key)
		if got := k.Between(at(tt.start), at(tt.end)); got != tt.want {
			t.Errorf("Between(%q, %q) of %s = %v", tt.start, tt.end, tt.key, got)
		}
	}
}
