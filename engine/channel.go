package engine

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/traillake/traillake/ingest/selector"
)

// Channel brings the events of a source outside of AWS into event data stores.
type Channel struct {
	ARN          string
	ID           string
	Name         string
	Source       string // CustomSource or the name of a partner
	Destinations []Destination
	Tags         []Tag
	Ingestion    IngestionStatus
}

// Destination is where a channel's events go.
type Destination struct {
	Type     DestinationType
	Location string // ARN of the store; its id is taken too
}

// DestinationType is the kind of a destination (CloudTrail API, DestinationType).
type DestinationType string

// The kinds. Channels to AWS services are those services' own.
const (
	DestinationStore   DestinationType = "EVENT_DATA_STORE"
	DestinationService DestinationType = "AWS_SERVICE"
)

// IngestionStatus tells of the latest events of a channel. It is written into the
// lake's log once an hour and when the lake is closed: a crash loses the newest.
type IngestionStatus struct {
	SuccessTime    *time.Time     `json:"successTime,omitempty"`
	SuccessEventID string         `json:"successEventId,omitempty"`
	ErrorCode      AuditEventCode `json:"errorCode,omitempty"` // of the latest failure
	AttemptTime    *time.Time     `json:"attemptTime,omitempty"`
	AttemptEventID string         `json:"attemptEventId,omitempty"`
}

// CustomSource is the source of applications of one's own.
const CustomSource = "Custom"

// channelSources are the sources that CloudTrail knows (user guide, integrations).
var channelSources = []string{
	CustomSource, "CloudStorageSecurityConsole", "Clumio", "CrowdStrike", "CyberArk", "GitHub", "KongGatewayEnterprise", "LaunchDarkly",
	"NetskopeCloudExchange", "IBMMulticloud", "MontyCloud", "OktaSystemLogEvents", "OneLogin", "Shoreline", "Snyk", "WizAuditLogs",
}

// channelRecord is what the lake's log keeps of a channel.
type channelRecord struct {
	Name    string   `json:"name"`
	Source  string   `json:"source"`
	Stores  []string `json:"stores"` // ids
	Tags    []Tag    `json:"tags,omitempty"`
	Created string   `json:"created"`
}

// channel is a channel of the lake. Its record is replaced, never changed.
type channel struct {
	id     string
	record channelRecord
	status IngestionStatus
	saved  bool // the log has the status
}

// The keys of a channel's documents in the lake's log.
const (
	channelPrefix       = "channel/"
	channelStatusPrefix = "channelStatus/"
)

// loadChannels reads the channels out of the lake's log.
func (e *Engine) loadChannels() error {
	for key, raw := range e.lake.Docs(channelPrefix) {
		c := &channel{id: strings.TrimPrefix(key, channelPrefix), saved: true}
		if err := json.Unmarshal(raw, &c.record); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if raw, ok := e.lake.Doc(channelStatusPrefix + c.id); ok {
			if err := json.Unmarshal(raw, &c.status); err != nil {
				return fmt.Errorf("%s%s: %w", channelStatusPrefix, c.id, err)
			}
		}
		e.channels[c.id] = c
	}
	return nil
}

var channelARNPattern = regexp.MustCompile(`^arn:(aws|aws-cn|aws-us-gov):cloudtrail:([a-z0-9-]*):(\d{12}):channel/([0-9a-f-]{36})$`)

func (e *Engine) channelARN(id string) string {
	return fmt.Sprintf("arn:aws:cloudtrail:%s:%s:channel/%s", e.opts.Region, e.opts.Account, id)
}

// channelID takes an id or an ARN apart. A malformed one is ChannelARNInvalid.
func (e *Engine) channelID(idOrARN string) (string, error) {
	if uuidPattern.MatchString(idOrARN) {
		return idOrARN, nil
	}
	m := channelARNPattern.FindStringSubmatch(idOrARN)
	if m == nil || !uuidPattern.MatchString(m[4]) {
		return "", Errorf(ChannelARNInvalid, "channel %q: must be its ARN, like %s, or the 36-character id at its end", clip(idOrARN), e.channelARN("<id>"))
	}
	if m[3] != e.opts.Account {
		return "", Errorf(ChannelARNInvalid, "channel ARN %q: belongs to account %s, this lake is account %s", idOrARN, m[3], e.opts.Account)
	}
	return m[4], nil
}

// findChannel returns a copy of a channel.
func (e *Engine) findChannel(idOrARN string) (*channel, error) {
	id, err := e.channelID(idOrARN)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.channels[id]
	if !ok {
		return nil, Errorf(ChannelNotFound, "channel %s does not exist", id)
	}
	out := *c
	return &out, nil
}

// describe is the channel as operations answer it.
func (c *channel) describe(e *Engine) *Channel {
	out := &Channel{ARN: e.channelARN(c.id), ID: c.id, Name: c.record.Name, Source: c.record.Source, Tags: c.record.Tags, Ingestion: c.status}
	for _, id := range c.record.Stores {
		out.Destinations = append(out.Destinations, Destination{DestinationStore, e.arn(id)})
	}
	return out
}

// checkSource holds a source against those CloudTrail knows.
func checkSource(source string) error {
	if err := checkText("Source", source, 1, 256, nil); err != nil {
		return err
	}
	if !slices.Contains(channelSources, source) {
		return Errorf(InvalidSource, "Source %q: must be %s, or a partner: %s", clip(source), CustomSource, strings.Join(channelSources[1:], ", "))
	}
	return nil
}

var locationPattern = regexp.MustCompile(`^[a-zA-Z0-9._/\-:*]+$`)

// destinations checks where events are to go and returns the ids of the stores.
func (e *Engine) destinations(list []Destination) ([]string, error) {
	if n := len(list); n < 1 || n > 200 {
		return nil, Errorf(InvalidParameter, "Destinations: %d of them, must be 1 to 200", n)
	}
	var ids []string
	for _, d := range list {
		if d.Type != DestinationStore {
			return nil, Errorf(InvalidParameter, "Destinations: Type %q: must be %s; channels to AWS services are made by those services", clip(string(d.Type)), DestinationStore)
		}
		if err := checkText("Location", d.Location, 3, 1024, locationPattern); err != nil {
			return nil, err
		}
		s, err := e.findActive(d.Location)
		if err != nil {
			return nil, err
		}
		if family := s.record.Load().Family; family != selector.ActivityAuditLog {
			return nil, Errorf(InvalidEventDataStoreCategory, "event data store %s holds %s events: a channel brings %s events", s.id, family, selector.ActivityAuditLog)
		}
		if slices.Contains(ids, s.id) {
			return nil, Errorf(InvalidParameter, "Destinations: event data store %s is given twice", s.id)
		}
		ids = append(ids, s.id)
	}
	return ids, nil
}
