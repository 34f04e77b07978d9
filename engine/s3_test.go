package engine

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/traillake/traillake/ingest/trailgen"
)

// TestImportFromS3 imports over HTTP from a server that speaks S3.
func TestImportFromS3(t *testing.T) {
	backend := s3mem.New()
	server := httptest.NewServer(gofakes3.New(backend).Server())
	defer server.Close()
	if err := backend.CreateBucket("my-trails"); err != nil {
		t.Fatal(err)
	}
	stats, err := trailgen.Generate(trailgen.Options{Events: 3000, Days: 3, Seed: 4, End: testNow, Prefix: "some/prefix/"}, func(key string, gz []byte) error {
		_, err := backend.PutObject("my-trails", key, nil, bytes.NewReader(gz), int64(len(gz)), nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	l := openLake(t, func(o *Options) {
		o.S3 = S3Options{Endpoint: server.URL, PathStyle: true, AccessKeyID: "any", SecretAccessKey: "any"}
	})
	store := l.create("audit", 3653)
	in := importInput(store, "")
	in.Source.LocationURI = "s3://my-trails/some/prefix/"
	for round, added := range []int64{stats.Events, 0} {
		i, err := l.StartImport(t.Context(), Principal{}, in)
		if err != nil {
			t.Fatal(err)
		}
		if i = l.wait(i.ID); i.Status != ImportCompleted || i.Statistics.EventsCompleted != added {
			t.Errorf("round %d: %s %+v, want %d events", round, i.Status, i.Statistics, added)
		}
	}
	if got := l.query("SELECT count(*) FROM audit")[0]; got != fmt.Sprint(stats.Events) {
		t.Errorf("count(*) = %s, want %d", got, stats.Events)
	}
	in.Source.LocationURI = "s3://no-such-bucket/"
	_, err = l.StartImport(t.Context(), Principal{}, in)
	wantCode(t, err, InvalidImportSource, "no-such-bucket")
}
