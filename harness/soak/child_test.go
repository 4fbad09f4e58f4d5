package soak

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// The environment of a child: the test binary soaks in a directory then, in one of several ways.
const (
	childDir  = "SOAK_TEST_CHILD_DIR"
	childMode = "SOAK_TEST_CHILD_MODE"
	childRun  = "SOAK_TEST_CHILD_ROUNDS"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir, os.Getenv(childMode)))
	}
	os.Exit(m.Run())
}

// ahead is how many events a child may be ahead of what its parent has read: a slow parent must not come too late to kill it.
const ahead = 2

// child soaks and writes a line to its output for each event. From the third on it waits for a byte of its parent first, or for the end of its input.
func child(dir, mode string) int {
	rounds := 0
	fmt.Sscan(os.Getenv(childRun), &rounds)
	cfg := controlledConfig(dir, rounds)
	_, err := os.Stat(filepath.Join(dir, journalFile))
	cfg.Resume = err == nil
	told := 0
	cfg.Emit = func(e report.Event) {
		fmt.Println(e.Kind, e.Name(), e.Message)
		if told++; told > ahead {
			_, _ = os.Stdin.Read(make([]byte, 1))
		}
	}
	if _, err := run(context.Background(), cfg, childEngine(mode)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	return 0
}

// childEngine ends the process in rounds of the target lossy, if the mode says so.
func childEngine(mode string) engine {
	return func(ctx context.Context, t *harness.Target, e harness.Engine, cfg harness.Config) (*harness.Result, error) {
		if t.Name == "lossy" {
			switch mode {
			case "panic":
				go panic("the ring is torn")
				select {}
			case "exit":
				os.Exit(9)
			case "wait":
				select {}
			}
		}
		return scripted(ctx, t, e, cfg)
	}
}

// A kid is a running child.
type kid struct {
	*exec.Cmd
	out *bufio.Reader
	in  io.WriteCloser
}

// start starts a child.
func start(t *testing.T, dir, mode string, rounds int) *kid {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childDir+"="+dir, childMode+"="+mode, childRun+"="+fmt.Sprint(rounds), "GORACE=atexit_sleep_ms=0")
	c.Stderr = io.Discard
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return &kid{c, bufio.NewReader(out), in}
}

// follow reads lines until enough were seen, or the child has closed its output, and reports which.
func (k *kid) follow(enough func(line string) bool) bool {
	for {
		line, err := k.out.ReadString('\n')
		if err != nil {
			return false
		}
		_, _ = k.in.Write([]byte{1}) // a child that has ended needs no leave
		if enough(line) {
			return true
		}
	}
}

// finish lets the child go on, reads all that is left and returns the exit code.
func (k *kid) finish() int {
	_ = k.in.Close()
	_, _ = io.Copy(io.Discard, k.out)
	_ = k.Wait()
	return k.ProcessState.ExitCode()
}

// kill ends the child by SIGKILL.
func (k *kid) kill() {
	_ = k.Process.Kill()
	k.finish()
}

// TestKilledTwentyTimes kills a soak at twenty seeded moments, counted in events. Each process lives long enough to end a round, so that no round is
// killed twice; all else is up to chance. In the end all rounds were run, once each as far as the report can tell.
func TestKilledTwentyTimes(t *testing.T) {
	repeat.Once(t)
	kills, rounds := 20, 110
	if testing.Short() {
		kills, rounds = 4, 24
	}
	want := mustRun(t, controlledConfig(t.TempDir(), rounds))
	dir, r := t.TempDir(), rand.New(rand.NewPCG(1, 2))
	ended := 0
	for range kills {
		k, left := start(t, dir, "", rounds), 4+r.IntN(4)
		if !k.follow(func(string) bool { left--; return left == 0 }) {
			t.Fatalf("the child ended by itself: exit code %d", k.finish())
		}
		k.kill()
		s, _, err := readJournal(dir)
		if err != nil || s.rounds < ended {
			t.Fatalf("after a kill: %d rounds, before it %d: %v", s.rounds, ended, err)
		}
		ended = s.rounds
	}
	if code := start(t, dir, "", rounds).finish(); code != 0 {
		t.Fatalf("the last process: exit code %d", code)
	}
	s, _, err := readJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg := controlledConfig(dir, rounds)
	got := s.report(&cfg, nil, stopRounds)
	if got.Budget.Processes != kills+1 || got.Budget.Deaths > kills {
		t.Errorf("budget %+v after %d kills", got.Budget, kills)
	}
	if !reflect.DeepEqual(settled(got), settled(want)) {
		t.Errorf("killed:\n%s\nnot killed:\n%s", got.Text(), want.Text())
	}
}

