package owners

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// built builds the programs of testdata in a mode, or skips where that is not possible.
func built(t testing.TB, m Mode, flags ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "programs")
	var said bytes.Buffer
	c := Command{Mode: m, Flags: append([]string{"-o=" + name}, flags...), Dir: filepath.Join("testdata", "programs"), Stderr: &said}
	err := c.Run(context.Background())
	var u *control.Unsupported
	if errors.As(err, &u) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err, said.String())
	}
	return name
}

// output runs a program and returns what it says on both outputs. It must end by itself.
func output(t testing.TB, env []string, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if ctx.Err() != nil || err != nil && !errors.As(err, &exit) {
		t.Fatal(args, err, string(out))
	}
	return string(out)
}

// TestPrograms: the owner lines of programs that block in every way, and of their correct twins, which leave nothing held.
func TestPrograms(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds a standard library")
	}
	for _, flags := range [][]string{nil, {"-race"}, {"-gcflags=all=-l"}} {
		if len(flags) > 0 && os.Getenv("GODMODE_NIGHTLY") == "" {
			continue // two more builds of std
		}
		name := built(t, Owners, flags...)
		var all strings.Builder
		for _, p := range strings.Fields(output(t, nil, name, "list")) {
			said := output(t, nil, name, p)
			all.WriteString(said)
			if strings.HasSuffix(p, "-ok") && strings.Contains(said, "holds") {
				t.Error("a correct program holds something:", said)
			}
		}
		golden(t, "owners.golden", all.String())
		checkQuit(t, output(t, nil, name, "quit"))
		if said := output(t, nil, name, "panic"); !strings.Contains(said, "[holds: mutex 0x") {
			t.Error("below a panic:", said)
		}
	}
}

// golden compares with a file of testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	name := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\n%s", file, difference(string(want), got))
	}
}

// difference lists the lines that are in one text only.
func difference(want, got string) string {
	var b strings.Builder
	for line := range strings.Lines(want) {
		if !strings.Contains(got, line) {
			b.WriteString("- " + line)
		}
	}
	for line := range strings.Lines(got) {
		if !strings.Contains(want, line) {
			b.WriteString("+ " + line)
		}
	}
	return b.String()
}

// checkQuit checks a dump of SIGQUIT, where alice and bob wait for each other.
func checkQuit(t *testing.T, said string) {
	all := regexp.MustCompile(`(?m)^name (\d+) (alice|bob)$`).FindAllStringSubmatch(said, -1)
	if len(all) != 2 {
		t.Error("a dump of SIGQUIT:", said)
	}
	for _, m := range all {
		_, block, _ := strings.Cut(said, "\ngoroutine "+m[1]+" ")
		block, _, _ = strings.Cut(block, "\n\n")
		lines := strings.Split(block, "\n")
		if len(lines) < 2 || !strings.HasPrefix(lines[len(lines)-2], "[waits: mutex 0x") || !strings.HasPrefix(lines[len(lines)-1], "[holds: mutex 0x") {
			t.Errorf("%s in a dump of SIGQUIT:\n%s", m[2], block)
		}
	}
}
