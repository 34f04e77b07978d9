package main

import (
	"github.com/spf13/cobra"

	"github.com/traillake/traillake/storage"
	"github.com/traillake/traillake/storage/vfs"
)

func (p *program) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what is inside a segment, a commit log or a fingerprint file",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return storage.Inspect(c.Context(), vfs.OS(), args[0], p.stdout)
		},
	}
}
