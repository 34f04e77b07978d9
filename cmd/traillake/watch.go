package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// watchCommand has the subcommands of watched sources: trails that keep delivering
// into a store. The server reads them, so all speak to one.
func (p *program) watchCommand() *cobra.Command {
	var conn connection
	root := &cobra.Command{
		Use:   "watch",
		Short: "Buckets into which a trail keeps delivering, read by the server as objects come",
	}
	root.PersistentFlags().StringVar(&conn.endpoint, "endpoint", "", "HTTP address of the server (default http://127.0.0.1:8700)")
	// sub makes a subcommand that has a client.
	sub := func(use, short string, args cobra.PositionalArgs, run func(ctx context.Context, c *client, args []string) error) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
			c, done, err := p.connect(cmd.Context(), conn, nil)
			if err != nil {
				return err
			}
			return errors.Join(run(cmd.Context(), c, args), done())
		}}
	}

	var f watchFlags
	create := sub("create --store NAME s3://bucket/prefix", "Begin to watch a bucket; the store is created if missing", cobra.ExactArgs(1),
		func(ctx context.Context, c *client, args []string) error { return p.createWatch(ctx, c, f, args[0]) })
	create.Flags().StringVar(&f.store, "store", "", "name or id of the event data store")
	create.Flags().StringVar(&f.queue, "queue", "", "URL of an SQS queue with the bucket's notifications of new objects")
	create.Flags().StringVar(&f.start, "start", "", "take also objects whose name says this time or later (default: now)")
	create.Flags().StringVar(&f.region, "bucket-region", "us-east-1", "region of the bucket")
	_ = create.MarkFlagRequired("store")

	var of string
	list := sub("list", "Show watched sources and what they brought", cobra.NoArgs,
		func(ctx context.Context, c *client, _ []string) error { return p.listWatches(ctx, c, of) })
	list.Flags().StringVar(&of, "store", "", "name or id of an event data store; without it those of all")

	change := func(method, verb string) func(ctx context.Context, c *client, args []string) error {
		return func(ctx context.Context, c *client, args []string) error {
			return p.changeWatch(ctx, c, method, args[0], verb)
		}
	}
	root.AddCommand(create, list,
		sub("pause ID", "Stop reading; what comes meanwhile is read after resume", cobra.ExactArgs(1), change(http.MethodPost, "pause")),
		sub("resume ID", "Go on reading", cobra.ExactArgs(1), change(http.MethodPost, "resume")),
		sub("delete ID", "Stop reading for good; what was read stays", cobra.ExactArgs(1), change(http.MethodDelete, "")),
		sub("failures ID", "Show the objects that could not be read yet", cobra.ExactArgs(1),
			func(ctx context.Context, c *client, args []string) error { return p.listWatchFailures(ctx, c, args[0]) }),
	)
	return root
}

// watchFlags are the flags of watch create.
type watchFlags struct {
	store, queue, start, region string
}

func (p *program) createWatch(ctx context.Context, c *client, f watchFlags, from string) error {
	req := &lakev1.CreateWatchedSourceRequest{S3: &lakev1.S3ImportSource{S3LocationUri: from, S3BucketRegion: f.region}}
	var err error
	if req.StartEventTime, err = timestamp(f.start); err != nil {
		return fmt.Errorf("--start: %w", err)
	}
	if f.queue != "" {
		req.SqsQueueUrl = &f.queue
	}
	if req.EventDataStore, err = p.ensureStore(ctx, c, f.store, false); err != nil {
		return err
	}
	var made lakev1.WatchedSource
	if err := c.do(ctx, http.MethodPost, "/watched-sources", nil, req, &made); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, made.WatchedSourceId)
	fmt.Fprintf(p.stderr, "%s is watched for objects of %s and later\n", from, timeText(made.StartEventTime))
	return nil
}

// listWatches prints a line for each watched source.
func (p *program) listWatches(ctx context.Context, c *client, store string) error {
	names := map[string]string{}
	stores, err := c.stores(ctx)
	if err != nil {
		return err
	}
	query := url.Values{}
	for _, s := range stores {
		names[s.EventDataStoreArn] = s.Name
		if store != "" && (s.Name == store || s.EventDataStoreId == store || s.EventDataStoreArn == store) {
			query.Set("event_data_store", s.EventDataStoreId)
		}
	}
	if store != "" && len(query) == 0 {
		return fmt.Errorf("no event data store is called %q", store)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTORE\tSOURCE\tSTATUS\tOBJECTS\tEVENTS\tFAILED\tLISTED\tERROR")
	for {
		var out lakev1.ListWatchedSourcesResponse
		if err := c.do(ctx, http.MethodGet, "/watched-sources", query, nil, &out); err != nil {
			return err
		}
		for _, s := range out.WatchedSources {
			n := s.Statistics
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", s.WatchedSourceId, orText(names[s.EventDataStoreArn], s.EventDataStoreArn),
				s.GetS3().GetS3LocationUri(), s.Status, n.GetFilesCompleted(), n.GetEventsCompleted(), n.GetFailedEntries(),
				timeText(s.LatestListingTimestamp), s.ErrorMessage)
		}
		if out.NextToken == "" {
			return w.Flush()
		}
		query.Set("next_token", out.NextToken)
	}
}

// changeWatch pauses, resumes or deletes a watched source.
func (p *program) changeWatch(ctx context.Context, c *client, method, id, verb string) error {
	at := "/watched-sources/" + url.PathEscape(id)
	if method == http.MethodDelete {
		if err := c.do(ctx, method, at, nil, nil, nil); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%s is deleted\n", id)
		return nil
	}
	var now lakev1.WatchedSource
	if err := c.do(ctx, method, at+":"+verb, nil, &lakev1.PauseWatchedSourceRequest{WatchedSourceId: id}, &now); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s is %s\n", id, now.Status)
	return nil
}

func (p *program) listWatchFailures(ctx context.Context, c *client, id string) error {
	query := url.Values{}
	for {
		var out lakev1.ListWatchedSourceFailuresResponse
		if err := c.do(ctx, http.MethodGet, "/watched-sources/"+url.PathEscape(id)+"/failures", query, nil, &out); err != nil {
			return err
		}
		for _, f := range out.Failures {
			fmt.Fprintf(p.stdout, "%s %s: %s\n", f.Location, f.ErrorType, f.ErrorMessage)
		}
		if out.NextToken == "" {
			return nil
		}
		query.Set("next_token", out.NextToken)
	}
}

// timeText is a time as the command line shows and takes it; "-" for none.
func timeText(t *timestamppb.Timestamp) string {
	if !t.IsValid() || t.AsTime().Unix() <= 0 {
		return "-"
	}
	return t.AsTime().UTC().Format(time.RFC3339)
}
