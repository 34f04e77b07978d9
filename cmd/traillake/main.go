// Command traillake is the lake: the server, its client commands and the tools
// that look inside a data directory. One file per subcommand.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

// program is what a run of the command has of the outside world, so that tests can run it in process.
type program struct {
	stdout, stderr io.Writer
	env            func(string) string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run runs one command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errReported):
	default:
		fmt.Fprintln(p.stderr, "traillake:", err)
	}
	return 1
}

// errReported ends a command with exit code 1 when everything is already said.
var errReported = errors.New("reported")

func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "traillake",
		Short:         "The lake that answers who did what, where and when, in SQL",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.AddCommand(
		p.demoCommand(), p.serveCommand(), p.importCommand(), p.watchCommand(), p.queryCommand(), p.generateCommand(),
		p.verifyCommand(), p.inspectCommand(), p.recoverCommand(), p.versionCommand(),
	)
	return root
}
