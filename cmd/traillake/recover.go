package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/traillake/traillake/storage"
)

func (p *program) recoverCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "recover --data DIR",
		Short: "Rebuild the index from the commit logs",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := storage.Recover(c.Context(), storage.Options{Dir: dir}); err != nil {
				return err
			}
			_, err := fmt.Fprintln(p.stdout, "the index is rebuilt from the commit logs")
			return err
		},
	}
	c.Flags().StringVar(&dir, "data", "", "data directory")
	_ = c.MarkFlagRequired("data")
	return c
}
