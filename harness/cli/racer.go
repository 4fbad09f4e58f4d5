package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// command is the import path of the command, which a child with the race detector is built from.
const command = "github.com/concurrency-god-mode/godmode/harness/cmd/harness"

// markPrefix starts the line by which a child announces a history, between the reports of the detector.
const markPrefix = "harness: history "

// raceOptions make the detector report every race every time, on standard error, and not wait at the end of the process. It waits one
// second otherwise, for goroutines that outlive the program.
const raceOptions = "atexit_sleep_ms=0 suppress_equal_stacks=0 halt_on_error=0 exitcode=66 log_path=stderr"

// A racer runs this command in children that are built with the race detector. The binary is built once.
type racer struct {
	*app
	dir    string
	path   string
	err    error
	built  bool
	number int
}

// directory makes the directory of the racer's files.
func (r *racer) directory() (string, error) {
	if r.dir == "" {
		dir, err := os.MkdirTemp("", "harness-race-")
		if err != nil {
			return "", err
		}
		r.dir = dir
	}
	return r.dir, nil
}

// serial returns a new number.
func (r *racer) serial() int { r.number++; return r.number }

// close removes the files.
func (r *racer) close() {
	if r.dir != "" {
		_ = os.RemoveAll(r.dir)
	}
}

// binary builds the command with the race detector: from the module around the current directory, or else from the module cache, in the
// version of this binary.
func (r *racer) binary(ctx context.Context) (string, error) {
	if r.built {
		return r.path, r.err
	}
	r.built = true
	if casefile.Here(time.Time{}).Race {
		r.path, r.err = exec.LookPath(os.Args[0]) // ourselves, under the name that we were called by
		return r.path, r.err
	}
	dir, err := r.directory()
	if err != nil {
		r.err = err
		return "", err
	}
	r.path = filepath.Join(dir, "harness-race"+exeSuffix())
	text, err := goCommand(ctx, nil, "build", "-race", "-o", r.path, command)
	if version := ownVersion(); err != nil && version != "" && ctx.Err() == nil {
		r.path = filepath.Join(dir, "harness"+exeSuffix())
		text, err = goCommand(ctx, []string{"GOBIN=" + dir, "GOFLAGS=-mod=mod"}, "install", "-race", command+"@"+version)
	}
	if err != nil {
		r.err = fmt.Errorf("building with the race detector: %w: %s", err, brief(text))
	}
	return r.path, r.err
}

// exeSuffix is the suffix of programs.
func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// ownVersion returns the version under which this binary can be fetched, or "".
func ownVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || !strings.HasPrefix(info.Main.Version, "v") || strings.Contains(info.Main.Version, "+") {
		return ""
	}
	return info.Main.Version
}

// goCommand runs the go command and returns what it said.
func goCommand(ctx context.Context, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), env...)
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// A sighting is what a child showed.
type sighting struct {
	verdict   *report.Event // of its only target; nil if the child did not get there
	histories int64
	buckets   []*bucket
	matched   int    // histories that showed the signature that was looked for
	end       string // how it ended, in words
}

// anyFailure is looked for where the first failure of whatever kind is enough.
const anyFailure = "*"

// stress runs a target in a child, to the end of its budget or until it has seen the wanted signature.
func (r *racer) stress(ctx context.Context, c chosen, cfg harness.Config, emit func(report.Event), want string) (*sighting, error) {
	return r.child(ctx, arguments(c, cfg), emit, want)
}

// child runs the command in a child and watches both its outputs. Events are passed on, but for those that frame a run. With a signature to look
// for, the child is ended as soon as it was seen.
func (r *racer) child(ctx context.Context, args []string, emit func(report.Event), want string) (*sighting, error) {
	path, err := r.binary(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(withoutTwins(os.Environ()), "GORACE="+strings.TrimSpace(r.getenv("GORACE")+" "+raceOptions))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	began := r.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoVerdict, err)
	}
	s := &sighting{}
	events := make(chan struct{})
	go func() { defer close(events); s.read(stdout, emit) }()
	w := &watcher{sighting: s, want: want, since: func() time.Duration { return r.Now().Sub(began) }, found: cancel}
	w.read(stderr)
	<-events
	err = cmd.Wait()
	w.close(exitInfo(err))
	s.histories = max(s.histories, w.history)
	s.end = brief(w.tail.String())
	if s.end == "" && err != nil {
		s.end = err.Error()
	}
	return s, nil
}

