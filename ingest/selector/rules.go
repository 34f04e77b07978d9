package selector

import (
	"slices"
	"strings"

	"github.com/traillake/traillake/ingest/event"
)

// The categories of events. The first three may be mixed in one store.
const (
	management        = "Management"
	data              = "Data"
	networkActivity   = "NetworkActivity"
	insight           = string(Insight)
	configurationItem = string(ConfigurationItem)
	evidence          = string(Evidence)
	activityAuditLog  = string(ActivityAuditLog)
)

var categories = []string{management, data, networkActivity, insight, configurationItem, evidence, activityAuditLog}

// familyOf returns the family of a category.
func familyOf(category string) Family {
	switch category {
	case management, data, networkActivity:
		return Trail
	}
	return Family(category)
}

// The fields of selectors.
var (
	fieldCategory    = event.EventCategory.String()
	fieldReadOnly    = event.ReadOnly.String()
	fieldEventName   = event.EventName.String()
	fieldEventSource = event.EventSource.String()
	fieldEventType   = event.EventType.String()
	fieldErrorCode   = event.ErrorCode.String()
	fieldEndpoint    = event.VPCEndpointID.String()
	fieldConsole     = event.SessionCredentialFromConsole.String()
	fieldUserARN     = event.UserIdentityARN.String()
)

const (
	fieldResourceType = "resources.type"
	fieldResourceARN  = "resources.ARN"
)

// plainFields are the fields whose one value an event has at a fixed place.
var plainFields = func() map[string]event.Selectable {
	m := map[string]event.Selectable{}
	for _, f := range []event.Selectable{
		event.EventCategory, event.ReadOnly, event.EventName, event.EventSource, event.EventType, event.ErrorCode,
		event.VPCEndpointID, event.SessionCredentialFromConsole, event.UserIdentityARN,
	} {
		m[f.String()] = f
	}
	return m
}()

// known reports whether there is a field of that name.
func known(field string) bool {
	_, plain := plainFields[field]
	return plain || field == fieldResourceType || field == fieldResourceARN
}

// rule is what a category allows of a field.
type rule struct {
	required  bool
	operators []string                  // the only ones; nil: any
	values    []string                  // the only ones; nil: any
	single    bool                      // exactly one value
	shape     func(FieldSelector) error // nil: any value
}

var (
	equalsOnly = []string{opEquals}
	free       = rule{}
	yesOrNo    = rule{operators: equalsOnly, values: []string{"true", "false"}, single: true}
	ofConsole  = rule{operators: []string{opEquals, opNotEquals}, values: []string{"true"}}
)

// rules are the fields of each category in an event data store (API reference,
// AdvancedFieldSelector; user guide, logging network activity events). Trails allow
// others.
var rules = map[string]map[string]rule{
	management: {
		fieldReadOnly: yesOrNo, fieldEventName: free, fieldEventSource: free, fieldEventType: free, fieldConsole: ofConsole,
		fieldUserARN: free,
	},
	data: {
		fieldResourceType: {required: true, operators: equalsOnly, single: true, shape: checkResourceType},
		fieldResourceARN:  {shape: checkARNs},
		fieldReadOnly:     yesOrNo, fieldEventName: free, fieldEventSource: free, fieldEventType: free, fieldConsole: ofConsole,
		fieldUserARN: free,
	},
	networkActivity: {
		fieldEventSource: {required: true, operators: equalsOnly, single: true, shape: checkSource},
		fieldEventName:   free,
		fieldErrorCode:   {operators: equalsOnly, values: []string{"VpceAccessDenied"}},
		fieldEndpoint:    free,
	},
}

// allowed lists the fields of a category, the category first.
func allowed(category string) string {
	var fields []string
	for f := range rules[category] {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	return strings.Join(append([]string{fieldCategory}, fields...), ", ")
}

// belongs lists the categories that have a field.
func belongs(field string) string {
	var with []string
	for _, c := range categories {
		if _, ok := rules[c][field]; ok {
			with = append(with, c)
		}
	}
	return strings.Join(with, " and ")
}
