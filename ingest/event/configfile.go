package event

import (
	"encoding/hex"
	"fmt"
	"unicode/utf8"
)

// AWS Config's files hold configuration items and no records. What differs is this:
// the item has no record around it, and two of its keys are spelled otherwise.

// The keys of an item in AWS Config's files that are others in records.
var itemKeys = map[string]string{"ARN": arnKey, "awsAccountId": accountKey}

// The keys of which an item has at least one, and no CloudTrail record has any.
var itemMarks = map[string]bool{captureTimeKey: true, "configurationItemStatus": true, "configurationStateId": true}

// FromFile appends the record that an element of a file makes, which is valid JSON,
// to dst; nothing when the element is a record itself. Of the configuration items
// as AWS Config writes them it makes records: the eventID is made of the item's
// content, so that an item has the same in every file, and the eventTime is when the
// item was captured. The error says why the element is none of the family's.
func (f *Family) FromFile(dst, element []byte) ([]byte, error) {
	if f != ConfigurationItem || depth(element) >= MaxDepth {
		return dst, nil // one that nests too deeply is refused when it is decoded
	}
	var category, captured, account, region span
	at := span{skipSpace(element, 0), len(element)}
	item, record := false, false
	for w := walk(element, at); ; {
		raw, value, ok := w.member()
		if !ok {
			break
		}
		switch key := string(raw[1 : len(raw)-1]); key {
		case "eventCategory":
			category = value
		case eventDataKey:
			record = true
		case captureTimeKey:
			captured, item = value, true
		case accountKey, "awsAccountId":
			account = value
		case regionKey:
			region = value
		default:
			item = item || itemMarks[key]
		}
	}
	switch {
	case record && category.present() && string(element[category.from:category.to]) == `"ConfigurationItem"`:
		return dst, nil
	case !item || record:
		return dst, fmt.Errorf("%w: neither a configuration item of AWS Config nor the record of one", ErrRecord)
	}
	dst = append(dst, `{"eventVersion":"1.0","eventCategory":"ConfigurationItem","eventType":"AwsConfigurationItem","eventID":"`...)
	dst = append(appendItemID(dst, element), '"')
	for _, m := range []struct {
		key   string
		value span
	}{{"eventTime", captured}, {regionKey, region}, {"recipientAccountId", account}} {
		if m.value.present() {
			dst = append(append(append(dst, `,"`...), m.key...), `":`...)
			dst = append(dst, element[m.value.from:m.value.to]...)
		}
	}
	dst = append(append(append(dst, `,"`...), eventDataKey...), `":{`...)
	return append(appendItem(dst, element, at), "}}"...), nil
}

// appendItem appends the members of an item, their keys as records have them.
func appendItem(dst, element []byte, at span) []byte {
	w := walk(element, at)
	for n := 0; ; n++ {
		raw, value, ok := w.member()
		if !ok {
			return dst
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		if key, other := itemKeys[string(raw[1:len(raw)-1])]; other {
			dst = append(append(append(dst, '"'), key...), '"')
		} else {
			dst = append(dst, raw...)
		}
		dst = append(append(dst, ':'), element[value.from:value.to]...)
	}
}

// appendItemID appends a UUID that is made of the item's canonical text (version 8,
// RFC 9562: of the maker's own).
func appendItemID(dst, item []byte) []byte {
	if !utf8.Valid(item) {
		item, _ = repairUTF8(item)
	}
	var c canon
	sum := c.sum(indexed{b: item}, "")
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	dst = hex.AppendEncode(dst, sum[:4])
	for from := 4; from < 10; from += 2 {
		dst = hex.AppendEncode(append(dst, '-'), sum[from:from+2])
	}
	return hex.AppendEncode(append(dst, '-'), sum[10:16])
}
