package auth_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/traillake/traillake/engine/api/apitest"
	"github.com/traillake/traillake/engine/api/auth"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

const body = `{"QueryStatement":"SELECT 1"}`

func verifier() *auth.Verifier {
	return auth.New(&apitest.Engine{}, func() time.Time { return now })
}

// request is one as a server sees it, with the headers the Go SDK sends.
func request(text string) *http.Request {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8700/", strings.NewReader(text))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "CloudTrail_20131101.StartQuery")
	r.Header.Set("Amz-Sdk-Invocation-Id", "3f2a")
	r.Header.Set("User-Agent", "aws-sdk-go-v2/1.47")
	return r
}

func signed(t *testing.T, at time.Time) *http.Request {
	t.Helper()
	r := request(body)
	if err := apitest.Sign(r, []byte(body), at); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSignature(t *testing.T) {
	for _, skew := range []time.Duration{0, -15 * time.Minute, 15 * time.Minute} {
		r := signed(t, now.Add(skew))
		got, err := verifier().Signature(r, []byte(body))
		if err != nil {
			t.Fatalf("skew %v: %v", skew, err)
		}
		if want := apitest.Principal(); got != want {
			t.Errorf("principal = %+v, want %+v", got, want)
		}
	}
}

// TestSignatureOfBoto3 verifies a request as boto3 1.43.11 sent and signed it:
// a signer that shares no code with the SDK of the other tests.
func TestSignatureOfBoto3(t *testing.T) {
	const sent = `{"QueryStatement": "SELECT 1"}`
	r := httptest.NewRequest("POST", "http://127.0.0.1:8700/", strings.NewReader(sent))
	r.Header.Set("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.StartQuery")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("User-Agent", "Boto3/1.43.11")
	r.Header.Set("X-Amz-Date", "20260304T050607Z")
	r.Header.Set("Amz-Sdk-Invocation-Id", "1e2d3c4b-0000-4000-8000-000000000001")
	r.Header.Set("Amz-Sdk-Request", "attempt=1")
	r.Header.Set("Authorization", boto3Authorization)
	if _, err := verifier().Signature(r, []byte(sent)); err != nil {
		t.Error(err)
	}
}

// spoiled makes a signed request and the body it came with.
type spoiled func(*testing.T) (*http.Request, string)

// change signs a request and changes it then.
func change(f func(r *http.Request)) spoiled {
	return func(t *testing.T) (*http.Request, string) {
		r := signed(t, now)
		f(r)
		return r, body
	}
}

// replace changes the Authorization header of a signed request.
func replace(from, to string) spoiled {
	return change(func(r *http.Request) {
		h := r.Header.Get("Authorization")
		if !strings.Contains(h, from) {
			panic("no " + from + " in " + h)
		}
		r.Header.Set("Authorization", strings.Replace(h, from, to, 1))
	})
}

func signedAs(cred aws.Credentials, service string) spoiled {
	return func(t *testing.T) (*http.Request, string) {
		r := request(body)
		if err := apitest.SignAs(r, []byte(body), now, cred, service); err != nil {
			t.Fatal(err)
		}
		return r, body
	}
}

// hashed signs a request that says something else of its body than the digest.
func hashed(hash string, conn *tls.ConnectionState) spoiled {
	return func(t *testing.T) (*http.Request, string) {
		r := request(body)
		r.TLS = conn
		r.Header.Set("X-Amz-Content-Sha256", hash)
		cred := aws.Credentials{AccessKeyID: apitest.KeyID, SecretAccessKey: apitest.Secret}
		if err := v4.NewSigner().SignHTTP(context.Background(), cred, r, hash, "cloudtrail", "us-east-1", now); err != nil {
			t.Fatal(err)
		}
		return r, body
	}
}

func TestSignatureRefused(t *testing.T) {
	tests := []struct {
		name    string
		request spoiled
		kind    auth.Kind
		message string // part of it
	}{
		{"no header", change(func(r *http.Request) { r.Header.Del("Authorization") }), auth.MissingAuthenticationToken, "Missing Authentication Token"},
		{"two headers", change(func(r *http.Request) { r.Header.Add("Authorization", "Basic x") }), auth.IncompleteSignature, "once"},
		{"other algorithm", replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), auth.IncompleteSignature, "AWS4-ECDSA-P256-SHA256"},
		{"nothing after the algorithm", change(func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256") }), auth.IncompleteSignature, "is not one of"},
		{"no credential", replace("Credential=", "Cred="), auth.IncompleteSignature, "'Cred' is not one of"},
		{"short credential", replace("/us-east-1/cloudtrail/aws4_request", ""), auth.IncompleteSignature, "at least 5"},
		{"wrong terminator", replace("aws4_request", "aws3_request"), auth.InvalidSignature, "aws3_request"},
		{"bad scope date", replace("/20260304/", "/2026-3-4/"), auth.IncompleteSignature, "YYYYMMDD"},
		{"other scope date", replace("/20260304/", "/20260305/"), auth.InvalidSignature, "'20260305' != '20260304'"},
		{"empty region", replace("/us-east-1/", "//"), auth.IncompleteSignature, "no part empty"},
		{"region changed", replace("/us-east-1/", "/eu-west-1/"), auth.InvalidSignature, "does not match"},
		{"truncated signature", change(func(r *http.Request) {
			h := r.Header.Get("Authorization")
			r.Header.Set("Authorization", h[:len(h)-3])
		}), auth.IncompleteSignature, "64 hexadecimal"},
		{"no signature", change(func(r *http.Request) {
			h := r.Header.Get("Authorization")
			r.Header.Set("Authorization", h[:strings.Index(h, ", Signature")])
		}), auth.IncompleteSignature, "requires 'Signature'"},
		{"signature twice", change(func(r *http.Request) {
			r.Header.Set("Authorization", r.Header.Get("Authorization")+", Signature=00")
		}), auth.IncompleteSignature, "more than one"},
		{"signed header missing", change(func(r *http.Request) { r.Header.Del("Amz-Sdk-Invocation-Id") }), auth.IncompleteSignature, "no such header"},
		{"signed header changed", change(func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }), auth.InvalidSignature, "does not match"},
		{"host changed", change(func(r *http.Request) { r.Host = "example.com" }), auth.InvalidSignature, "does not match"},
		{"path changed", change(func(r *http.Request) { r.URL.Path = "/x" }), auth.InvalidSignature, "does not match"},
		{"query added", change(func(r *http.Request) { r.URL.RawQuery = "a=b" }), auth.InvalidSignature, "does not match"},
		{"query unreadable", change(func(r *http.Request) { r.URL.RawQuery = "a=%zz" }), auth.IncompleteSignature, "query string"},
		{"method changed", change(func(r *http.Request) { r.Method = "PUT" }), auth.InvalidSignature, "does not match"},
		{"host not signed", replace("host;", ""), auth.InvalidSignature, "'Host' or ':authority'"},
		{"amz header not signed", change(func(r *http.Request) { r.Header.Set("X-Amz-Extra", "1") }), auth.InvalidSignature, "'X-Amz-Extra' must be a 'SignedHeader'"},
		{"target not signed", replace(";x-amz-target", ""), auth.InvalidSignature, "'X-Amz-Target' must be a 'SignedHeader'"},
		{"unsorted signed headers", replace("host;x-amz-date", "x-amz-date;host"), auth.IncompleteSignature, "alphabetical"},
		{"no date", change(func(r *http.Request) { r.Header.Del("X-Amz-Date") }), auth.IncompleteSignature, "X-Amz-Date"},
		{"bad date", change(func(r *http.Request) { r.Header.Set("X-Amz-Date", "yesterday") }), auth.IncompleteSignature, "yesterday"},
		{"expired", func(t *testing.T) (*http.Request, string) {
			return signed(t, now.Add(-15*time.Minute-time.Second)), body
		}, auth.InvalidSignature, "Signature expired: 20260304T045106Z is now earlier than 20260304T045107Z"},
		{"of the future", func(t *testing.T) (*http.Request, string) {
			return signed(t, now.Add(15*time.Minute+time.Second)), body
		}, auth.InvalidSignature, "Signature not yet current"},
		{"unknown key", signedAs(aws.Credentials{AccessKeyID: "AKIANOBODY", SecretAccessKey: apitest.Secret}, "cloudtrail"), auth.UnrecognizedClient, "security token"},
		{"wrong secret", signedAs(aws.Credentials{AccessKeyID: apitest.KeyID, SecretAccessKey: "guess"}, "cloudtrail"), auth.InvalidSignature, "Canonical String"},
		{"session token", signedAs(aws.Credentials{AccessKeyID: apitest.KeyID, SecretAccessKey: apitest.Secret, SessionToken: "token"}, "cloudtrail"), auth.UnrecognizedClient, "security token"},
		{"other service", signedAs(aws.Credentials{AccessKeyID: apitest.KeyID, SecretAccessKey: apitest.Secret}, "s3"), auth.InvalidSignature, "correct service"},
		{"body changed", func(t *testing.T) (*http.Request, string) { return signed(t, now), body + " " }, auth.InvalidSignature, "does not match"},
		{"hash is not the body's", hashed(strings.Repeat("0", 64), nil), auth.InvalidSignature, "does not match what was computed"},
		{"unsigned payload in the clear", hashed("UNSIGNED-PAYLOAD", nil), auth.InvalidSignature, "TLS only"},
		{"streaming", hashed("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", &tls.ConnectionState{}), auth.InvalidSignature, "not supported"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, text := test.request(t)
			got, err := verifier().Signature(r, []byte(text))
			var refused *auth.Error
			if !errors.As(err, &refused) {
				t.Fatalf("error = %v (principal %+v), want an *auth.Error", err, got)
			}
			if refused.Kind != test.kind || !strings.Contains(refused.Message, test.message) {
				t.Errorf("error = %v, want %s with %q", refused, test.kind, test.message)
			}
			if strings.Contains(refused.Message, apitest.Secret) {
				t.Errorf("the message tells the secret: %s", refused.Message)
			}
		})
	}
	t.Run("unsigned payload over TLS", func(t *testing.T) {
		r, _ := hashed("UNSIGNED-PAYLOAD", &tls.ConnectionState{})(t)
		if _, err := verifier().Signature(r, []byte("anything")); err != nil {
			t.Error(err)
		}
	})
}

