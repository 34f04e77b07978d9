package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// importFlags are the flags of the import command.
type importFlags struct {
	connection
	store, start, end string
	region            string
	dryRun, items     bool
}

func (p *program) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "import --store NAME PATH|s3://bucket/prefix",
		Short: "Import a trail into an event data store, which is created if missing",
		Long: "Import a trail from a directory, a file or a bucket. A path may also hold plain files, top-level arrays,\n" +
			"single events and JSON lines; a bucket is read as AWS does, gzip objects with Records only.\n" +
			"With --configuration-items it is AWS Config's histories and snapshots that are read, into a store of configuration items.\n" +
			"Running it again adds nothing. Exit code 1 when an object failed.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.importTrail(c.Context(), f, args[0]) },
	}
	c.Flags().StringVar(&f.endpoint, "endpoint", "", "HTTP address of a server (default http://127.0.0.1:8700)")
	c.Flags().StringVar(&f.data, "data", "", "data directory, when no server holds it")
	c.Flags().StringVar(&f.store, "store", "", "name or id of the event data store")
	c.Flags().StringVar(&f.start, "start", "", "only objects whose name says this time or later")
	c.Flags().StringVar(&f.end, "end", "", "only objects whose name says this time or earlier")
	c.Flags().StringVar(&f.region, "bucket-region", "us-east-1", "region of an s3:// bucket")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "list and count; read and keep nothing")
	c.Flags().BoolVar(&f.items, "configuration-items", false, "read AWS Config's files; a store that is created holds configuration items")
	_ = c.MarkFlagRequired("store")
	return c
}

// importTrail runs an import to its end and prints its summary.
func (p *program) importTrail(ctx context.Context, f importFlags, from string) error {
	req, buckets, err := importRequest(f, from)
	if err != nil {
		return err
	}
	c, done, err := p.connect(ctx, f.connection, buckets)
	if err != nil {
		return err
	}
	err = p.runImport(ctx, c, f, req)
	return errors.Join(err, done())
}

// importRequest makes the request for a path or an s3:// address. A path is
// served to a lake of this process as a bucket; a server gets it uploaded.
func importRequest(f importFlags, from string) (*lakev1.StartImportRequest, map[string]string, error) {
	req := &lakev1.StartImportRequest{DryRun: f.dryRun}
	var err error
	if req.StartEventTime, err = timestamp(f.start); err != nil {
		return nil, nil, fmt.Errorf("--start: %w", err)
	}
	if req.EndEventTime, err = timestamp(f.end); err != nil {
		return nil, nil, fmt.Errorf("--end: %w", err)
	}
	source := &lakev1.S3ImportSource{S3LocationUri: from, S3BucketRegion: f.region}
	req.ImportSource = &lakev1.ImportSource{S3: source}
	if strings.HasPrefix(from, "s3://") {
		req.AnyFormat = f.items // AWS imports no such files
		return req, nil, nil
	}
	abs, err := filepath.Abs(from)
	if err != nil {
		return nil, nil, err
	}
	info, err := os.Stat(abs)
	if err != nil {
		return nil, nil, err
	}
	req.AnyFormat = true
	if f.data == "" {
		return req, nil, nil // the address is known after the upload
	}
	prefix := ""
	if !info.IsDir() {
		abs, prefix = filepath.Dir(abs), filepath.Base(abs)
	}
	sum := sha256.Sum256([]byte(abs))
	bucket := "path-" + hex.EncodeToString(sum[:8])
	source.S3LocationUri = "s3://" + bucket + "/" + prefix
	return req, map[string]string{bucket: abs}, nil
}

func timestamp(text string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil
	}
	t, err := parseTime(text, time.Time{})
	return timestamppb.New(t), err
}

// runImport runs a request to its end; a path in it is uploaded first.
func (p *program) runImport(ctx context.Context, c *client, f importFlags, req *lakev1.StartImportRequest) error {
	store, err := p.ensureStore(ctx, c, f.store, f.items)
	if err != nil {
		return err
	}
	req.Destinations = []string{store}
	if source := req.ImportSource.S3; !strings.HasPrefix(source.S3LocationUri, "s3://") {
		if source.S3LocationUri, err = p.upload(ctx, c, source.S3LocationUri); err != nil {
			return err
		}
	}
	began := time.Now()
	var started lakev1.Import
	for {
		err := c.do(ctx, http.MethodPost, "/imports", nil, req, &started)
		if err == nil {
			break
		}
		var refused *restError
		if !errors.As(err, &refused) || refused.Code != "AccountHasOngoingImport" {
			return err
		}
		if err := p.awaitRunning(ctx, c); err != nil {
			return err
		}
	}
	end, err := p.followImport(ctx, c, started.ImportId)
	if err != nil {
		return err
	}
	return p.reportImport(ctx, c, end, time.Since(began))
}

