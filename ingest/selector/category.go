package selector

import (
	"bytes"
	"strconv"

	"github.com/traillake/traillake/ingest/event"
)

// categoryOf returns an event's category, also of records from before there was
// eventCategory; "" when there is none that selectors may name.
func categoryOf(d *event.Decoder) string {
	if value, ok := d.Value(event.EventCategory); ok {
		for _, c := range categories {
			if string(value) == c {
				return c
			}
		}
		return ""
	}
	if version, ok := d.Value(event.EventVersion); !ok || !before107(version) {
		return ""
	}
	if isManagement, ok := d.Value(event.ManagementEvent); ok {
		if string(isManagement) == "true" {
			return management
		}
		return data
	}
	for kind := range d.Resources {
		switch string(kind) {
		case "AWS::S3::Object", "AWS::Lambda::Function":
			return data
		}
	}
	return management
}

// before107 reports whether records of that eventVersion, major.minor, have no
// eventCategory ("Since: 1.07", user guide, record contents).
func before107(version []byte) bool {
	minor, ok := bytes.CutPrefix(version, []byte("1."))
	if !ok {
		return false
	}
	n, err := strconv.ParseUint(string(minor), 10, 8)
	return err == nil && n < 7
}
