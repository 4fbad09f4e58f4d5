package gotest

import (
	"context"
	"os"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// A command is one process to run.
type command struct {
	path, dir string
	args, env []string
	timeout   time.Duration
	grace     time.Duration // how long it may print nothing when asked for a dump
	cpu       int
	pauses    []Pause
}

// An outcome is how a process ended.
type outcome struct {
	exit      signature.ExitInfo
	output    []byte
	elapsed   time.Duration
	cancelled bool  // ended because the context did
	escaped   bool  // something that it started left its group and kept its output open
	err       error // the process could not be started
}

// Limits of the time that a process gets to print a dump after it was asked to, and to close its output after its end.
const (
	dumpQuiet = 6 * time.Second   // it is killed when it printed nothing for so long
	dumpMost  = 120 * time.Second // or after this time
	drainMost = 500 * time.Millisecond
)

// A runner runs processes one after another on one locked thread, with buffers and a directory for temporary files that
// they share.
type runner struct {
	capture capture
	buffer  []byte
	null    *os.File
}

// run runs a process to its end and returns only when it, and the rest of its group, are gone.
func (r *runner) run(ctx context.Context, c command) outcome {
	if ctx.Err() != nil {
		return outcome{cancelled: true}
	}
	began := time.Now()
	read, write, err := os.Pipe()
	if err != nil {
		return outcome{err: err}
	}
	defer read.Close()
	process, err := r.start(c, write)
	write.Close()
	if err != nil {
		return outcome{err: err}
	}
	r.capture.reset()
	finished := make(chan struct{})
	go func() { r.capture.read(read, r.buffer); close(finished) }()
	ended := make(chan *os.ProcessState, 1)
	go func() { state, _ := process.Wait(); ended <- state }()

	w := watch{process: process, command: c, capture: &r.capture}
	state := w.until(ctx, ended)
	o := outcome{elapsed: time.Since(began), cancelled: w.cancelled}
	killGroup(process)
	o.escaped = !drained(read, finished)
	o.exit, o.output = exitInfo(state, w.asked), r.capture.bytes()
	return o
}

// start starts a process, on one CPU if so wanted.
func (r *runner) start(c command, output *os.File) (p *os.Process, err error) {
	attributes := &os.ProcAttr{Dir: c.dir, Env: c.env, Files: []*os.File{r.null, output, output}, Sys: groupAttributes()}
	start := func() error {
		p, err = os.StartProcess(c.path, append([]string{c.path}, c.args...), attributes)
		return err
	}
	if c.cpu >= 0 {
		err = pinned(c.cpu, start)
	} else {
		err = start()
	}
	return p, err
}

// drained waits for the end of the output of a process that has ended, and reports whether it came. Whoever still holds the
// output open then is not in the group; it is left alone and its output is not waited for.
func drained(read *os.File, finished <-chan struct{}) bool {
	limit := time.NewTimer(drainMost)
	defer limit.Stop()
	select {
	case <-finished:
		return true
	case <-limit.C:
		if read.SetReadDeadline(time.Now()) != nil {
			read.Close()
		}
		<-finished
		return false
	}
}

// exitInfo says how a process ended. A process that passed after all, while it was asked for a dump, passed.
func exitInfo(state *os.ProcessState, asked bool) signature.ExitInfo {
	if state == nil {
		return signature.ExitInfo{Code: -1, Signal: "unknown"}
	}
	return signature.ExitInfo{Code: state.ExitCode(), Signal: endedBySignal(state), TimedOut: asked && !state.Success()}
}

// A watch guards a running process.
type watch struct {
	process   *os.Process
	command   command
	capture   *capture
	asked     bool // for a dump
	cancelled bool
	paused    bool
	seen      int64 // bytes of output when last looked
	quiet     time.Duration
	dumping   time.Duration
}

// until waits for the end of a process. It pauses the process as planned, asks it for a dump when its time is over, kills it
// when it has stopped printing, and kills it when ctx ends.
func (w *watch) until(ctx context.Context, ended <-chan *os.ProcessState) *os.ProcessState {
	limit := time.NewTimer(w.command.timeout)
	defer limit.Stop()
	nudge := time.NewTimer(w.nextNudge(0))
	defer nudge.Stop()
	began, cancel := time.Now(), ctx.Done()
	for {
		select {
		case state := <-ended:
			return state
		case <-cancel:
			cancel, w.cancelled = nil, true
			killGroup(w.process)
		case <-limit.C:
			limit.Reset(w.overdue())
		case <-nudge.C:
			w.nudge()
			nudge.Reset(w.nextNudge(time.Since(began)))
		}
	}
}

// dumpPoll is how often a process that prints a dump is looked at.
const dumpPoll = 250 * time.Millisecond

// overdue asks a process for a dump, or looks whether it still prints it, and returns when to look again.
func (w *watch) overdue() time.Duration {
	if !w.asked {
		w.asked, w.paused, w.command.pauses = true, false, nil
		askDump(w.process)
		w.seen = w.capture.total.Load()
		return dumpPoll
	}
	w.dumping += dumpPoll
	w.quiet += dumpPoll
	if now := w.capture.total.Load(); now != w.seen {
		w.seen, w.quiet = now, 0
	}
	if w.quiet >= w.command.grace || w.dumping >= dumpMost {
		killGroup(w.process)
	}
	return dumpPoll
}

// never is longer than any process lives.
const never = 1 << 62

// nextNudge returns how long after elapsed the next pause begins or the present one ends.
func (w *watch) nextNudge(elapsed time.Duration) time.Duration {
	if len(w.command.pauses) == 0 {
		return never
	}
	p := w.command.pauses[0]
	if w.paused {
		return p.For
	}
	return max(0, p.After-elapsed)
}

// nudge begins or ends a pause.
func (w *watch) nudge() {
	if len(w.command.pauses) == 0 {
		return
	}
	if w.paused {
		resume(w.process)
		w.command.pauses = w.command.pauses[1:]
	} else {
		pause(w.process)
	}
	w.paused = !w.paused
}