// awaitRunning waits for the import that runs: another one, or one that a crash
// or a signal had interrupted and that goes on by itself.
func (p *program) awaitRunning(ctx context.Context, c *client) error {
	for _, status := range []string{"INITIALIZING", "IN_PROGRESS"} {
		var out lakev1.ListImportsResponse
		if err := c.do(ctx, http.MethodGet, "/imports", url.Values{"import_status": {status}}, nil, &out); err != nil {
			return err
		}
		for _, i := range out.Imports {
			fmt.Fprintf(p.stderr, "waiting for import %s of %s, which is running\n", i.ImportId, i.GetImportSource().GetS3().GetS3LocationUri())
			end, err := p.awaitImport(ctx, c, i.ImportId, false)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stderr, "import %s is %s\n", i.ImportId, strings.ToLower(end.ImportStatus))
		}
	}
	return ctx.Err()
}

// ensureStore returns the ARN of the store with a name or id, which it creates if
// missing: for configuration items or for CloudTrail events.
func (p *program) ensureStore(ctx context.Context, c *client, name string, items bool) (string, error) {
	all, err := c.stores(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range all {
		if s.Name == name || s.EventDataStoreId == name || s.EventDataStoreArn == name {
			if items && !holdsItems(s) {
				return "", fmt.Errorf("event data store %s does not hold configuration items: name another one, or leave --configuration-items out", name)
			}
			return s.EventDataStoreArn, nil
		}
	}
	var made lakev1.EventDataStore
	retention := int32(36500) // history is imported to be kept
	req := &lakev1.CreateEventDataStoreRequest{Name: name, RetentionPeriod: &retention}
	if items {
		req.AdvancedEventSelectors = []*lakev1.AdvancedEventSelector{{
			Name:           "Configuration items",
			FieldSelectors: []*lakev1.AdvancedFieldSelector{{Field: "eventCategory", Equals: []string{itemCategory}}},
		}}
	}
	err = c.do(ctx, http.MethodPost, "/event-data-stores", nil, req, &made)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(p.stderr, "event data store %s created with a retention of %d days: %s\n", name, retention, made.EventDataStoreId)
	return made.EventDataStoreArn, nil
}

// itemCategory is the eventCategory of configuration items.
const itemCategory = "ConfigurationItem"

// holdsItems reports whether a store's selectors choose configuration items; they
// choose nothing else then.
func holdsItems(s *lakev1.EventDataStore) bool {
	for _, selector := range s.AdvancedEventSelectors {
		for _, f := range selector.FieldSelectors {
			if f.Field == "eventCategory" {
				return slices.Equal(f.Equals, []string{itemCategory})
			}
		}
	}
	return false
}

// upload sends a file or directory to the server and returns its address there.
func (p *program) upload(ctx context.Context, c *client, from string) (string, error) {
	var files []string
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	id := uuid.NewString()
	bar := p.newBar("upload", int64(len(files)))
	defer bar.finish()
	for i, file := range files {
		key := filepath.Base(file)
		if rel, err := filepath.Rel(from, file); err == nil && rel != "." {
			key = filepath.ToSlash(rel)
		}
		if err := c.uploadFile(ctx, id, key, file); err != nil {
			return "", err
		}
		bar.set(int64(i+1), "")
	}
	return "upload://" + id + "/", nil
}

func (c *client) uploadFile(ctx context.Context, id, key, file string) error {
	r, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	at := (&url.URL{Path: path.Join("/uploads", id, key)}).EscapedPath()
	res, err := c.send(ctx, http.MethodPut, at, nil, "application/octet-stream", r)
	if err != nil {
		return fmt.Errorf("upload %s: %w", file, err)
	}
	return res.Body.Close()
}

// followImport shows an import's progress until it ends. When the command is
// interrupted the import is stopped; what it copied stays.
func (p *program) followImport(ctx context.Context, c *client, id string) (*lakev1.Import, error) {
	return p.awaitImport(ctx, c, id, true)
}

// awaitImport shows an import's progress until it ends; own says that it is this
// command's, to be stopped when the command is interrupted.
func (p *program) awaitImport(ctx context.Context, c *client, id string, own bool) (*lakev1.Import, error) {
	bar := p.newBar("import", -1)
	defer bar.finish()
	began := time.Now()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		var now lakev1.Import
		if err := c.do(ctx, http.MethodGet, "/imports/"+id, nil, nil, &now); err != nil {
			if ctx.Err() == nil || !own {
				return nil, err
			}
			stopping := context.WithoutCancel(ctx)
			err := c.do(stopping, http.MethodPost, "/imports/"+id+":stop", nil, &lakev1.StopImportRequest{ImportId: id}, &now)
			return &now, err
		}
		s := now.ImportStatistics
		if s != nil && s.BytesFound > 0 {
			bar.total(s.BytesFound)
			bar.set(s.BytesCompleted, fmt.Sprintf("import %d events, %.0f events/s", s.EventsRead, float64(s.EventsRead)/time.Since(began).Seconds()))
		}
		switch now.ImportStatus {
		case "COMPLETED", "FAILED", "STOPPED":
			return &now, nil
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// reportImport prints what an import did, and its failures.
func (p *program) reportImport(ctx context.Context, c *client, i *lakev1.Import, took time.Duration) error {
	s := i.ImportStatistics
	if s == nil {
		s = &lakev1.ImportStatistics{}
	}
	fmt.Fprintf(p.stdout, "import %s %s in %.1fs\n", i.ImportId, strings.ToLower(i.ImportStatus), took.Seconds())
	if i.DryRun {
		fmt.Fprintf(p.stdout, "  objects found        %d (%s)\n  prefixes found       %d\n  dry run: nothing was read or kept\n", s.FilesFound, bytesText(s.BytesFound), s.PrefixesFound)
		return nil
	}
	fmt.Fprintf(p.stdout, "  events read          %d (%.0f/s)\n  events imported      %d\n  duplicates           %d\n  outside retention    %d\n  quarantined          %d\n",
		s.EventsRead, float64(s.EventsRead)/took.Seconds(), s.EventsCompleted, s.Duplicates, s.OutsideRetention, s.Quarantined)
	fmt.Fprintf(p.stdout, "  objects              %d found (%s), %d imported before, %d failed\n", s.FilesFound, bytesText(s.BytesFound), s.FilesSkipped, s.FailedEntries)
	if s.Quarantined > 0 {
		if err := p.reportQuarantine(ctx, c, i.ImportId); err != nil {
			return err
		}
	}
	if i.ImportStatus == "COMPLETED" {
		return nil
	}
	if i.ErrorMessage != "" {
		fmt.Fprintln(p.stderr, "traillake:", i.ErrorMessage)
	}
	var failed lakev1.ListImportFailuresResponse
	if err := c.do(context.WithoutCancel(ctx), http.MethodGet, "/imports/"+i.ImportId+"/failures", nil, nil, &failed); err != nil {
		return err
	}
	for _, f := range failed.Failures {
		fmt.Fprintf(p.stderr, "  %s %s %s: %s\n", f.Status, f.Location, f.ErrorType, f.ErrorMessage)
	}
	if failed.NextToken != "" {
		fmt.Fprintln(p.stderr, "  … and more: see ListImportFailures")
	}
	return errReported
}

// shownQuarantined is how many quarantined records the import command prints.
const shownQuarantined = 10

// reportQuarantine prints the first records that are no events.
func (p *program) reportQuarantine(ctx context.Context, c *client, id string) error {
	var kept lakev1.ListQuarantinedRecordsResponse
	query := url.Values{"max_results": {strconv.Itoa(shownQuarantined)}}
	if err := c.do(context.WithoutCancel(ctx), http.MethodGet, "/imports/"+id+"/quarantined", query, nil, &kept); err != nil {
		return err
	}
	for _, r := range kept.Records {
		fmt.Fprintf(p.stderr, "  quarantined %s record %d: %s: %s\n", r.Location, r.Record, r.Reason, r.Excerpt)
	}
	if kept.NextToken != "" {
		fmt.Fprintf(p.stderr, "  … and more: see /api/v1/imports/%s/quarantined\n", id)
	}
	return nil
}
