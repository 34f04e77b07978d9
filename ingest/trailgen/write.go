package trailgen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// eventWriter appends records of one slot as JSON text.
type eventWriter struct {
	world *world
	trail *trail
	stats *Stats
	rand  *rand.Rand
	bits  uint64 // of one event: what it is about
	at    time.Time
	from  int64  // the hour of at, since 1970
	hour  string // its start, when sessions began
}

// failures are the errors of ordinary life.
var failures = []struct{ code, message string }{
	{"AccessDenied", "User: %s is not authorized to perform: %s:%s because no identity-based policy allows the %s:%s action"},
	{"Client.UnauthorizedOperation", "You are not authorized to perform this operation. User: %s is not authorized to perform: %s:%s"},
	{"ThrottlingException", "Rate exceeded"},
	{"ResourceNotFoundException", "Requested resource not found"},
	{"NoSuchBucketPolicy", "The bucket policy does not exist"},
	{"ValidationException", "1 validation error detected"},
	{"NoSuchKey", "The specified key does not exist."},
}

// regular appends an everyday event.
func (e *eventWriter) regular(dst []byte, at time.Time) []byte {
	r := e.rand
	op := operations.pick(r.Uint32())
	for op.global && e.trail.region != regionNames[0] {
		op = operations.pick(r.Uint32())
	}
	p := e.world.pick(e.trail.accountIndex, r.Float64())
	for p.service != "" && !op.often || op.source == signIn && (p.key == "" && p.head[9] != 'R' || p.session) {
		p = e.world.pick(e.trail.accountIndex, r.Float64())
	}
	rec := record{op: op, principal: p, version: "1.11", address: p.service, agent: p.service}
	if p.service == "" {
		rec.address, rec.agent = p.addresses[r.IntN(len(p.addresses))], p.agent
		if op.source == signIn { // with a browser
			rec.agent = agents[6+p.number%2]
		}
		if op.often && p.session && r.IntN(4) == 0 { // a service with the role's session
			rec.invokedBy = services[p.number%uint64(len(services))] + ".amazonaws.com"
			rec.address, rec.agent = rec.invokedBy, rec.invokedBy
		}
	} else if r.IntN(8) == 0 {
		rec.address, rec.agent = "AWS Internal", "AWS Internal"
	}
	switch n := r.IntN(1000); {
	case n < 48 && p.service == "":
		f := failures[min(r.IntN(9), len(failures)-1)*min(r.IntN(3), 1)]
		rec.code, rec.message = f.code, f.message
	case n >= 990 && !op.data:
		rec.version, rec.old = "1.02", true
	case n >= 900:
		rec.version = "1.08"
	}
	e.at = at
	return e.record(dst, &rec)
}

const signIn = "signin.amazonaws.com"

// record is one event before it is written.
type record struct {
	op            *operation
	principal     *principal
	key           string // access key instead of the principal's
	version       string
	old           bool // fields that came later are missing
	address       string
	agent         string
	invokedBy     string
	code, message string
	request       string // JSON instead of the operation's template
	response      string
	mfa           string // "Yes" or "No" of a sign-in; empty: drawn
	mfaSession    bool
	// Of stories only; empty: as everyday events have it.
	plain                   bool // message is no format
	tls, kind, category     string
	additional              template
	endpoint, endpointOwner string
}

// record appends an event in the order in which the service writes the keys.
func (e *eventWriter) record(dst []byte, rec *record) []byte {
	op := rec.op
	e.bits = e.rand.Uint64()
	e.count(rec)
	dst = append(append(append(dst, `{"eventVersion":"`...), rec.version...), `","userIdentity":`...)
	dst = e.identity(dst, rec)
	dst = e.at.AppendFormat(append(dst, `,"eventTime":"`...), "2006-01-02T15:04:05Z")
	dst = member(dst, `","eventSource":"`, op.source)
	dst = member(dst, `","eventName":"`, op.name)
	dst = member(dst, `","awsRegion":"`, e.trail.region)
	dst = member(dst, `","sourceIPAddress":"`, rec.address)
	dst = member(dst, `","userAgent":"`, rec.agent)
	dst = append(dst, '"')
	if rec.code != "" {
		dst = member(dst, `,"errorCode":"`, rec.code)
		dst = append(e.message(append(dst, `","errorMessage":"`...), rec), '"')
	}
	dst = e.value(append(dst, `,"requestParameters":`...), rec.request, op.request)
	switch {
	case rec.code != "" && rec.response == "":
		dst = append(dst, `,"responseElements":null`...)
	default:
		dst = e.value(append(dst, `,"responseElements":`...), rec.response, op.response)
	}
	dst = e.additional(dst, rec)
	dst = e.uuid(append(dst, `,"requestID":"`...))
	dst = e.uuid(append(dst, `","eventID":"`...))
	dst = append(dst, '"')
	if !rec.old {
		dst = strconv.AppendBool(append(dst, `,"readOnly":`...), op.readOnly)
	}
	if len(op.resources) > 0 {
		dst = e.fill(append(dst, `,"resources":`...), op.resources)
	}
	if rec.old {
		return append(dst, '}')
	}
	kind, category := "AwsApiCall", "Management"
	if op.source == signIn {
		kind = "AwsConsoleSignIn"
	}
	if op.data {
		category = "Data"
	}
	if rec.kind != "" {
		kind = rec.kind
	}
	if rec.category != "" {
		category = rec.category
	}
	dst = member(dst, `,"eventType":"`, kind)
	dst = strconv.AppendBool(append(dst, `","managementEvent":`...), !op.data)
	dst = member(dst, `,"recipientAccountId":"`, e.trail.account)
	if rec.principal.service != "" && e.bits&3 == 0 {
		dst = e.uuid(append(dst, `","sharedEventID":"`...))
	}
	switch {
	case rec.endpoint != "":
		dst = member(dst, `","vpcEndpointId":"`, rec.endpoint)
		dst = member(dst, `","vpcEndpointAccountId":"`, rec.endpointOwner)
	case op.data && rec.principal.service == "" && e.bits&12 == 0:
		dst = append(append(dst, `","vpcEndpointId":"vpce-0`...), hexDigits[e.bits>>8&15], hexDigits[e.bits>>12&15])
		dst = append(dst, "1b2c3d4e5f60718"...)
		dst = member(dst, `","vpcEndpointAccountId":"`, e.trail.account)
	}
	dst = member(dst, `","eventCategory":"`, category)
	dst = append(dst, '"')
	switch {
	case rec.tls != "":
		dst = member(dst, `,"tlsDetails":{"tlsVersion":"`, rec.tls)
		dst = member(dst, `","cipherSuite":"ECDHE-RSA-AES128-SHA","clientProvidedHostHeader":"`, op.source)
		dst = append(dst, `"}`...)
	case rec.principal.service == "" && rec.invokedBy == "":
		dst = member(dst, `,"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"`, op.source)
		dst = append(dst, `"}`...)
	}
	if rec.mfaSession {
		dst = append(dst, `,"sessionCredentialFromConsole":"true"`...)
	}
	return append(dst, '}')
}

