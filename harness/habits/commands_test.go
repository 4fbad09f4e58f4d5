package habits

import (
	"bytes"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/cli"
	"github.com/concurrency-god-mode/godmode/targets"
)

// refused asks the command itself whether it knows a command line, and returns what it says if not. With --help behind it, the line is read in full
// and nothing is run; the command's own help then shows that its name was understood.
func refused(args []string) string {
	if args[0] != "help" {
		args = append(args[:len(args):len(args)], "--help")
	}
	var out bytes.Buffer
	code := cli.Main(args, cli.World{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Now: func() time.Time { return time.Time{} },
		Lookup: func(string) (string, bool) { return "", false }, Rows: targets.Rows(),
	})
	switch {
	case code != 0:
		return out.String()
	case args[0] != "help" && !strings.HasPrefix(out.String(), "usage: harness "+args[0]):
		return "no command " + args[0]
	}
	return ""
}

// TestDocumentedCommands: what the documents tell the reader to type is understood.
func TestDocumentedCommands(t *testing.T) {
	seen := 0
	err := texts(func(name string, text []byte) {
		if path.Ext(name) != ".md" {
			return
		}
		for _, c := range commands(name, text) {
			seen++
			if complaint := refused(c.args); complaint != "" {
				t.Errorf("%s:%d: harness %s: %s", c.file, c.line, strings.Join(c.args, " "), complaint)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d commands", seen)
	if seen == 0 {
		t.Error("no document shows a command, as \"$ harness ...\" in an example")
	}
}

// TestDocumentedCommandsSeeded: the command tells what it knows from what it does not.
func TestDocumentedCommandsSeeded(t *testing.T) {
	for line, good := range map[string]bool{
		"stress lockfree --for 10s":   true,
		"help exit-codes":             true,
		"version":                     true,
		"help nothing":                false,
		"soak lockfree --resume":      true,
		"stres lockfree":              false,
		"stress lockfree --fro 10s":   false,
		"stress lockfree --for never": false,
	} {
		if complaint := refused(strings.Fields(line)); (complaint == "") != good {
			t.Errorf("harness %s: understood must be %v: %q", line, good, complaint)
		}
	}
}
