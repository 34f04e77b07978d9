package event

import (
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
)

// TestFamilySchemas holds SELECT * to the published schemas: names, order, types.
func TestFamilySchemas(t *testing.T) {
	const envelope = "eventversion string, eventcategory string, eventtype string, eventid string, eventtime timestamp, awsregion string, recipientaccountid string, "
	for f, published := range map[*Family]string{
		Insight: envelope + `sharedeventid string, addendum map<string,string>, insightsource string, insightstate string,
			insighteventsource string, insighteventname string, insighterrorcode string, insighttype string,
			insightcontext struct<baselineaverage:double,insightaverage:double,baselineduration:integer,insightduration:integer,
			attributions:array<struct<attribute:string,insightvalue:string,insightaverage:double,baselinevalue:string,
			baselineaverage:double,insight:array<struct<value:string,average:double>>,baseline:array<struct<value:string,average:double>>>>>`,
		ConfigurationItem: envelope + `addendum map<string,string>, eventdata struct<configurationitemversion:string,
			configurationitemcapturetime:string,configurationitemstatus:string,configurationitemstateid:string,accountid:string,
			resourcetype:string,resourceid:string,resourcename:string,arn:string,awsregion:string,availabilityzone:string,
			resourcecreationtime:string,configuration:map<string,string>,supplementaryconfiguration:map<string,string>,
			relatedevents:string,relationships:array<struct<name:string,resourcetype:string,resourceid:string,resourcename:string>>,
			tags:map<string,string>>`,
		Evidence: envelope + `addendum map<string,string>, eventdata struct<attributes:map<string,string>,awsaccountid:string,
			awsorganization:string,compliancecheck:string,datasource:string,eventname:string,eventsource:string,
			evidenceawsaccountid:string,evidencebytype:string,iamid:string,evidenceid:string,time:timestamp,assessmentid:string,
			controlsetid:string,controlid:string,controlname:string,controldomainname:string,frameworkname:string,
			frameworkid:string,service:string,servicecategory:string,resourcearn:string,resourcetype:string,
			evidencefolderid:string,description:string,manualevidences3resourcepath:string,evidencefoldername:string,
			resourcecompliancecheck:string>`,
	} {
		var shown []string
		for _, c := range f.Columns {
			if !c.Hidden {
				shown = append(shown, c.Name+" "+hiveType(c.Type))
			}
		}
		squeeze := func(s string) string { return strings.NewReplacer("\n", "", "\t", "", " ", "").Replace(s) }
		if got, want := squeeze(strings.Join(shown, ",")), squeeze(published); got != want {
			t.Errorf("SELECT * of %s =\n%s\nwant\n%s", f.Name, got, want)
		}
		for _, path := range append(slices.Clone(f.SortColumns), f.BloomColumns...) {
			if f.FieldIDs[path] == 0 {
				t.Errorf("%s has no column %s", f.Name, path)
			}
		}
		names := map[string]bool{}
		for _, c := range f.Columns {
			if names[c.Name] {
				t.Errorf("%s has column %s twice", f.Name, c.Name)
			}
			names[c.Name] = true
		}
	}
}

// hiveType names a type as the published schemas do.
func hiveType(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.TimestampType:
		return "timestamp"
	case *arrow.Float64Type:
		return "double"
	case *arrow.Int32Type:
		return "integer"
	case *arrow.MapType:
		return "map<string,string>"
	case *arrow.ListType:
		return "array<" + hiveType(t.Elem()) + ">"
	case *arrow.StructType:
		var parts []string
		for _, f := range t.Fields() {
			parts = append(parts, f.Name+":"+hiveType(f.Type))
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	case *arrow.StringType:
		return "string"
	}
	return t.String()
}
