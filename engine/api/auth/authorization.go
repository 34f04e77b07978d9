package auth

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// claim is what an Authorization header says:
//
//	AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX
type claim struct {
	accessKeyID, date, region, service string
	signedHeaders                      []string // lower-case, sorted
	signature                          string   // lower-case hexadecimal
}

func (c claim) scope() string {
	return c.date + "/" + c.region + "/" + c.service + "/" + terminator
}

func parseAuthorization(headers []string) (claim, error) {
	if len(headers) == 0 || headers[0] == "" {
		return claim{}, errMissing()
	}
	if len(headers) > 1 {
		return claim{}, newError(IncompleteSignature, "Authorization: must be given once, not %d times.", len(headers))
	}
	scheme, rest, _ := strings.Cut(headers[0], " ")
	if scheme != algorithm {
		return claim{}, newError(IncompleteSignature, "Authorization: unsupported algorithm '%s', must be '%s'.", scheme, algorithm)
	}
	fields, err := authorizationFields(rest)
	if err != nil {
		return claim{}, err
	}
	var c claim
	if err := c.setCredential(fields["Credential"]); err != nil {
		return claim{}, err
	}
	c.signedHeaders = strings.Split(fields["SignedHeaders"], ";")
	for i, name := range c.signedHeaders {
		if name == "" || name != strings.ToLower(name) || i > 0 && c.signedHeaders[i-1] >= name {
			return claim{}, newError(IncompleteSignature, "SignedHeaders must be lower-case names in alphabetical order, separated by ';'.")
		}
	}
	c.signature = fields["Signature"]
	if raw, err := hex.DecodeString(c.signature); err != nil || len(raw) != 32 {
		return claim{}, newError(IncompleteSignature, "Signature must be 64 hexadecimal digits.")
	}
	return c, nil
}

func authorizationFields(text string) (map[string]string, error) {
	known := []string{"Credential", "SignedHeaders", "Signature"}
	fields := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || !slices.Contains(known, name) {
			return nil, newError(IncompleteSignature, "Authorization header: '%s' is not one of Credential=, SignedHeaders=, Signature=.", name)
		}
		if _, twice := fields[name]; twice {
			return nil, newError(IncompleteSignature, "Authorization header has more than one '%s' parameter.", name)
		}
		fields[name] = value
	}
	for _, name := range known {
		if fields[name] == "" {
			return nil, newError(IncompleteSignature, "Authorization header requires '%s' parameter.", name)
		}
	}
	return fields, nil
}

func (c *claim) setCredential(text string) error {
	parts := strings.Split(text, "/")
	if len(parts) < 5 {
		return newError(IncompleteSignature, "Credential must have at least 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '%s'.", text)
	}
	n := len(parts)
	c.accessKeyID = strings.Join(parts[:n-4], "/")
	c.date, c.region, c.service = parts[n-4], parts[n-3], parts[n-2]
	if parts[n-1] != terminator {
		return newError(InvalidSignature, "Credential should be scoped with a valid terminator: '%s', not '%s'.", terminator, parts[n-1])
	}
	if c.accessKeyID == "" || c.region == "" || c.service == "" {
		return newError(IncompleteSignature, "Credential must be keyid/date/region/service/%s with no part empty.", terminator)
	}
	if _, err := time.Parse("20060102", c.date); err != nil {
		return newError(IncompleteSignature, "Credential: date '%s' must be YYYYMMDD.", c.date)
	}
	return nil
}

// time is when the request was signed: X-Amz-Date, or else Date. Its day must be
// that of the scope.
func (c claim) time(r *http.Request) (time.Time, error) {
	var at time.Time
	var err error
	text := r.Header.Get("X-Amz-Date")
	if text != "" {
		at, err = time.Parse(amzDateForm, text)
	} else {
		text = r.Header.Get("Date")
		at, err = http.ParseTime(text)
	}
	if err != nil {
		return at, newError(IncompleteSignature, "Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", text)
	}
	at = at.UTC()
	if day := at.Format("20060102"); day != c.date {
		return at, newError(InvalidSignature, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.",
			c.date, day, at.Format(amzDateForm))
	}
	return at, nil
}
