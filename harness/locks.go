package harness

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/sasha-s/go-deadlock"
)

// lockReports collects what go-deadlock says about the locks of Env.Lock. Its options are global, so one run at a time may check locks.
type lockReports struct {
	mu    sync.Mutex
	text  bytes.Buffer
	fresh bool

	timeout time.Duration
	notify  func()
}

// watchLocks directs go-deadlock's reports here. A lock that is waited for longer than patience is reported too.
func watchLocks(patience time.Duration) *lockReports {
	r := &lockReports{timeout: deadlock.Opts.DeadlockTimeout, notify: deadlock.Opts.OnPotentialDeadlock}
	deadlock.Opts.DeadlockTimeout = patience / 2
	deadlock.Opts.LogBuf = r
	deadlock.Opts.OnPotentialDeadlock = r.note
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

// restore puts go-deadlock's options back.
func (r *lockReports) restore() {
	deadlock.Opts.DeadlockTimeout, deadlock.Opts.OnPotentialDeadlock = r.timeout, r.notify
}
