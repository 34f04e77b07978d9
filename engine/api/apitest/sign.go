package apitest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Sign signs a request with KeyID as the AWS SDK does, at a time.
func Sign(r *http.Request, body []byte, at time.Time) error {
	return SignAs(r, body, at, aws.Credentials{AccessKeyID: KeyID, SecretAccessKey: Secret}, "cloudtrail")
}

// SignAs signs a request with any credentials for any service.
func SignAs(r *http.Request, body []byte, at time.Time, cred aws.Credentials, service string) error {
	sum := sha256.Sum256(body)
	return v4.NewSigner().SignHTTP(context.Background(), cred, r, hex.EncodeToString(sum[:]), service, "us-east-1", at)
}

// BasicAuth gives a request KeyID's Basic credentials.
func BasicAuth(r *http.Request) { r.SetBasicAuth(KeyID, Secret) }
