package trail

import (
	"testing"

	"github.com/traillake/traillake/ingest/event"
)

func TestWantedItems(t *testing.T) {
	const of = "AWSLogs/123456789012/Config/us-east-2/2016/9/27/"
	for key, want := range map[string]bool{
		of + "ConfigHistory/123456789012_Config_us-east-2_ConfigHistory_AWS::CloudTrail::Trail_20160927T195818Z_20160927T195818Z_1.json.gz":                               true,
		"p/AWSLogs/o-abc/123456789012/Config/us-east-2/2016/9/27/ConfigSnapshot/123456789012_Config_us-east-2_ConfigSnapshot_20160927T183939Z_16da64e4-cb65-4846.json.gz": true,
		of + "OversizedChangeNotification/AWS::EC2::Instance/i-1/123456789012_Config_us-east-2_ChangeNotification_20160927T195818Z_1.json.gz":                             false,
		"AWSLogs/123456789012/Config/ConfigWritabilityCheckFile":                                                                         false,
		"AWSLogs/111122223333/CloudTrail/us-east-1/2024/06/02/111122223333_CloudTrail_us-east-1_20240602T2030Z_abcDEF0123456789.json.gz": false,
		"items/one.json": true,
		"one.json":       true,
	} {
		if k := ParseKey(key); k.WantedItems(1) != want {
			t.Errorf("WantedItems of %s = %v", key, !want)
		}
	}
	k := ParseKey(of + "ConfigHistory/123456789012_Config_us-east-2_ConfigHistory_AWS::CloudTrail::Trail_20160927T195818Z_20160927T195818Z_1.json.gz")
	if k.Time != at("2016-09-27T19:58") || k.Date != at("2016-09-27T00:00") || k.Account != "123456789012" || k.Region != "us-east-2" {
		t.Errorf("the key tells %+v", k)
	}
	if folder := ParseKey("a/"); folder.WantedItems(0) {
		t.Error("the mark of a folder is wanted")
	}
}

// TestReadItems reads AWS Config's containers, and what is none of them.
func TestReadItems(t *testing.T) {
	const item, other = `{"configurationItemStatus":"OK"}`, `{"configurationStateId":1}`
	container := `{"fileVersion":"1.0","configSnapshotId":"s","configurationItems":[` + item + `,7,` + other + `]}`
	for _, tt := range []struct {
		text   string
		strict bool
		want   string
	}{
		{container, true, "0:" + item + " 1:7(not an object) 2:" + other},
		{container, false, "0:" + item + " 1:7(not an object) 2:" + other},
		{item + "\n" + other, false, "0:" + item + " 1:" + other},
		{"[" + item + `,{"a":1}]`, false, "0:" + item + ` 1:{"a":1}(an object with none of a record's keys)`},
		{`{"Records":[]}`, true, "NotConfigurationItems: JSON object without configurationItems"},
		{`{"Records":[]}`, false, "NotConfigurationItems: JSON object before byte 14 is no record and no container: JSON object without configurationItems"},
		{`{"configurationItems":{}}`, true, "NotConfigurationItems: configurationItems is a JSON object, not an array"},
	} {
		r := Reader{Family: event.ConfigurationItem}
		if got := outcome(&r, zip(t, tt.text), tt.strict); got != tt.want {
			t.Errorf("%s, strict %v: %s\nwant %s", tt.text, tt.strict, got, tt.want)
		}
	}
	var r Reader // CloudTrail's
	if got := outcome(&r, zip(t, container), true); got != "NotCloudTrail: JSON object without Records" {
		t.Errorf("as CloudTrail's: %s", got)
	}
}
