package harness

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sasha-s/go-deadlock"
)

// lockReports collects what go-deadlock says about the locks of Env.Lock during one run.
type lockReports struct {
	mu    sync.Mutex
	text  bytes.Buffer
	fresh bool
	outer *lockReports // whose run was interrupted by this one
}

// listening is the run that checks locks now, or nil.
var listening atomic.Pointer[lockReports]

// directLocks makes go-deadlock report to the run that is listening, and to whom it reported before if none is. Its options are global, and read
// by goroutines of its own without a lock, so they are set once in a process and stay. Its limit on waiting stays too: what waits for long is found
// by the watchdog; go-deadlock is asked about the order of locks.
var directLocks = sync.OnceFunc(func() {
	text, notify := deadlock.Opts.LogBuf, deadlock.Opts.OnPotentialDeadlock
	deadlock.Opts.LogBuf = lockLog{text}
	deadlock.Opts.OnPotentialDeadlock = func() {
		if r := listening.Load(); r != nil {
			r.note()
			return
		}
		notify()
	}
})

// lockLog passes text on to whoever listens.
type lockLog struct{ otherwise io.Writer }

func (l lockLog) Write(p []byte) (int, error) {
	if r := listening.Load(); r != nil {
		return r.Write(p)
	}
	return l.otherwise.Write(p)
}

// watchLocks directs go-deadlock's reports here until restore. One run at a time may check locks; runs within it, such as replays, may too.
func watchLocks() *lockReports {
	directLocks()
	r := &lockReports{outer: listening.Load()}
	listening.Store(r)
	return r
}

// Write keeps a piece of a report.
func (r *lockReports) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

// note is called at the end of each report.
func (r *lockReports) note() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fresh = true
}

// verdict returns the reports since the last call as a violation.
func (r *lockReports) verdict() Verdict {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.fresh {
		return HeldVerdict()
	}
	text := r.text.String()
	r.text.Reset()
	r.fresh = false
	message := "potential deadlock"
	for _, line := range strings.Split(text, "\n") {
		if rest, ok := strings.CutPrefix(line, "POTENTIAL DEADLOCK: "); ok {
			message = "potential deadlock: " + template(rest)
			break
		}
	}
	return Violation("lock", message, text)
}

// restore lets the run before listen again.
func (r *lockReports) restore() { listening.Store(r.outer) }
