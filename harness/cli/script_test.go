package cli_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/cli"
	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/targets"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the command harness when a script runs it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"harness": command})
}

func command() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	os.Exit(cli.Main(os.Args[1:], cli.World{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Lookup: os.LookupEnv, Now: time.Now, Signals: signals, Rows: targets.Rows(),
	}))
}

// quick is the script that is repeated by -count; the others run once in a process.
const quick = "list"

// TestScripts runs the transcripts: every command, every exit code. They state what a user sees; rewrite one only if the change is meant.
func TestScripts(t *testing.T) {
	dir, files := "testdata/script", []string(nil)
	if repeat.Nth(t) > 0 {
		dir, files = "", []string{filepath.Join(dir, quick+".txt")}
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		Files:               files,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "signalled": signalled, "hoards": hoards},
		Condition: func(cond string) (bool, error) {
			if cond == "race" { // a C compiler is there, so that binaries with the race detector can be built
				_, err := exec.LookPath("gcc")
				return err == nil, nil
			}
			if cond == "racing" { // the command of this test has the race detector itself, and needs no other binary
				return casefile.Here(time.Time{}).Race, nil
			}
			if cond == "control" { // programs of this toolchain can be put under control here
				c, err := control.Detect(context.Background(), control.Config{})
				return err == nil && c.Runs(), nil
			}
			if cond == "old" { // a Go that cannot be put under control is here
				cmd := exec.Command("go", "version")
				cmd.Env = append(os.Environ(), "GOTOOLCHAIN=go1.25.4", "GOPROXY=off")
				return cmd.Run() == nil, nil
			}
			return false, errors.New("unknown condition " + cond)
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", root)
			e.Setenv("NO_COLOR", "1")
			if dir, err := os.UserCacheDir(); err == nil {
				e.Setenv("XDG_CACHE_HOME", dir) // a changed std is compiled once for all tests
			}
			vars, err := goEnv()
			for i, name := range goVars {
				e.Setenv(name, vars[i])
			}
			return err
		},
	})
}

// goVars are the settings of the go command that scripts keep: they have a home of their own.
var goVars = []string{"GOCACHE", "GOMODCACHE", "GOFLAGS", "GOPROXY", "GOTOOLCHAIN"}

// goEnv asks the go command for their values, a line each, once.
var goEnv = sync.OnceValues(func() ([]string, error) {
	out, err := exec.Command("go", append([]string{"env"}, goVars...)...).Output()
	return append(strings.Split(string(out), "\n"), make([]string, len(goVars))...), err
})

// signalled runs a command, sends it a signal as soon as it has written a line that contains a word, and asks for the exit code:
// signalled INT 130 progress harness stress lockfree --json. What it wrote is in signalled.out.
func signalled(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: signalled INT|TERM CODE WORD COMMAND...")
	}
	sig := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}[args[0]]
	path, err := exec.LookPath(args[3])
	ts.Check(err)
	cmd := exec.Command(path, args[4:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), append(os.Environ(), "NO_COLOR=1")
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	lines, said := bufio.NewReader(out), ""
	for !strings.Contains(said, args[2]) && err == nil {
		var line string
		line, err = lines.ReadString('\n')
		said += line
	}
	ts.Check(err)
	ts.Check(cmd.Process.Signal(sig))
	rest, err := io.ReadAll(lines)
	ts.Check(err)
	_ = cmd.Wait()
	said += string(rest)
	ts.Check(os.WriteFile(ts.MkAbs("signalled.out"), []byte(said), 0o600))
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("exit code %s, want %s\n%s", got, args[1], said)
	}
}

// exits runs a command that must end with the given exit code: exits 2 harness stress.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// hoards changes the journal of a soak: each round has left as many bytes of heap behind as its second argument says: hoards state/journal.jsonl 65536.
func hoards(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hoards JOURNAL BYTES")
	}
	samples := regexp.MustCompile(`("before":{"heap":)\d+(.*"after":{"heap":)\d+`)
	with := fmt.Sprintf("${1}1000000${2}1%06s", args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), samples.ReplaceAll([]byte(ts.ReadFile(args[0])), []byte(with)), 0o600))
}