// TestSignatureOfPath: paths and queries with escapes, as REST has them.
func TestSignatureOfPath(t *testing.T) {
	for _, target := range []string{
		"/api/v1/queries/a%2Fb?eventDataStore=arn%3Aaws&b=2&a=1&a=0&empty=",
		"/api/v1/event-data-stores/x:restore",
	} {
		r := httptest.NewRequest("GET", "http://127.0.0.1:8700"+target, nil)
		cred := aws.Credentials{AccessKeyID: apitest.KeyID, SecretAccessKey: apitest.Secret}
		if err := apitest.SignAs(r, nil, now, cred, "traillake"); err != nil {
			t.Fatal(err)
		}
		if _, err := verifier().Signature(r, nil); err != nil {
			t.Errorf("%s: %v", target, err)
		}
	}
}

func TestBasic(t *testing.T) {
	encode := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	tests := []struct {
		name, authorization string
		kind                auth.Kind // empty: let in
	}{
		{"right", encode(apitest.KeyID + ":" + apitest.Secret), ""},
		{"any case of the scheme", "bASIC" + encode(apitest.KeyID + ":" + apitest.Secret)[5:], ""},
		{"nothing", "", auth.MissingAuthenticationToken},
		{"other scheme", "Bearer abc", auth.MissingAuthenticationToken},
		{"not base64", "Basic !!!", auth.IncompleteSignature},
		{"no colon", encode(apitest.KeyID), auth.IncompleteSignature},
		{"no id", encode(":" + apitest.Secret), auth.IncompleteSignature},
		{"wrong secret", encode(apitest.KeyID + ":guess"), auth.UnrecognizedClient},
		{"empty secret", encode(apitest.KeyID + ":"), auth.UnrecognizedClient},
		{"unknown id", encode("AKIANOBODY:" + apitest.Secret), auth.UnrecognizedClient},
		{"unknown id, empty secret", encode("AKIANOBODY:"), auth.UnrecognizedClient},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := verifier().Basic(context.Background(), test.authorization)
			var refused *auth.Error
			switch {
			case test.kind == "" && (err != nil || p != apitest.Principal()):
				t.Errorf("Basic = %+v, %v", p, err)
			case test.kind != "" && (!errors.As(err, &refused) || refused.Kind != test.kind):
				t.Errorf("error = %v, want %s", err, test.kind)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	reads := 0
	read := func() ([]byte, error) { reads++; return []byte(body), nil }
	if _, err := verifier().Request(signed(t, now), read); err != nil || reads != 1 {
		t.Errorf("signature: %v after %d reads of the body, want 1", err, reads)
	}
	r := request(body)
	apitest.BasicAuth(r)
	if _, err := verifier().Request(r, read); err != nil || reads != 1 {
		t.Errorf("Basic: %v after %d reads of the body, want no more", err, reads)
	}
	broken := errors.New("broken")
	if _, err := verifier().Request(signed(t, now), func() ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("error = %v, want the body's", err)
	}
}

// FuzzSignature: whatever an Authorization header and a date say, the answer is
// a typed refusal.
func FuzzSignature(f *testing.F) {
	r := request(body)
	if err := apitest.Sign(r, []byte(body), now.Add(-time.Hour)); err != nil { // never valid
		f.Fatal(err)
	}
	f.Add(r.Header.Get("Authorization"), r.Header.Get("X-Amz-Date"), "a=b&c")
	f.Add("AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;, Signature=", "", "%")
	f.Add("Basic Og==", "20260304T050607Z", "")
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := httptest.NewRequest("POST", "/", bytes.NewReader(nil))
		r.URL.RawQuery = query
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", date)
		_, err := verifier().Request(r, func() ([]byte, error) { return nil, nil })
		var refused *auth.Error
		if !errors.As(err, &refused) {
			t.Errorf("error = %v, want an *auth.Error", err)
		}
	})
}

const boto3Authorization = "AWS4-HMAC-SHA256 Credential=AKIATESTROOT00000001/20260304/us-east-1/cloudtrail/aws4_request, SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-type;host;x-amz-date;x-amz-target, Signature=4ce5edd81ce3d0bd0dc70caac8de1256841942895f1b38483684918c8b46cd91"