// settled returns what a report says that does not depend on how many processes it took.
func settled(r *Report) *Report {
	c := *r
	c.Budget.Processes, c.Budget.Deaths, c.Growth, c.NotProved = 0, 0, nil, nil
	return &c
}

// lives runs a mode until a process comes to its end, and returns the report and the number of processes.
func lives(t *testing.T, dir, mode string, rounds int) (*Report, int) {
	t.Helper()
	for n := 1; n < 20; n++ {
		if start(t, dir, mode, rounds).finish() == 0 {
			s, _, err := readJournal(dir)
			if err != nil {
				t.Fatal(err)
			}
			cfg := controlledConfig(dir, rounds)
			return s.report(&cfg, nil, stopRounds), n
		}
	}
	t.Fatal("a crashing target stops the soak")
	return nil, 0
}

func TestAPanicBringsDownTheProcess(t *testing.T) {
	dir := t.TempDir()
	r, n := lives(t, dir, "panic", 8)
	if n != maxCrashes+1 || r.Budget.Done != 8 || r.Budget.Deaths != maxCrashes {
		t.Errorf("%d processes, budget %+v", n, r.Budget)
	}
	if len(r.Failures) != 1 || r.Targets[0].Status != report.Held || r.Targets[1].Status != report.Violated {
		t.Fatalf("\n%s", r.Text())
	}
	f := r.Failures[0]
	if f.Kind != kindCrash || f.Rounds != maxCrashes || !strings.Contains(f.First.Evidence, "the ring is torn") || !strings.Contains(f.Signature, "child_test.go") {
		t.Errorf("%+v, %+v", f, f.First)
	}
	if _, err := os.Stat(filepath.Join(dir, crashFile)); !os.IsNotExist(err) {
		t.Errorf("last words are left behind: %v", err)
	}
}

func TestAnExitBringsDownTheProcess(t *testing.T) {
	repeat.Once(t)
	r, n := lives(t, t.TempDir(), "exit", 8)
	if n != 2*maxCrashes+1 || r.Budget.Done != 8 || r.Budget.Deaths != 2*maxCrashes {
		t.Errorf("%d processes, budget %+v", n, r.Budget)
	}
	if len(r.Failures) != 2 || r.Targets[0].Status != report.Held || r.Targets[1].Status != report.Violated {
		t.Fatalf("\n%s", r.Text())
	}
	f, open := r.Failures[0], r.Failures[1]
	if f.Kind != kindCrash || f.Status != report.Violated || f.First.Seed == open.First.Seed || open.Status != report.Inconclusive {
		t.Errorf("%+v, %+v", f, open)
	}
}

func TestOneSoakADirectory(t *testing.T) {
	dir := t.TempDir()
	k := start(t, dir, "wait", 8)
	if !k.follow(func(line string) bool { return strings.HasPrefix(line, "run lossy") }) {
		t.Fatal("the child ended")
	}
	cfg := controlledConfig(dir, 8)
	cfg.Resume = true
	err := wantReason(t, cfg, ErrBusy)
	if !strings.Contains(err.Error(), fmt.Sprint(k.Process.Pid)) {
		t.Errorf("%v does not name process %d", err, k.Process.Pid)
	}
	k.kill()
	if r := mustRun(t, cfg); r.Budget.Done != 8 || r.Budget.Deaths != 1 {
		t.Errorf("after the kill: %+v", r.Budget)
	}
}
