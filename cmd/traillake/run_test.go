package main

import (
	"os"
	"testing"
)

// runProgram runs a command line in process and returns its exit code and output.
func runProgram(t *testing.T, args ...string) (int, string) {
	t.Helper()
	out := &lockedBuffer{}
	p := &program{stdout: out, stderr: out, env: func(name string) string {
		switch name {
		case envAccessKeyID:
			return testKeys.AccessKeyID
		case envSecretAccessKey:
			return testKeys.SecretAccessKey
		}
		return os.Getenv(name)
	}}
	code := p.run(t.Context(), args)
	return code, out.String()
}
