package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/spf13/cobra"

	"github.com/traillake/traillake/engine/export"
	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

func (p *program) queryCommand() *cobra.Command {
	conn := connection{asks: true}
	var format, file string
	c := &cobra.Command{
		Use:   "query SQL",
		Short: "Run a query: rows on standard output, statistics on standard error",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			sql, err := statement(file, args)
			if err != nil {
				return err
			}
			client, done, err := p.connect(c.Context(), conn, nil)
			if err != nil {
				return err
			}
			err = p.runQuery(c.Context(), client, sql, format)
			return errors.Join(err, done())
		},
	}
	c.Flags().StringVar(&conn.endpoint, "endpoint", "", "HTTP address of a server (default http://127.0.0.1:8700)")
	c.Flags().StringVar(&conn.data, "data", "", "data directory, when no server holds it")
	c.Flags().StringVar(&format, "format", "table", export.Formats)
	c.Flags().StringVarP(&file, "file", "f", "", "read the statement from a file (- is standard input)")
	return c
}

// statement returns the SQL of the command line or of a file.
func statement(file string, args []string) (string, error) {
	switch {
	case file == "" && len(args) == 1:
		return args[0], nil
	case file == "" || len(args) == 1:
		return "", errors.New("give the SQL as one argument, or a file with -f")
	case file == "-":
		raw, err := io.ReadAll(os.Stdin)
		return string(raw), err
	}
	raw, err := os.ReadFile(file)
	return string(raw), err
}

// runQuery starts a query, writes its rows as they come, and prints its statistics.
func (p *program) runQuery(ctx context.Context, c *client, sql, format string) error {
	probe := arrow.NewSchema([]arrow.Field{{Name: "c", Type: arrow.BinaryTypes.String}}, nil)
	if _, err := export.New(format, io.Discard, probe); err != nil {
		return err // before anything runs
	}
	source := "traillake query"
	var started lakev1.StartQueryResponse
	if err := c.do(ctx, http.MethodPost, "/queries", nil, &lakev1.StartQueryRequest{QueryStatement: &sql, Source: &source}, &started); err != nil {
		return err
	}
	path := "/queries/" + started.QueryId
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); p.watchQuery(watching, c, path) }()
	err := p.writeRows(ctx, c, path, format)
	stop()
	<-watched
	var end lakev1.DescribeQueryResponse
	ending := context.WithoutCancel(ctx)
	if err != nil { // interrupted, or the rows cannot be written
		cancel := &lakev1.CancelQueryRequest{QueryId: started.QueryId}
		_ = c.do(ending, http.MethodPost, path+":cancel", nil, cancel, nil) // it may have ended by itself
	}
	if describeErr := c.do(ending, http.MethodGet, path, nil, nil, &end); describeErr != nil {
		return errors.Join(err, describeErr)
	}
	p.printStatistics(&end)
	switch {
	case err != nil && ctx.Err() == nil && (end.QueryStatus == "FINISHED" || end.QueryStatus == "CANCELLED"):
		return err
	case end.QueryStatus != "FINISHED" && end.ErrorMessage != "":
		return fmt.Errorf("query %s: %s", end.QueryStatus, end.ErrorMessage)
	case end.QueryStatus != "FINISHED":
		return fmt.Errorf("query %s", end.QueryStatus)
	}
	return err
}

// writeRows copies a query's rows to standard output in a format.
func (p *program) writeRows(ctx context.Context, c *client, path, format string) error {
	res, err := c.send(ctx, http.MethodGet, path+"/stream", nil, "", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	rows, err := ipc.NewReader(res.Body)
	if err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	defer rows.Release()
	w, err := export.New(format, p.stdout, rows.Schema())
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := w.Write(rows.Record()); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read rows: %w", err)
	}
	return w.Close()
}

// watchQuery shows on a terminal how far a query is.
func (p *program) watchQuery(ctx context.Context, c *client, path string) {
	bar := p.newBar("query", -1)
	defer bar.finish()
	ticker := time.NewTicker(300 * time.Millisecond)
	defer ticker.Stop()
	for bar.b != nil {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		var now lakev1.DescribeQueryResponse
		if c.do(ctx, http.MethodGet, path, nil, nil, &now) == nil && now.QueryStatistics != nil {
			bar.set(now.QueryStatistics.EventsScanned, fmt.Sprintf("query: %d events scanned", now.QueryStatistics.EventsScanned))
		}
	}
}

func (p *program) printStatistics(d *lakev1.DescribeQueryResponse) {
	s := d.QueryStatistics
	if s == nil {
		return
	}
	fmt.Fprintf(p.stderr, "%d rows in %d ms; %d events and %s scanned; %d of %d segments and %d of %d row groups skipped\n",
		s.ResultRows, s.ExecutionTimeInMillis, s.EventsScanned, bytesText(s.BytesScanned),
		s.SegmentsPruned, s.Segments, s.RowGroupsPruned, s.RowGroups)
}
