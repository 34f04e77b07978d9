// Package envelope takes CloudTrail events out of what streams of AWS carry them in.
//
// A text, plain or gzip, holds any number of JSON values, one after the other or on
// lines of their own. Each is
//
//   - an event, as in a log file,
//   - a log file: an object with an array "Records",
//   - an event of EventBridge ("AWS API Call via CloudTrail" and its like), whose
//     "detail" is the event,
//   - a message of a subscription to a group of CloudWatch Logs, whose "logEvents"
//     have such texts as their "message", or
//   - an array of these.
//
// What is none of them is told with its reason, and the rest goes on: after text
// that is no JSON with the next line.
//
// Sources: CloudTrail User Guide, "CloudTrail record contents"; EventBridge, "AWS
// service events delivered via AWS CloudTrail"; CloudWatch Logs User Guide,
// "Log group-level subscription filters".
package envelope

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"

	"github.com/traillake/traillake/ingest/event"
)

// MaxTextBytes is the most text that one gzip may hold.
const MaxTextBytes = 256 << 20

// maxDepth is how many envelopes may be in one another.
const maxDepth = 4

// maxBadLines is how often a text is taken up again after what is no JSON.
const maxBadLines = 1000

// Element is an event, or what is none.
type Element struct {
	// JSON is the event's source text, or of what is none the text; it is good until
	// the data that was opened changes.
	JSON []byte
	// Reason, if not empty, says why it is no event.
	Reason string
}

// Open calls fn with what the data holds, in order, and returns its error.
func Open(data []byte, fn func(Element) error) error {
	return opener{fn}.text(data, 0)
}

type opener struct{ fn func(Element) error }

func (o opener) reject(text []byte, format string, args ...any) error {
	return o.fn(Element{JSON: text, Reason: fmt.Sprintf(format, args...)})
}

// text opens gzip or JSON values one after the other.
func (o opener) text(data []byte, depth int) error {
	if depth > maxDepth {
		return o.reject(data, "in more than %d envelopes", maxDepth)
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		text, err := gunzip(data)
		if err != nil {
			return o.reject(nil, "damaged gzip: %v", err)
		}
		return o.text(text, depth+1)
	}
	for bad := 0; ; {
		data = bytes.TrimLeft(data, " \t\r\n")
		if len(data) == 0 {
			return nil
		}
		d := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		_, err := d.ReadValue()
		end := int(d.InputOffset())
		if err != nil {
			line, rest, _ := bytes.Cut(data, []byte("\n"))
			if bad++; bad > maxBadLines {
				return o.reject(data, "no JSON, as %d lines before it", maxBadLines)
			}
			if err := o.reject(line, "no JSON: %v", plain(err)); err != nil {
				return err
			}
			data = rest
			continue
		}
		if err := o.value(data[:end:end], depth); err != nil {
			return err
		}
		data = data[end:]
	}
}

// plain is a fault of JSON text in words.
func plain(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the text is cut off")
	case errors.As(err, &syntax):
		return fmt.Errorf("%w at byte %d", syntax.Err, syntax.ByteOffset)
	}
	return err
}

func gunzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxTextBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxTextBytes {
		return nil, fmt.Errorf("more than %d bytes of text", MaxTextBytes)
	}
	return text, r.Close()
}

// members are those that tell the kinds of objects apart.
type members struct {
	Records     []json.RawMessage `json:"Records"`
	DetailType  *string           `json:"detail-type"`
	Detail      json.RawMessage   `json:"detail"`
	MessageType string            `json:"messageType"`
	LogEvents   []struct {
		Message string `json:"message"`
	} `json:"logEvents"`
}

// value opens one JSON value.
func (o opener) value(text []byte, depth int) error {
	switch {
	case text[0] == '{' && event.CloudTrail.LooksLikeRecord(text):
		return o.fn(Element{JSON: text})
	case text[0] == '[':
		var elements []json.RawMessage
		if err := json.Unmarshal(text, &elements); err != nil {
			return o.reject(text, "an array that cannot be read: %v", err)
		}
		return o.values(elements, depth)
	case text[0] != '{':
		return o.reject(text, "a JSON value that is no object")
	}
	var m members
	if err := json.Unmarshal(text, &m); err != nil {
		return o.reject(text, "an object that is no event and no envelope: %v", err)
	}
	switch {
	case m.Records != nil:
		return o.values(m.Records, depth)
	case m.DetailType != nil:
		if len(m.Detail) == 0 || m.Detail[0] != '{' || !event.CloudTrail.LooksLikeRecord(m.Detail) {
			return o.reject(text, "an event of EventBridge, %.80q, whose detail is no event of CloudTrail", *m.DetailType)
		}
		return o.fn(Element{JSON: m.Detail})
	case m.MessageType == "CONTROL_MESSAGE": // CloudWatch Logs asks whether anyone is there
		return nil
	case m.LogEvents != nil:
		for _, e := range m.LogEvents {
			if err := o.text([]byte(e.Message), depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return o.reject(text, "an object with none of the keys of an event or an envelope")
}

func (o opener) values(elements []json.RawMessage, depth int) error {
	if depth > maxDepth {
		return o.reject(nil, "in more than %d envelopes", maxDepth)
	}
	for _, e := range elements {
		if err := o.value(e, depth+1); err != nil {
			return err
		}
	}
	return nil
}