func member(dst []byte, key, value string) []byte { return append(append(dst, key...), value...) }

func (e *eventWriter) count(rec *record) {
	s := e.stats
	s.Names[rec.op.name]++
	if rec.code != "" {
		s.Errors++
	}
	if rec.old {
		s.NoCategory++
	}
	if s.First.IsZero() || e.at.Before(s.First) {
		s.First = e.at
	}
	if e.at.After(s.Last) {
		s.Last = e.at
	}
}

// identity appends userIdentity. A session's key and start change every hour.
func (e *eventWriter) identity(dst []byte, rec *record) []byte {
	p := rec.principal
	dst = append(dst, p.head...)
	if p.tail == "" {
		return dst
	}
	if hour := e.at.Unix() / 3600; hour != e.from || e.hour == "" {
		e.from, e.hour = hour, e.at.Truncate(time.Hour).Format("2006-01-02T15:04:05Z")
	}
	switch {
	case rec.key != "":
		dst = append(dst, rec.key...)
	case p.session:
		dst = sessionKey(dst, e.world.opts.Seed, p.number, uint64(e.from))
	default:
		dst = append(dst, p.key...)
	}
	dst = append(dst, p.tail...)
	if !p.session {
		return dst
	}
	dst = append(append(dst, e.hour...), `","mfaAuthenticated":"`...)
	if rec.mfaSession {
		dst = append(dst, `true"}}`...)
	} else {
		dst = append(dst, `false"}}`...)
	}
	if rec.invokedBy != "" {
		dst = append(member(dst, `,"invokedBy":"`, rec.invokedBy), '"')
	}
	return append(dst, '}')
}

// sessionKey appends the temporary access key of a principal in an hour.
func sessionKey(dst []byte, seed, principal, hour uint64) []byte {
	dst = append(dst, "ASIA"...)
	x := mix(seed ^ mix(principal<<32|hour))
	for i := range 16 {
		if i == 12 {
			x = mix(x + 1)
		}
		dst = append(dst, codeLetters[x&31])
		x >>= 5
	}
	return dst
}

// mix spreads the bits of x over the result.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (e *eventWriter) message(dst []byte, rec *record) []byte {
	if rec.plain {
		return append(dst, rec.message...)
	}
	service := rec.op.source[:len(rec.op.source)-len(".amazonaws.com")]
	switch rec.code {
	case "AccessDenied":
		return fmt.Appendf(dst, rec.message, rec.principal.arn, service, rec.op.name, service, rec.op.name)
	case "Client.UnauthorizedOperation":
		return fmt.Appendf(dst, rec.message, rec.principal.arn, service, rec.op.name)
	}
	return append(dst, rec.message...)
}

// value appends given JSON, a filled template, or null.
func (e *eventWriter) value(dst []byte, given string, t template) []byte {
	switch {
	case given != "":
		return append(dst, given...)
	case len(t) == 0:
		return append(dst, "null"...)
	}
	return e.fill(dst, t)
}

// additional appends additionalEventData where the service gives some.
func (e *eventWriter) additional(dst []byte, rec *record) []byte {
	switch {
	case rec.additional != nil:
		return e.fill(append(dst, `,"additionalEventData":`...), rec.additional)
	case rec.op.source == signIn:
		mfa := rec.mfa
		if mfa == "" {
			mfa = "Yes"
		}
		dst = append(dst, `,"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"`...)
		return append(append(dst, mfa...), `"}`...)
	case rec.op.source == "s3.amazonaws.com":
		dst = append(dst, `,"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":`...)
		dst = strconv.AppendUint(dst, e.bits>>40&0xffff*(e.bits>>5&1), 10)
		dst = append(dst, `.0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"`...)
		dst = append(e.alphanumeric(dst, 44), `=","bytesTransferredOut":`...)
		return append(strconv.AppendUint(dst, e.bits>>20&0xfffff, 10), ".0}"...)
	}
	return dst
}
