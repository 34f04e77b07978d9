package event

import "strings"

// Selectable is a field of a record that event selectors look at: they decide on
// a decoded record before it becomes a row.
type Selectable uint8

// The fields, in about the order of what reading them costs. EventVersion and
// ManagementEvent are no fields of selectors, but tell the category of old records.
const (
	EventCategory Selectable = iota
	EventVersion
	ManagementEvent
	ReadOnly
	EventName
	EventSource
	EventType
	ErrorCode
	VPCEndpointID
	SessionCredentialFromConsole
	UserIdentityARN
	selectables
)

var selectablePaths = [selectables]string{
	EventCategory: "eventCategory", EventVersion: "eventVersion", ManagementEvent: "managementEvent", ReadOnly: "readOnly",
	EventName: "eventName", EventSource: "eventSource", EventType: "eventType", ErrorCode: "errorCode",
	VPCEndpointID: "vpcEndpointId", SessionCredentialFromConsole: "sessionCredentialFromConsole",
	UserIdentityARN: "userIdentity.arn",
}

// String returns the field's keys in the record, with a dot between them.
func (s Selectable) String() string { return selectablePaths[s] }

// The keys of an entry of resources.
const (
	resourcesKey      = "resources"
	resourceType      = "type"
	resourceARN       = "ARN"
	resourceARNPrefix = "ARNPrefix"
)

// selection tells where a family has the selectable fields: slots, or -1.
type selection struct {
	fields    [selectables]place
	resources int
}

// place is a slot and the key below it; that is empty for a plain value.
type place struct {
	slot int
	key  string
}

func newSelection(top *level) (s selection) {
	slot := func(key string) int {
		if i, ok := top.index[key]; ok {
			return i
		}
		return -1
	}
	for f, path := range selectablePaths {
		outer, inner, _ := strings.Cut(path, ".")
		s.fields[f] = place{slot(outer), inner}
	}
	s.resources = slot(resourcesKey)
	return s
}

// found is what was looked up below a record's top level, for whoever asks again.
type found struct {
	inner     [selectables]span
	asked     uint16 // the fields of inner that were looked up, by bit
	resources []resource
	listed    bool
}

// resource is an entry of resources: its type, and its ARN or ARNPrefix.
type resource struct{ kind, arn span }

// forget begins with another record.
func (f *found) forget() {
	f.asked, f.resources, f.listed = 0, f.resources[:0], false
}

// Value returns what the record that d holds has in a field, as the field's column
// will have it: what a string holds, or true or false as text. ok is false where
// the column will be NULL, also because the family has no such field. The value is
// good until the next call of d.
func (d *Decoder) Value(f Selectable) (value []byte, ok bool) {
	p := d.family.selection.fields[f]
	if p.slot < 0 {
		return nil, false
	}
	at := d.slots[p.slot]
	if p.key != "" {
		if d.found.asked&(1<<f) == 0 {
			d.found.inner[f], d.found.asked = d.below(at, p.key), d.found.asked|1<<f
		}
		at = d.found.inner[f]
	}
	if !at.present() {
		return nil, false
	}
	if p.key == "" && d.family.fields[p.slot].kind == boolean {
		return truth(d.text[at.from:at.to])
	}
	if value = d.plain(&d.quoted, at); value == nil {
		return nil, false
	}
	return value, true
}

// below returns the value of a key of the object at that place.
func (d *Decoder) below(at span, key string) (last span) {
	if !at.present() || d.text[at.from] != '{' {
		return span{}
	}
	for w := walk(d.text, at); ; {
		raw, value, ok := w.member()
		if !ok {
			return last
		}
		if isKey(raw, key) {
			last = value // of duplicates the last counts
		}
	}
}

// truth reads a boolean as the columns do.
func truth(raw []byte) ([]byte, bool) {
	switch string(raw) {
	case "true", "false":
		return raw, true
	case `"true"`, `"false"`:
		return raw[1 : len(raw)-1], true
	}
	return nil, false
}

// plain returns the value of a string, in buf when it has escapes; nil when there
// is no string.
func (d *Decoder) plain(buf *[]byte, at span) []byte {
	if !at.present() || d.text[at.from] != '"' {
		return nil
	}
	raw := d.text[at.from:at.to]
	if isPlain(raw) {
		return raw[1 : len(raw)-1]
	}
	*buf, _ = unquote((*buf)[:0], raw)
	return *buf
}

// Resources yields type and ARN of each of the record's resources. An entry for
// many objects of a bucket has an ARNPrefix instead of an ARN, and it is given.
// What an entry lacks is nil. The slices are good until yield returns.
func (d *Decoder) Resources(yield func(kind, arn []byte) bool) {
	if !d.found.listed {
		d.list()
	}
	for _, r := range d.found.resources {
		if !yield(d.plain(&d.quoted, r.kind), d.plain(&d.second, r.arn)) {
			return
		}
	}
}

// list finds the record's resources.
func (d *Decoder) list() {
	d.found.listed = true
	slot := d.family.selection.resources
	if slot < 0 || !d.slots[slot].present() {
		return
	}
	at := d.slots[slot]
	switch d.text[at.from] {
	case '{': // one object given without its array, as the column takes it
		d.found.resources = append(d.found.resources, d.resource(at))
	case '[':
		for w := walk(d.text, at); ; {
			entry, ok := w.element()
			if !ok {
				return
			}
			if d.text[entry.from] == '{' {
				d.found.resources = append(d.found.resources, d.resource(entry))
			}
		}
	}
}

func (d *Decoder) resource(at span) resource {
	var kind, arn, prefix span
	for w := walk(d.text, at); ; {
		raw, value, ok := w.member()
		if !ok {
			break
		}
		switch {
		case isKey(raw, resourceType):
			kind = value
		case isKey(raw, resourceARN):
			arn = value
		case isKey(raw, resourceARNPrefix):
			prefix = value
		}
	}
	if !arn.present() || d.text[arn.from] != '"' {
		arn = prefix
	}
	return resource{kind, arn}
}
