package event

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// configItem is an item as AWS Config writes it into its files.
const configItem = `{"relatedEvents":[],"relationships":[{"resourceId":"vpc-4540bc2d","resourceName":null,"resourceType":"AWS::EC2::VPC","name":"Is contained in Vpc"}],
	"configuration":{"description":"testconfig","groupName":"testconfig","ipPermissions":[{"fromPort":443,"toPort":443}]},"supplementaryConfiguration":{},"tags":{"ARN":"kept"},
	"configurationItemVersion":"1.3","configurationItemCaptureTime":"2018-09-07T05:26:45.866Z","configurationStateId":1536298470560,"awsAccountId":"970012433126",
	"configurationItemStatus":"OK","resourceType":"AWS::EC2::SecurityGroup","resourceId":"sg-01","resourceName":"testconfig",
	"ARN":"arn:aws:ec2:ap-south-1:970012433126:security-group/sg-01","awsRegion":"ap-south-1","availabilityZone":"NotApplicable","configurationStateMd5Hash":"","resourceCreationTime":null}`

func TestFromFile(t *testing.T) {
	made, err := ConfigurationItem.FromFile(nil, []byte(configItem))
	if err != nil {
		t.Fatal(err)
	}
	var got, item map[string]any
	if err := json.Unmarshal(made, &got); err != nil {
		t.Fatalf("%v in %s", err, made)
	}
	if err := json.Unmarshal([]byte(configItem), &item); err != nil {
		t.Fatal(err)
	}
	// encoding/json writes an item's canonical text too: keys sorted, no white space,
	// and these numbers as they are.
	decoder := json.NewDecoder(strings.NewReader(configItem))
	decoder.UseNumber()
	var exact any
	if err := decoder.Decode(&exact); err != nil {
		t.Fatal(err)
	}
	canonical, err := json.Marshal(exact)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(canonical)
	digits := hex.EncodeToString(sum[:16])
	id := got["eventID"].(string)
	if len(id) != 36 || id[:14] != digits[:8]+"-"+digits[8:12]+"-" || id[14] != '8' || !strings.ContainsRune("89ab", rune(id[19])) || id[24:] != digits[20:] {
		t.Errorf("eventID = %s, the item's sum is %s", id, digits)
	}
	item["arn"], item["accountId"] = item["ARN"], item["awsAccountId"]
	delete(item, "ARN")
	delete(item, "awsAccountId")
	want := map[string]any{
		"eventVersion": "1.0", "eventCategory": "ConfigurationItem", "eventType": "AwsConfigurationItem", "eventID": id,
		"eventTime": "2018-09-07T05:26:45.866Z", "awsRegion": "ap-south-1", "recipientAccountId": "970012433126", "eventData": item,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}

	// The same item, written otherwise, is the same event; another is another.
	var again, other []byte
	if again, err = ConfigurationItem.FromFile(nil, canonical); err != nil {
		t.Fatal(err)
	}
	if other, err = ConfigurationItem.FromFile(nil, []byte(strings.Replace(configItem, "443", "80", 1))); err != nil {
		t.Fatal(err)
	}
	_, first, ok, _ := ConfigurationItem.Identity(made)
	_, second, _, _ := ConfigurationItem.Identity(again)
	_, third, _, _ := ConfigurationItem.Identity(other)
	if !ok || first != second || first == third {
		t.Errorf("identities %x, %x, %x", first[:4], second[:4], third[:4])
	}
}

func TestFromFileElements(t *testing.T) {
	deep := `{"configurationItemStatus":` + strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth) + "}"
	for _, tt := range []struct {
		name    string
		family  *Family
		element string
		want    string // of the record; "" is none: the element is one
		refused bool
	}{
		{"a record", ConfigurationItem, `{"eventCategory":"ConfigurationItem","eventData":{"configurationItemStatus":"OK"}}`, "", false},
		{"of CloudTrail", ConfigurationItem, `{"eventCategory":"Management","eventName":"A"}`, "", true},
		{"of another category", ConfigurationItem, `{"eventCategory":"Evidence","eventData":{}}`, "", true},
		{"nothing", ConfigurationItem, `{}`, "", true},
		{"too deep", ConfigurationItem, deep, "", false},
		{"of an old item", ConfigurationItem, ` {"accountId":"1","configurationItemCaptureTime":7,"arn":"a"} `, `"eventTime":7,"recipientAccountId":"1","eventData":{"accountId":"1","configurationItemCaptureTime":7,"arn":"a"}}`, false},
		{"not UTF-8", ConfigurationItem, "{\"configurationItemStatus\":\"\xff\"}", "\"eventData\":{\"configurationItemStatus\":\"\xff\"}}", false},
		{"an item elsewhere", CloudTrail, configItem, "", false},
	} {
		got, err := tt.family.FromFile(nil, []byte(tt.element))
		if (err != nil) != tt.refused || err != nil && !errors.Is(err, ErrRecord) {
			t.Errorf("%s: error %v", tt.name, err)
		}
		if tt.want == "" != (len(got) == 0) || !strings.HasSuffix(string(got), tt.want) {
			t.Errorf("%s: %s, want …%s", tt.name, got, tt.want)
		}
	}
	if _, err := NewDecoder(ConfigurationItem).Decode([]byte(deep)); err == nil {
		t.Error("an item that nests too deeply is decoded")
	}
}
