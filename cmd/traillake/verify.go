package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/traillake/traillake/engine"
	"github.com/traillake/traillake/storage"
)

func (p *program) verifyCommand() *cobra.Command {
	var o storage.VerifyOptions
	c := &cobra.Command{
		Use:   "verify --data DIR [--store NAME]",
		Short: "Prove that everything is as sealed and complete",
		Long: "Check every entry of the commit logs (framing, hash chain, signature, gap-free versions) and every segment they name\n" +
			"(size, hash, rows, Merkle root, a second Parquet reader), and the write-ahead logs of live events. Files are only\n" +
			"read, so it runs beside a server.\n" +
			"Exit code 0 when all is well, else 1 and every finding on a line.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Store != "" {
				var err error
				if o.Store, err = engine.StoreIDIn(c.Context(), o.Dir, o.Store); err != nil {
					return err
				}
			}
			bar := p.newBar("verify", -1)
			o.Progress = func(s storage.Summary) {
				bar.set(s.Segments, fmt.Sprintf("verify: %d segments, %d rows, %s", s.Segments, s.Rows, bytesText(s.Bytes)))
			}
			summary, err := storage.Verify(c.Context(), o, func(f storage.Finding) {
				fmt.Fprintln(p.stdout, findingText(f))
			})
			bar.finish()
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "%d stores, %d log entries, %d segments, %d rows, %s checked\n",
				summary.Stores, summary.Entries, summary.Segments, summary.Rows, bytesText(summary.Bytes))
			if summary.Batches > 0 {
				fmt.Fprintf(p.stdout, "%d batches of live events, which are in no segment yet, checked\n", summary.Batches)
			}
			if summary.Findings > 0 {
				fmt.Fprintf(p.stdout, "NOT as sealed: %d findings\n", summary.Findings)
				return errReported
			}
			fmt.Fprintln(p.stdout, "everything is as sealed and complete")
			return nil
		},
	}
	c.Flags().StringVar(&o.Dir, "data", "", "data directory")
	c.Flags().StringVar(&o.SigningKeyFile, "signing-key", "", "Ed25519 key of the commit logs, when it is kept outside of the data directory")
	c.Flags().StringVar(&o.Store, "store", "", "only this event data store (id or name)")
	_ = c.MarkFlagRequired("data")
	return c
}

// findingText is a finding on one line: where, and what was expected and found.
func findingText(f storage.Finding) string {
	at := f.File
	if f.Offset >= 0 {
		at += fmt.Sprintf(" at byte %d", f.Offset)
	}
	if f.Row >= 0 {
		at += fmt.Sprintf(" row %d", f.Row)
	}
	if f.Note {
		return "note: " + at + ": " + f.Message
	}
	return at + ": " + f.Message
}
