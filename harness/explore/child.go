package explore

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

// A launcher starts children, no more at once than there are slots.
type launcher struct {
	config Config
	dir    string // for temporary files
	env    []string
	slots  chan struct{}
	serial atomic.Int64
}

// newLauncher prepares to start children whose files lie below dir.
func newLauncher(c Config, dir string) *launcher {
	return &launcher{config: c, dir: dir, env: c.environment(), slots: make(chan struct{}, c.Workers)}
}

// A job is one process to run.
type job struct {
	path, dir string
	race      bool
	request   request
	args      []string  // instead of those for exploration, if any
	env       []string  // beside that of all
	deadline  time.Time // after which an exploration begins no schedule but its first; zero for none
	silence   time.Duration
	progress  func(counts)
}

// Limits of the time that a process gets to print a dump after it was asked to, and to close its output after its end.
const (
	dumpMost  = 10 * time.Second
	drainMost = 500 * time.Millisecond
)

// raceOptions make the race detector report every race, on the output that is read, and not wait at the end of the process.
const raceOptions = "halt_on_error=0 suppress_equal_stacks=0 exitcode=66 log_path=stderr atexit_sleep_ms=0"

// run waits for a slot, runs a process to its end, and returns when it, the rest of its group and its files are gone.
func (l *launcher) run(ctx context.Context, j job) *outcome {
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return &outcome{cancelled: true}
	}
	if ctx.Err() != nil {
		return &outcome{cancelled: true}
	}
	if !j.deadline.IsZero() && !j.request.replay {
		j.request.millis = max(1, j.deadline.Sub(l.config.Now()).Milliseconds())
	}
	runtime.LockOSThread() // the kernel kills the child when its thread ends
	defer runtime.UnlockOSThread()
	began := l.config.Now()
	o, err := l.inDirectory(ctx, j)
	if err != nil {
		o = &outcome{problem: "a process could not be started: " + err.Error()}
	}
	o.elapsed = l.config.Now().Sub(began)
	return o
}

// inDirectory runs a process that has a directory of its own.
func (l *launcher) inDirectory(ctx context.Context, j job) (*outcome, error) {
	dir := filepath.Join(l.dir, "c"+strconv.FormatInt(l.serial.Add(1), 10))
	temp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(temp, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	requested, traced := filepath.Join(dir, "request"), filepath.Join(dir, "trace")
	env := append(l.env[:len(l.env):len(l.env)], "TMPDIR="+temp, "PWD="+j.dir, "GORACE="+raceOptions)
	env = append(env, j.env...)
	args := j.args
	if args == nil {
		args = append([]string{"-test.parallel=8", "-test.timeout=0"}, l.config.Args...)
		env = append(env, requestVariable+"="+requested, traceVariable+"="+traced)
		if err := os.WriteFile(requested, []byte(j.request.String()), 0o600); err != nil {
			return nil, err
		}
		if err := makeTrace(traced); err != nil {
			return nil, err
		}
	}
	p, err := start(j.path, j.dir, args, env)
	if err != nil {
		return nil, err
	}
	o := p.guard(ctx, j)
	if t, ok := readTrace(traced); ok {
		o.trace = &t
	}
	return o, nil
}

// A process is a child that runs.
type process struct {
	*os.Process
	output, events   *os.File // the ends that are read
	asked, cancelled bool
}

// start starts a process whose standard outputs go to one pipe, and what it writes to file descriptor 3 to another.
func start(path, dir string, args, env []string) (*process, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	output, outputEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer outputEnd.Close()
	events, eventsEnd, err := os.Pipe()
	if err != nil {
		output.Close()
		return nil, err
	}
	defer eventsEnd.Close()
	p, err := os.StartProcess(path, append([]string{path}, args...), &os.ProcAttr{
		Dir: dir, Env: env, Files: []*os.File{null, outputEnd, outputEnd, eventsEnd}, Sys: gotest.GroupAttributes(),
	})
	if err != nil {
		output.Close()
		events.Close()
		return nil, err
	}
	return &process{Process: p, output: output, events: events}, nil
}

// guard reads what a process writes until it ends, asks it for a dump and kills it when it is silent for too long, and kills it when ctx ends.
func (p *process) guard(ctx context.Context, j job) *outcome {
	defer p.output.Close()
	defer p.events.Close()
	o, alive := &outcome{}, make(chan struct{}, 1)
	said, printed := make(chan struct{}), make(chan struct{})
	var last tail
	go func() { defer close(said); o.listen(p.events, alive, j.progress) }()
	go func() { defer close(printed); _, _ = io.Copy(&last, p.output) }()
	ended := make(chan *os.ProcessState, 1)
	go func() { state, _ := p.Wait(); ended <- state }()

	state := p.until(ctx, j.silence, alive, ended)
	_ = gotest.KillGroup(p.Process)
	drained(p.events, said)
	drained(p.output, printed)
	o.exit, o.output, o.cancelled, o.silence = gotest.ExitInfo(state, p.asked), last.bytes(), p.cancelled, p.asked
	return o
}

// until waits for the end of a process.
func (p *process) until(ctx context.Context, silence time.Duration, alive <-chan struct{}, ended <-chan *os.ProcessState) *os.ProcessState {
	limit := time.NewTimer(silence)
	defer limit.Stop()
	cancel := ctx.Done()
	for {
		select {
		case state := <-ended:
			return state
		case <-alive:
			if !p.asked {
				limit.Reset(silence)
			}
		case <-cancel:
			cancel, p.cancelled = nil, true
			_ = gotest.KillGroup(p.Process)
		case <-limit.C:
			if p.asked {
				_ = gotest.KillGroup(p.Process)
				continue
			}
			p.asked = true
			gotest.AskDump(p.Process)
			limit.Reset(dumpMost)
		}
	}
}

// drained waits a little for the end of what a process that has ended wrote. Whoever still holds the pipe open then is not in the group.
func drained(read *os.File, finished <-chan struct{}) {
	limit := time.NewTimer(drainMost)
	defer limit.Stop()
	select {
	case <-finished:
	case <-limit.C:
		if read.SetReadDeadline(time.Unix(1, 0)) != nil {
			read.Close()
		}
		<-finished
	}
}

// tailSize is how much is kept of what a process printed: its last part, where the reason of its end is.
const tailSize = 1 << 20

// A tail keeps the end of what is written to it.
type tail struct {
	kept    []byte
	dropped int64
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailSize; over > tailSize {
		t.dropped += int64(over)
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// bytes returns what was kept, with a line that says what was not.
func (t *tail) bytes() []byte {
	if t.dropped > 0 {
		return append(fmt.Appendf(nil, "[%d bytes of output left out]\n", t.dropped), t.kept...)
	}
	return t.kept
}
