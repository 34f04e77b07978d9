package function

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestNeedle compares with the library's search, in texts of few different bytes,
// where nearly everything is a beginning of the needle.
func TestNeedle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, letters := range []string{"ab", "e\xff", "\"{z", "terafom"} {
		for range 3000 {
			text := func(n int) []byte {
				b := make([]byte, n)
				for i := range b {
					b[i] = letters[r.IntN(len(letters))]
				}
				return b
			}
			data, needle := text(r.IntN(400)), text(1+r.IntN(6))
			if got, want := NewNeedle(string(needle)).Index(data), bytes.Index(data, needle); got != want {
				t.Fatalf("%q in %q: at %d, want %d", needle, data, got, want)
			}
		}
	}
	for _, data := range []string{"", "x", strings.Repeat("x", 100) + "needle", "needle", "needl", strings.Repeat("d", 1000) + "needle"} {
		if got, want := NewNeedle("needle").Index([]byte(data)), strings.Index(data, "needle"); got != want {
			t.Errorf("in %q: at %d, want %d", data, got, want)
		}
	}
}

func BenchmarkNeedle(b *testing.B) {
	line := []byte(`{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAXXXXXXXXX:session","arn":"arn:aws:sts::123456789012:assumed-role/admin/session","accountId":"123456789012","accessKeyId":"ASIAXXXXXXX"},"eventTime":"2024-01-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.9","userAgent":"aws-sdk-go/1.44 (go1.19; linux; amd64)","requestID":"7b2f1c9e-1d2e-4f5a-9c3b-0a1b2c3d4e5f"}`)
	data := bytes.Repeat(line, 4000)
	for _, text := range []string{"terraform", "amazonawt", "e\"", "zzz"} {
		n := NewNeedle(text)
		b.Run(text+"/needle", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				n.Index(data)
			}
		})
		b.Run(text+"/library", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				bytes.Index(data, []byte(text))
			}
		})
	}
}
