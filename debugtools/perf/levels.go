package perf

import (
	"time"

	"golang.org/x/exp/trace"
)

// wakeup is how long a ready goroutine may wait beside an idle processor before that counts as starvation: waking a thread takes so long.
const wakeup = 100 * time.Microsecond

// levels counts the goroutines in each state, and integrates over time what follows from the counts.
type levels struct {
	now     trace.Time
	procs   int
	running int // with the runtime's own
	user    struct{ live, running, runnable, syscall int }
	use     Use
	life    time.Duration // of the program's goroutines

	starved bool // goroutines are ready and a processor has nothing to do
	since   trace.Time
}

// advance lets time pass until t. The counts are those before t.
func (l *levels) advance(t trace.Time) {
	d := time.Duration(t - l.now)
	if d <= 0 {
		return
	}
	l.use.Running += d * time.Duration(l.running)
	l.life += d * time.Duration(l.user.live)
	if l.full() {
		l.use.Full += d
	}
	l.starve(d, time.Duration(t-l.since)-wakeup)
	l.now = t
}

// starve adds the last d of a time in which a processor had nothing to do beside ready goroutines; over is its length without what waking a thread takes.
func (l *levels) starve(d, over time.Duration) {
	if !l.starved || over <= 0 {
		return
	}
	d = min(d, over)
	l.use.Starved += d
	l.use.Missed += d * time.Duration(min(l.user.runnable, l.procs-l.running))
	l.use.Longest = max(l.use.Longest, over)
}

// full reports whether all processors are busy.
func (l *levels) full() bool { return l.running >= l.procs && l.procs > 0 }

// move counts a goroutine in another state.
func (l *levels) move(from, to trace.GoState, system bool) {
	l.count(from, -1, system)
	l.count(to, +1, system)
	was := l.starved
	l.starved = l.user.runnable > 0 && l.running < l.procs
	if l.starved && !was {
		l.since = l.now
	}
}

// count adds n goroutines in a state.
func (l *levels) count(s trace.GoState, n int, system bool) {
	if s == trace.GoRunning {
		l.running += n
	}
	if system {
		return
	}
	switch s {
	case trace.GoNotExist, trace.GoUndetermined:
		return
	case trace.GoRunning:
		l.user.running += n
	case trace.GoRunnable:
		l.user.runnable += n
	case trace.GoSyscall:
		l.user.syscall += n
	}
	l.user.live += n
}
