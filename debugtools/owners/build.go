package owners

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/control"
)

// A Command is a go command that builds programs which record.
type Command struct {
	// Mode says what they record; "" means Owners.
	Mode Mode
	// Verb is the go command's: build, install, test or run; "" means build.
	Verb string
	// Flags are build flags, and Args what follows them: packages, and for test and run what the program gets.
	Flags, Args []string
	// Dir is the directory in which the go command runs, "" for the current one.
	Dir string
	// Env is its environment; nil means that of this process.
	Env []string
	// GoCommand is the go command to ask for the toolchain, "" for the one in PATH.
	GoCommand string
	// Stdin, Stdout and Stderr are those of the go command; nil means none.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Run runs the command. An error of type *control.Unsupported says that there are no edits for this toolchain, and nothing was built. One of type *exec.ExitError
// is that of the go command, which has said why.
//
// The first run with a toolchain, and with or without -race, compiles std: half a minute of processor time.
func (c Command) Run(ctx context.Context) (err error) {
	config := control.Config{Dir: c.Dir, BuildFlags: c.Flags, Env: c.Env, GoCommand: c.GoCommand, Sources: Sources(c.Mode.or())}
	change, err := control.NewChange(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, change.Close()) }()
	verb := c.Verb
	if verb == "" {
		verb = "build"
	}
	temp, err := os.MkdirTemp("", "harness-build-") // a go command that is interrupted may leave its files there
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	cmd := exec.CommandContext(ctx, change.Command, slices.Concat([]string{verb}, change.Flags, change.Rest, c.Args)...)
	control.Gently(cmd)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Dir, append(slices.Clone(change.Env), "GOTMPDIR="+temp), c.Stdin, c.Stdout, c.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w", verb, err)
	}
	return nil
}

// or returns the mode, or Owners if there is none.
func (m Mode) or() Mode {
	if m == "" {
		return Owners
	}
	return m
}
