package engine

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	storeARN    = regexp.MustCompile(`^arn:(aws|aws-cn|aws-us-gov):cloudtrail:([a-z0-9-]*):(\d{12}):eventdatastore/([0-9a-f-]{36})$`)
)

// arn returns the ARN of a store.
func (e *Engine) arn(id string) string {
	return fmt.Sprintf("arn:aws:cloudtrail:%s:%s:eventdatastore/%s", e.opts.Region, e.opts.Account, id)
}

// storeID takes an id or an ARN apart. A malformed one is EventDataStoreARNInvalid.
func (e *Engine) storeID(idOrARN string) (string, error) {
	if err := checkText("EventDataStore", idOrARN, 3, 256, identifierPattern); err != nil {
		return "", err
	}
	if uuidPattern.MatchString(idOrARN) {
		return idOrARN, nil
	}
	if !strings.HasPrefix(idOrARN, "arn:") {
		return "", Errorf(EventDataStoreARNInvalid,
			"event data store %q: must be its ARN or the 36-character id at its end", idOrARN)
	}
	m := storeARN.FindStringSubmatch(idOrARN)
	if m == nil || !uuidPattern.MatchString(m[4]) {
		return "", Errorf(EventDataStoreARNInvalid,
			"event data store ARN %q: must look like %s", idOrARN, e.arn("<id>"))
	}
	if m[3] != e.opts.Account {
		return "", Errorf(EventDataStoreARNInvalid,
			"event data store ARN %q: belongs to account %s, this lake is account %s", idOrARN, m[3], e.opts.Account)
	}
	return m[4], nil
}
