package perf

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/trace"
	"strings"
	"sync"
	"time"
)

// A RecorderConfig says what a [Recorder] keeps, and where snapshots go. The zero value is usable.
type RecorderConfig struct {
	// Dir is where snapshots are written; it is created when it is needed. "" is the directory of temporary files.
	Dir string
	// Keep is for how long events are kept at least, if Bytes allows. 0 is 5 s. It counts for the first recorder of a process only, as Bytes.
	Keep time.Duration
	// Bytes is how much is kept at most, roughly: the runtime takes it as a hint. 0 is 16 MB. A snapshot of more than four times this is not written.
	Bytes int64
	// Snapshots is how many are written at most, so that a failure that comes again and again does not fill the disk. 0 is 8.
	Snapshots int
	// Now is the clock for slow operations. nil is time.Now.
	Now func() time.Time
}

// ErrEnough is returned by Snapshot when the configured number of snapshots has been written.
var ErrEnough = errors.New("enough snapshots have been written")

// ErrClosed is returned by Snapshot after Close.
var ErrClosed = errors.New("the recorder is closed")

// flight is the one flight recorder of the process, which the runtime allows, with how many recorders use it.
var flight struct {
	sync.Mutex
	recorder *trace.FlightRecorder
	bytes    int64
	users    int
}

// A Recorder keeps the last seconds of the execution of this process in memory, and writes them when something goes wrong. What it costs depends on how
// often goroutines switch: next to nothing for work of microseconds, two and a half times the time of a bare exchange over a channel.
//
// The engines of package harness do not use it: when one of them saves a case, it has replayed the failure many times, and the replays are what would be
// recorded. In a test of one's own, Watch the test.
//
// Its methods may be called from any goroutine. A nil Recorder records nothing, and its methods do nothing.
type Recorder struct {
	config RecorderConfig

	mu      sync.Mutex
	written int
	closed  bool
}

// NewRecorder starts to record. Several recorders in a process share what is recorded; each writes its own snapshots. It returns an error if somebody else
// runs a flight recorder (runtime/trace allows one): then there is none to share.
func NewRecorder(c RecorderConfig) (*Recorder, error) {
	c.Dir = cmp.Or(c.Dir, os.TempDir())
	c.Keep, c.Bytes, c.Snapshots = cmp.Or(c.Keep, 5*time.Second), cmp.Or(c.Bytes, 16<<20), cmp.Or(c.Snapshots, 8)
	if c.Keep < 0 || c.Bytes < 0 || c.Snapshots < 0 {
		return nil, fmt.Errorf("a recorder keeps %v, %d bytes and %d snapshots: none may be negative", c.Keep, c.Bytes, c.Snapshots)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	flight.Lock()
	defer flight.Unlock()
	if flight.users == 0 {
		f := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: c.Keep, MaxBytes: uint64(c.Bytes)})
		if err := f.Start(); err != nil {
			return nil, fmt.Errorf("recording: %w", err)
		}
		flight.recorder, flight.bytes = f, c.Bytes
	}
	flight.users++
	return &Recorder{config: c}, nil
}

// Close ends recording, if no other recorder is open. Closing twice does nothing.
func (r *Recorder) Close() {
	if r == nil || r.close() {
		return
	}
	flight.Lock()
	defer flight.Unlock()
	if flight.users--; flight.users == 0 {
		flight.recorder.Stop()
		flight.recorder = nil
	}
}

// close marks a recorder as closed, and reports whether it was before.
func (r *Recorder) close() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.closed
	r.closed = true
	return was
}

// Snapshot writes what is recorded into a new file of the directory, and returns its path. The file is complete or not there. It takes milliseconds, or a
// few hundred of them for ten megabytes. name stands in the file's name, without what does not belong there. Errors: [ErrEnough], [ErrClosed], or of the file.
func (r *Recorder) Snapshot(name string) (path string, err error) {
	if r == nil {
		return "", ErrClosed
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return "", ErrClosed
	case r.written >= r.config.Snapshots:
		return "", ErrEnough
	}
	if err := os.MkdirAll(r.config.Dir, 0o777); err != nil {
		return "", err
	}
	temporary, err := os.CreateTemp(r.config.Dir, fileName(name)+"-*.tmp")
	if err != nil {
		return "", err
	}
	path = strings.TrimSuffix(temporary.Name(), ".tmp") + ".trace"
	err = errors.Join(writeFlight(temporary), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		os.Remove(temporary.Name())
		return "", err
	}
	r.written++
	return path, nil
}

// WriteTrace writes what is recorded now to w, which is no snapshot: it makes no file and is not counted. Errors: [ErrClosed], or of w.
func (r *Recorder) WriteTrace(w io.Writer) error {
	if r == nil {
		return ErrClosed
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	return writeFlight(w)
}

// writeFlight writes what the process has recorded. The runtime writes one snapshot at a time.
func writeFlight(w io.Writer) error {
	flight.Lock()
	defer flight.Unlock()
	_, err := flight.recorder.WriteTo(&bounded{w, 4 * flight.bytes})
	return err
}

// A bounded writer refuses to write more than so many bytes.
type bounded struct {
	w    io.Writer
	left int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errors.New("the snapshot is larger than four times what should be kept")
	}
	return b.w.Write(p)
}

// fileName makes a name for a file of the name of a test or operation.
func fileName(name string) string {
	safe := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			return c
		}
		return '-'
	}, name)
	return filepath.Base(cmp.Or(safe[:min(len(safe), 80)], "snapshot"))
}

// TB is what [Recorder.Watch] needs of a test: every testing.TB is one.
type TB interface {
	Helper()
	Name() string
	Failed() bool
	Cleanup(func())
	Logf(format string, args ...any)
}

// Watch writes a snapshot when a test ends that has failed or panics, and logs where it is. Call it first in the test, so that it looks last.
func (r *Recorder) Watch(t TB) {
	if r == nil {
		return
	}
	t.Helper()
	t.Cleanup(func() {
		t.Helper()
		if !t.Failed() {
			return
		}
		if path, err := r.Snapshot(t.Name()); err != nil {
			t.Logf("no snapshot of the execution: %v", err)
		} else {
			t.Logf("the last seconds before the failure: harness perf %s", path)
		}
	})
}

// Do runs f, and writes a snapshot if it takes longer than limit (0: no limit), or does not return: it panics or ends its goroutine. A panic goes on as if
// Do was not there. It returns the path of the snapshot, or "" if all went well or nothing could be written.
func (r *Recorder) Do(name string, limit time.Duration, f func()) (path string) {
	if r == nil {
		f()
		return ""
	}
	began, returned := r.config.Now(), false
	defer func() {
		if !returned || limit > 0 && r.config.Now().Sub(began) > limit {
			path, _ = r.Snapshot(name) // the failure itself matters more than a disk that is full
		}
	}()
	f()
	returned = true
	return ""
}
