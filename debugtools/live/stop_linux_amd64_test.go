package live

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// spinning returns the goroutine of a child that runs all the time.
func (c *child) spinning(d *dump.Dump) *dump.Goroutine {
	for i, g := range d.Goroutines {
		if c.wants[g.ID].name == "running" {
			return &d.Goroutines[i]
		}
	}
	c.t.Fatal("nothing spins")
	return nil
}

// TestRunning: a goroutine that runs has a stack only if the program stands still, and runs on afterwards.
func TestRunning(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	c := start(t, build(t, "local"), "busy")
	read := inspect(t, c.cmd.Process.Pid)
	if g := c.spinning(read(Options{})); g.State != "running" || g.Flags&dump.NoStack == 0 || len(g.Stack.Frames) != 0 {
		t.Errorf("without stopping: %+v with %+v", g, g.Stack)
	}
	seen := 0
	for range 30 { // wherever it may be interrupted
		seen += checkSpin(t, c.spinning(read(Options{Stop: true})))
	}
	if seen == 0 {
		t.Error("never a stack")
	}
	if c.ask("work") != "4950" || c.ask("wake") != "awake" {
		t.Error("the child does not go on")
	}
}

// checkSpin looks at the stack of a goroutine that spins, and returns 1 if it has one. It has none, and the dump says so, where its thread was caught in the scheduler or in
// a signal handler.
func checkSpin(t *testing.T, g *dump.Goroutine) int {
	t.Helper()
	if g.Flags&dump.NoStack != 0 && len(g.Stack.Frames) == 0 {
		return 0
	}
	var names []string
	for _, f := range g.Stack.Frames {
		names = append(names, f.Func)
	}
	stack := strings.Join(names, " ")
	if g.Flags&dump.NoStack != 0 || !strings.HasSuffix(stack, "main.spin main.busy.func1 main.park.func1") {
		t.Errorf("%s %b: %s", g.State, g.Flags, stack)
	}
	return 1
}

// TestHold is no test: it is the process that TestReaderKilled kills while it holds another.
func TestHold(t *testing.T) {
	pid, err := strconv.Atoi(os.Getenv("LIVE_HOLD"))
	if err != nil {
		t.Skip("only for TestReaderKilled")
	}
	err = stopped(pid, func(map[uint64]registers) error {
		fmt.Println("held")
		_, err := os.Stdin.Read(make([]byte, 1)) // until somebody kills us
		return err
	})
	t.Fatal(err)
}

// TestReaderKilled: a reader that is killed while the program stands still leaves it running.
func TestReaderKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	c := start(t, build(t, "local"))
	reader := exec.Command(os.Args[0], "-test.run=^TestHold$")
	reader.Env = append(os.Environ(), "LIVE_HOLD="+strconv.Itoa(c.cmd.Process.Pid))
	out, err := reader.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := reader.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the reader says %q", line)
	}
	if state := c.state(); !strings.HasPrefix(state, "t") {
		t.Errorf("held, but in state %q", state)
	}
	if _, err := Read(c.cmd.Process.Pid, Options{Stop: true}); err == nil || !strings.Contains(err.Error(), "debugger") {
		t.Errorf("stopped twice: %v", err)
	}
	if err := unix.Kill(reader.Process.Pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	reader.Wait()
	if c.ask("work") != "4950" || c.ask("wake") != "awake" {
		t.Error("the child does not go on")
	}
}

// state returns the state of the child as the kernel says it: "t (tracing stop)".
func (c *child) state() string {
	status, _ := os.ReadFile(proc(c.cmd.Process.Pid, "status"))
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "State:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// becomes waits until the child is in a state, and returns that it is in then: threads that are let go take a moment to stop again.
func (c *child) becomes(want string) string {
	for range 1_000_000 {
		if strings.HasPrefix(c.state(), want) {
			break
		}
		runtime.Gosched()
	}
	return c.state()
}

// TestStopped: one that somebody else has stopped by a signal can be read, and stays stopped.
func TestStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	c := start(t, build(t, "local"))
	pid := c.cmd.Process.Pid
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var ws unix.WaitStatus
	if _, err := unix.Wait4(pid, &ws, unix.WUNTRACED, nil); err != nil || !ws.Stopped() {
		t.Fatal(err, ws)
	}
	for _, stop := range []bool{false, true} {
		if d, err := Read(pid, Options{Stop: stop}); err != nil || len(d.Goroutines) < len(c.wants) {
			t.Errorf("stop %v: %v", stop, err)
		}
	}
	if state := c.becomes("T"); !strings.HasPrefix(state, "T") {
		t.Errorf("it was stopped, and is in state %q", state)
	}
	if err := unix.Kill(pid, unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if c.ask("wake") != "awake" {
		t.Error("the child does not go on")
	}
}
