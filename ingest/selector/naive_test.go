package selector

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// naive decides on a record as the documentation reads, from its JSON alone and
// without anything of the package but the types.
func naive(selectors []EventSelector, record []byte) (taken, valid bool) {
	var event map[string]any
	if json.Unmarshal(record, &event) != nil || event == nil {
		return false, false
	}
	return slices.ContainsFunc(selectors, func(s EventSelector) bool { return naiveSelector(s, event) }), true
}

func naiveSelector(s EventSelector, event map[string]any) bool {
	kind := ""
	for _, f := range s.FieldSelectors {
		if f.Field == "resources.type" {
			kind = f.Equals[0]
			if !slices.ContainsFunc(naiveResources(event), func(r map[string]any) bool { return r["type"] == kind }) {
				return false
			}
		}
	}
	for _, f := range s.FieldSelectors {
		if f.Field != "resources.type" && !naiveCondition(f, naiveValues(event, f.Field, kind)) {
			return false
		}
	}
	return true
}

// naiveCondition: DESELECT conditions are ANDed over everything that is there,
// SELECT conditions are ORed, and both groups are ANDed.
func naiveCondition(f FieldSelector, values []string) bool {
	matches := func(equals, starts, ends []string) bool {
		for _, v := range values {
			for _, e := range equals {
				if v == e {
					return true
				}
			}
			for _, e := range starts {
				if strings.HasPrefix(v, e) {
					return true
				}
			}
			for _, e := range ends {
				if strings.HasSuffix(v, e) {
					return true
				}
			}
		}
		return false
	}
	if matches(f.NotEquals, f.NotStartsWith, f.NotEndsWith) {
		return false
	}
	return len(f.Equals)+len(f.StartsWith)+len(f.EndsWith) == 0 || matches(f.Equals, f.StartsWith, f.EndsWith)
}

// naiveValues are the values an event has in a field; none when it lacks it.
func naiveValues(event map[string]any, field, kind string) []string {
	text := func(v any) []string {
		if s, ok := v.(string); ok {
			return []string{s}
		}
		return nil
	}
	switch field {
	case "eventCategory":
		return naiveCategory(event)
	case "readOnly":
		return naiveFlag(event["readOnly"])
	case "userIdentity.arn":
		identity, _ := event["userIdentity"].(map[string]any)
		return text(identity["arn"])
	case "resources.ARN":
		var arns []string
		for _, r := range naiveResources(event) {
			if r["type"] != kind {
				continue
			}
			if arn := text(r["ARN"]); arn != nil {
				arns = append(arns, arn...)
			} else {
				arns = append(arns, text(r["ARNPrefix"])...)
			}
		}
		return arns
	}
	return text(event[field])
}

func naiveFlag(v any) []string {
	switch v {
	case true, "true":
		return []string{"true"}
	case false, "false":
		return []string{"false"}
	}
	return nil
}

func naiveResources(event map[string]any) (out []map[string]any) {
	switch r := event["resources"].(type) {
	case map[string]any:
		return []map[string]any{r}
	case []any:
		for _, entry := range r {
			if m, ok := entry.(map[string]any); ok {
				out = append(out, m)
			}
		}
	}
	return out
}

func naiveCategory(event map[string]any) []string {
	if c, ok := event["eventCategory"].(string); ok {
		return []string{c}
	}
	version, _ := event["eventVersion"].(string)
	minor, err := strconv.Atoi(strings.TrimPrefix(version, "1."))
	if !strings.HasPrefix(version, "1.") || strings.ContainsAny(version, "+-") || err != nil || minor > 6 {
		return nil
	}
	switch flag := naiveFlag(event["managementEvent"]); {
	case flag == nil:
		for _, r := range naiveResources(event) {
			if r["type"] == "AWS::S3::Object" || r["type"] == "AWS::Lambda::Function" {
				return []string{"Data"}
			}
		}
	case flag[0] == "false":
		return []string{"Data"}
	}
	return []string{"Management"}
}
