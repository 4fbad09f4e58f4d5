package model

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/sched"
)

var waits = map[sched.Kind]string{
	sched.Lock: "lock", sched.RLock: "read-lock", sched.Send: "send on", sched.Receive: "receive from", sched.Select: "select on",
	sched.Wait: "wait for", sched.Once: "wait for",
}

// deadlock says who waits for what.
func (e *Engine) deadlock() string {
	var parts []string
	for _, t := range e.threads[:e.count] {
		if e.x.Threads[t.id].Live {
			parts = append(parts, t.name+" waits to "+e.waitsFor(t))
		}
	}
	return strings.Join(parts, "; ")
}

// waitsFor describes the pending operation of a thread.
func (e *Engine) waitsFor(t *T) string {
	op := e.x.Threads[t.id].Next
	s := waits[op.Kind]
	switch g := t.gate.(type) {
	case *Thread:
		return "join " + g.t.name
	case *Mutex:
		return fmt.Sprintf("%s mutex %d, held by %s", s, op.Object, g.holder.name)
	case *RWMutex:
		return fmt.Sprintf("%s rwmutex %d, %s", s, op.Object, g.why())
	case *Semaphore:
		return fmt.Sprintf("acquire semaphore %d", op.Object)
	case *Cond:
		return fmt.Sprintf("be signalled by condition %d", op.Object)
	case *WaitGroup:
		return fmt.Sprintf("see wait group %d done, which counts %d", op.Object, g.n)
	case *Once:
		return fmt.Sprintf("see once %d done", op.Object)
	}
	if op.Object == sched.NoObject {
		return s + " a nil channel"
	}
	return fmt.Sprintf("%s channel %d", s, op.Object)
}

func (m *RWMutex) why() string {
	switch {
	case m.claimed:
		return "held by " + m.writer.name
	case m.readers > 0 && m.writer != nil:
		return fmt.Sprintf("read by %d, wanted by %s", m.readers, m.writer.name)
	}
	return fmt.Sprintf("read by %d", m.readers)
}
