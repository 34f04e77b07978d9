package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/traillake/traillake/engine"
)

const (
	algorithm   = "AWS4-HMAC-SHA256"
	terminator  = "aws4_request"
	amzDateForm = "20060102T150405Z"
	clockSkew   = 15 * time.Minute
)

// services are the names a signature's scope may carry: AWS's two for CloudTrail
// and ours for REST. The region may be any.
var services = []string{"cloudtrail", "cloudtrail-data", "traillake"}

// Signature verifies the AWS signature (version 4) in the request's
// Authorization header. body is the whole body. The error is an *Error.
//
// What is refused beside a wrong signature: a time more than 15 minutes off; a
// session token (the lake issues none); an X-Amz-* header that is not signed,
// because it could be exchanged; a streaming or trailing digest; and
// UNSIGNED-PAYLOAD outside TLS.
func (v *Verifier) Signature(r *http.Request, body []byte) (engine.Principal, error) {
	var none engine.Principal
	claim, err := parseAuthorization(r.Header.Values("Authorization"))
	if err != nil {
		return none, err
	}
	if err := checkSignedHeaders(r, claim.signedHeaders); err != nil {
		return none, err
	}
	at, err := claim.time(r)
	if err != nil {
		return none, err
	}
	if err := v.checkClock(at); err != nil {
		return none, err
	}
	if !slices.Contains(services, claim.service) {
		return none, newError(InvalidSignature, "Credential should be scoped to correct service: 'cloudtrail'.")
	}
	if r.Header.Get("X-Amz-Security-Token") != "" {
		return none, newError(UnrecognizedClient, "The security token included in the request is invalid.")
	}
	payloadHash, err := bodyHash(r, body)
	if err != nil {
		return none, err
	}
	canonical, err := canonicalRequest(r, claim.signedHeaders, payloadHash)
	if err != nil {
		return none, err
	}
	cred, ok := v.keys.Credential(r.Context(), claim.accessKeyID)
	if !ok || cred.SecretAccessKey == "" {
		return none, newError(UnrecognizedClient, "The security token included in the request is invalid.")
	}
	toSign := stringToSign(at, claim.scope(), canonical)
	want := sign(signingKey(cred.SecretAccessKey, claim.date, claim.region, claim.service), toSign)
	if !hmac.Equal([]byte(want), []byte(claim.signature)) {
		return none, newError(InvalidSignature, "The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n"+
			"The Canonical String for this request should have been\n'%s'\n\nThe String-to-Sign should have been\n'%s'\n", canonical, toSign)
	}
	return cred.Principal, nil
}

func (v *Verifier) checkClock(at time.Time) error {
	now := v.now().UTC()
	switch {
	case at.Before(now.Add(-clockSkew)):
		return newError(InvalidSignature, "Signature expired: %s is now earlier than %s (%s - 15 min.)",
			at.Format(amzDateForm), now.Add(-clockSkew).Format(amzDateForm), now.Format(amzDateForm))
	case at.After(now.Add(clockSkew)):
		return newError(InvalidSignature, "Signature not yet current: %s is still later than %s (%s + 15 min.)",
			at.Format(amzDateForm), now.Add(clockSkew).Format(amzDateForm), now.Format(amzDateForm))
	}
	return nil
}

// checkSignedHeaders demands that the signature covers the host, the time and
// every X-Amz-* header.
func checkSignedHeaders(r *http.Request, signed []string) error {
	if !slices.Contains(signed, "host") {
		return newError(InvalidSignature, "'Host' or ':authority' must be a 'SignedHeader' in the AWS 'Authorization' header.")
	}
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names) // the same request gets the same answer
	for _, name := range names {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-") && !slices.Contains(signed, lower) {
			return newError(InvalidSignature, "'%s' must be a 'SignedHeader' in the AWS 'Authorization' header.", name)
		}
	}
	if r.Header.Get("X-Amz-Date") == "" && !slices.Contains(signed, "date") {
		return newError(IncompleteSignature, "Authorization header requires existence of a signed 'X-Amz-Date' or a 'Date' header.")
	}
	return nil
}

// bodyHash is the digest that goes into the canonical request: the body's own,
// whatever the client says it is.
func bodyHash(r *http.Request, body []byte) (string, error) {
	sum := sha256.Sum256(body)
	computed := hex.EncodeToString(sum[:])
	switch said := r.Header.Get("X-Amz-Content-Sha256"); {
	case said == "" || said == computed:
		return computed, nil
	case said == "UNSIGNED-PAYLOAD" && r.TLS != nil:
		return said, nil
	case said == "UNSIGNED-PAYLOAD":
		return "", newError(InvalidSignature, "x-amz-content-sha256: UNSIGNED-PAYLOAD is accepted over TLS only.")
	case strings.HasPrefix(said, "STREAMING-"):
		return "", newError(InvalidSignature, "x-amz-content-sha256: %s is not supported; sign the SHA-256 of the body.", said)
	default:
		return "", newError(InvalidSignature, "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
}

func stringToSign(at time.Time, scope, canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	return algorithm + "\n" + at.Format(amzDateForm) + "\n" + scope + "\n" + hex.EncodeToString(sum[:])
}

func signingKey(secret, date, region, service string) []byte {
	key := []byte("AWS4" + secret)
	for _, part := range []string{date, region, service, terminator} {
		key = mac(key, part)
	}
	return key
}

func sign(key []byte, text string) string { return hex.EncodeToString(mac(key, text)) }

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func formatLength(n int64) string { return strconv.FormatInt(n, 10) }