// withoutTwins returns an environment without the twins of flags: a child gets its flags on its command line, and nothing else.
func withoutTwins(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "HARNESS_") })
}

// exitInfo says how a child ended.
func exitInfo(err error) signature.ExitInfo {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return signature.ExitInfo{}
	}
	info := signature.ExitInfo{Code: exit.ExitCode()}
	if info.Code < 0 {
		info.Signal = exit.String()
	}
	return info
}

// read takes the events of a child.
func (s *sighting) read(r io.Reader, emit func(report.Event)) {
	for e, err := range report.Decode(r) {
		switch {
		case err != nil:
			continue
		case e.Kind == report.Verdict:
			s.verdict = &e
			s.histories = e.Histories
		case emit != nil && (e.Kind == report.Progress || e.Kind == report.Violation || e.Kind == report.Shrink):
			emit(e)
		}
	}
	_, _ = io.Copy(io.Discard, r)
}

// A watcher reads what a child prints on standard error: marks, and between them the reports of the detector.
type watcher struct {
	*sighting
	history int64
	chunk   bytes.Buffer // since the last mark
	tail    bytes.Buffer // of what is neither mark nor report
	want    string
	since   func() time.Duration
	found   func()
}

// chunkLimit bounds what is kept between two marks: a history can report one race a thousand times.
const chunkLimit = 1 << 20

// read takes all lines.
func (w *watcher) read(r io.Reader) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		w.line(line)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// line takes one line.
func (w *watcher) line(line []byte) {
	if rest, ok := strings.CutPrefix(string(line), markPrefix); ok {
		w.flush(signature.ExitInfo{})
		if n, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64); err == nil {
			w.history = n
		}
		return
	}
	if w.chunk.Len() < chunkLimit {
		w.chunk.Write(line)
	}
}

// flush looks for failures in what came since the last mark.
func (w *watcher) flush(exit signature.ExitInfo) {
	defer w.chunk.Reset()
	if w.chunk.Len() == 0 || exit == (signature.ExitInfo{}) && !bytes.Contains(w.chunk.Bytes(), []byte("DATA RACE")) {
		return
	}
	for _, f := range signature.Parse(w.chunk.Bytes(), exit) {
		w.add(f)
	}
}

// add puts a failure into its bucket.
func (w *watcher) add(f signature.Failure) {
	if f.Signature == w.want || w.want == anyFailure {
		w.matched++
		w.found()
	}
	for _, b := range w.buckets {
		if b.Signature == f.Signature {
			b.count++
			b.reports += int64(f.Count)
			return
		}
	}
	w.buckets = append(w.buckets, &bucket{Failure: f, first: w.history, count: 1, reports: int64(f.Count), after: w.since()})
}

// close deals with what came after the last mark. A child whose exit code is that of a verdict, or of the detector, did not crash.
func (w *watcher) close(exit signature.ExitInfo) {
	w.tail.Write(w.chunk.Bytes())
	if exit.Code >= 0 && (exit.Code <= int(report.ExitNotReproduced) && exit.Code != 2 || exit.Code == 66 || exit.Code == 130) && exit.Signal == "" {
		exit = signature.ExitInfo{}
	}
	w.flush(exit)
}

// readable makes a report of the detector what a person and a case file want: without the frames of the harness itself, which are the same in all,
// and with the files of the module around the current directory named relative to it.
func readable(text string) string {
	var kept []string
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if ownFrame(lines[i]) && i+1 < len(lines) {
			i++ // the line with the file
			continue
		}
		if n := len(kept); n > 0 && strings.TrimSpace(lines[i]) == "" && strings.HasSuffix(kept[n-1], "created at:") {
			kept = kept[:n-1] // all its frames were ours
			continue
		}
		kept = append(kept, lines[i])
	}
	return strings.ReplaceAll(strings.Join(kept, "\n"), moduleDir()+string(filepath.Separator), "")
}

// ownFrame reports whether a line of a stack names a function of the harness or of what calls it.
func ownFrame(line string) bool {
	name := strings.TrimSpace(line)
	for _, prefix := range []string{"github.com/concurrency-god-mode/godmode/harness", "github.com/spf13/", "main.main()", "sync.(*WaitGroup).Go"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// moduleDir returns the directory of the module around the current directory, or the current one.
func moduleDir() string {
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	for dir := here; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	return here
}
