package gotest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// A worker runs one process at a time.
type worker struct {
	config  RunConfig
	planner planner
	base    []string // the environment without what a plan sets
	gorace  string   // the value of GORACE in the environment
	temp    string   // the directory for temporary files of the tests
	runner  runner
}

// newWorker prepares a worker. Its number tells its directory apart.
func newWorker(c *coordinator, number int) *worker {
	gorace, _ := lookup(c.env, "GORACE")
	return &worker{
		config: c.config, planner: c.planner, base: without(c.env, planVariables...), gorace: gorace,
		temp:   filepath.Join(c.dir, strconv.Itoa(number)),
		runner: runner{capture: capture{limit: (c.config.MaxOutput + 1) / 2}, buffer: make([]byte, 32<<10)},
	}
}

// open locks the thread, whose death would be taken for the death of the harness, and opens what the worker needs.
func (w *worker) open() error {
	runtime.LockOSThread()
	if err := os.MkdirAll(w.temp, 0o700); err != nil {
		return err
	}
	null, err := os.Open(os.DevNull)
	w.runner.null = null
	return err
}

// close undoes open.
func (w *worker) close() {
	if w.runner.null != nil {
		w.runner.null.Close()
	}
	removeAll(w.temp)
	runtime.UnlockOSThread()
}

// work runs tasks until there are no more. Results that nobody wants after quit are dropped.
func (w *worker) work(ctx context.Context, tasks <-chan task, results chan<- *result, quit <-chan struct{}) {
	err := w.open()
	defer w.close()
	for t := range tasks {
		r := w.run(ctx, t, err)
		select {
		case results <- r:
		case <-quit:
		}
	}
}

// run runs one process and reads its output. A worker that could not be opened fails every task.
func (w *worker) run(ctx context.Context, t task, broken error) *result {
	b := w.config.Binaries[t.job.binary]
	r := &result{job: t.job, run: w.describe(b, t)}
	if broken != nil {
		r.run.Error = broken.Error()
		return r
	}
	o := w.runner.run(ctx, w.command(b, &r.run, w.config.Timeout))
	empty(w.temp)
	r.cancelled, r.run.Exit, r.run.Elapsed, r.run.Escaped = o.cancelled, o.exit, o.elapsed, o.escaped
	if o.err != nil {
		r.run.Error = o.err.Error()
	}
	if o.err != nil || o.cancelled {
		return r
	}
	r.tests = signature.ReadTests(o.output)
	if o.exit != (signature.ExitInfo{}) || b.Race && bytes.Contains(o.output, []byte("DATA RACE")) {
		r.failures = signature.Parse(o.output, o.exit)
		r.run.Output = o.output
	}
	if check := w.config.Check; check != nil {
		if more := check(o.output); len(more) > 0 {
			r.failures, r.run.Output = append(r.failures, more...), o.output
		}
	}
	return r
}

// describe plans a process and writes down how it is started.
func (w *worker) describe(b Binary, t task) Process {
	p := w.planner.plan(t.job.key, t.number, t.late)
	r := Process{ImportPath: b.ImportPath, Test: t.job.test, Number: t.number, Plan: p, Dir: b.Dir}
	for _, v := range p.variables(b.Race, w.gorace) {
		name, _, _ := strings.Cut(v, "=")
		if _, fixed := lookup(w.config.Env, name); !fixed || name == "GORACE" {
			r.Env = append(r.Env, v)
		}
	}
	for _, v := range w.config.Env {
		if !strings.HasPrefix(v, "GORACE=") {
			r.Env = append(r.Env, v)
		}
	}
	shared := []string{"-test.count=1", "-test.run=" + t.job.pattern, "-test.cpu=" + strconv.Itoa(p.Procs)}
	if p.Shuffle != 0 {
		shared = append(shared, fmt.Sprintf("-test.shuffle=%d", p.Shuffle))
	}
	r.Args = append(w.verbose(), shared...)
	r.Args = append(r.Args, w.config.Args...)
	r.Command = w.shell(b, r, shared)
	return r
}

// verbose returns the flags that make the output readable by program, and the time limit of the test itself. It is beyond ours
// where we can ask for a dump, for programs that catch the signal.
func (w *worker) verbose() []string {
	limit := w.config.Timeout
	if canDump {
		limit += w.config.grace / 2
	}
	return []string{"-test.v=test2json", "-test.paniconexit0", "-test.timeout=" + limit.String()}
}

// shell returns the command that repeats a run: go test with the same build flags, conditions and test.
func (w *worker) shell(b Binary, r Process, shared []string) string {
	args := append([]string{"go", "test", "-vet=off"}, b.BuildFlags...)
	for _, a := range shared {
		args = append(args, "-"+strings.TrimPrefix(a, "-test."))
	}
	args = append(args, "-timeout="+w.config.Timeout.String(), ".")
	return shellCommand(r.Dir, r.Env, append(args, w.config.Args...), r.Plan.CPU)
}

// command turns the description of a run into a process to start.
func (w *worker) command(b Binary, r *Process, timeout time.Duration) command {
	env := append(slices.Clone(w.base), "PWD="+b.Dir)
	for _, name := range tempVariables {
		env = append(env, name+"="+w.temp)
	}
	if r.Plan.Late {
		timeout += time.Second // in which the detector sleeps
	}
	return command{path: b.Path, dir: b.Dir, args: r.Args, env: without(append(env, r.Env...)), timeout: timeout,
		grace: w.config.grace, cpu: r.Plan.CPU, pauses: slices.Clone(r.Plan.Pauses)}
}
