package live

import (
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// States of a goroutine (runtime/runtime2.go: _Gidle and so on).
const (
	statusIdle      = 0
	statusRunnable  = 1
	statusRunning   = 2
	statusSyscall   = 3
	statusWaiting   = 4
	statusDead      = 6
	statusCopying   = 8
	statusPreempted = 9
	statusLeaked    = 10 // since Go 1.26
	statusDeadExtra = 11 // since Go 1.26
	statusScan      = 0x1000
)

// statusNames are what stacks say if there is no reason of waiting.
var statusNames = map[uint32]string{
	statusRunnable: "runnable", statusRunning: "running", statusSyscall: "syscall", statusWaiting: "waiting",
	statusCopying: "copystack", statusPreempted: "preempted", statusLeaked: "leaked",
}

// durable are the reasons of waiting that end only by what happens in the same synctest bubble, beside those that say so themselves.
var durable = []string{
	"chan receive (nil chan)", "chan send (nil chan)", "select (no cases)", "sleep", "sync.Cond.Wait", "coroutine", "synctest.Run", "synctest.Wait",
}

// durableMark is the remark at the end of a reason of waiting.
const durableMark = " (durable)"

// reason returns the text of the reason of waiting of a goroutine, or "".
func (r *reader) reason(it *item, status uint32) string {
	i := int(single(it.g, r.layout[gWaitReason]))
	if status != statusWaiting && status != statusLeaked || i >= len(r.reasons) {
		return ""
	}
	return r.reasons[i]
}

// state returns what a goroutine does.
func (r *reader) state(it *item, status uint32) string {
	if s := r.reason(it, status); s != "" {
		return strings.TrimSuffix(s, durableMark)
	}
	return statusNames[status]
}

// flag sets the remarks on a goroutine, and the number of its synctest bubble. Go 1.24 does not number bubbles: there it is that of the goroutine at
// its root.
func (r *reader) flag(g *dump.Goroutine, it *item, status uint32, scan bool) {
	set := func(f dump.Flags, when bool) {
		if when {
			g.Flags |= f
		}
	}
	reason := r.reason(it, status)
	if b := r.field(it, gBubble); b != 0 {
		if r.layout.has(bubbleID) {
			g.Bubble = int64(r.space.word(b + uint64(r.layout[bubbleID])))
		} else if root := r.space.word(b + uint64(r.layout[bubbleRoot])); root != 0 {
			g.Bubble = int64(r.space.word(root + uint64(r.layout[gID])))
		}
		set(dump.Durable, status == statusWaiting && (strings.HasSuffix(reason, durableMark) || slices.Contains(durable, reason)))
	}
	set(dump.Locked, r.field(it, gLockedM) != 0)
	set(dump.Scan, scan)
	set(dump.Leaked, status == statusLeaked)
	set(dump.System, r.system(it, reason))
}

// system reports whether a goroutine is one of the runtime: by where it began, as runtime.isSystemGoroutine does. Those that call finalizers and
// cleanups are such
// only while they wait for work.
func (r *reader) system(it *item, reason string) bool {
	f := r.find(r.field(it, gStart))
	switch name := r.name(f.nameOff()); name {
	case "runtime.main", "runtime.corostart", "runtime.handleAsyncEvent":
		return false
	case "runtime.runfinq", "runtime.runFinalizers", "runtime.runCleanups":
		return reason == "finalizer wait" || reason == "cleanup wait"
	default:
		return f != nil && strings.HasPrefix(name, "runtime.")
	}
}
