package harness

import (
	"fmt"
	"runtime"
	"strings"
)

// waitStates are the beginnings of what a dump says about goroutines that only another goroutine can wake. A goroutine that runs, could run, sleeps,
// or is held up by the runtime is in none of them.
var waitStates = []string{"chan ", "select", "sync.", "semacquire"}

// allWait describes what the clients that have work left and are not stalled wait for, if all of them wait; else, or if that cannot be seen, it
// returns "". It looks at a dump because the dump is exact: a goroutine that waits for another is told from one that the machine does not run.
func allWait(lanes []*lane) string {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	if n == len(buf) {
		return "" // cut off: who is missing may be running
	}
	var waits []string
	for g := range strings.SplitSeq(string(buf[:n]), "\n\n") {
		l := owner(g, lanes)
		if l == nil || strings.Contains(g, "(*Env).Stall(") {
			continue
		}
		state := waitState(g)
		if state == "" {
			return ""
		}
		waits = append(waits, fmt.Sprintf("c%d waits (%s)", l.id, state))
	}
	if len(waits) == 0 {
		return ""
	}
	return "all others wait: " + strings.Join(waits, ", ")
}

// owner returns the lane that a goroutine of a dump runs, or nil.
func owner(g string, lanes []*lane) *lane {
	for _, l := range lanes {
		if strings.Contains(g, fmt.Sprintf("(*lane).run(%p", l)) {
			return l
		}
	}
	return nil
}

// waitState returns what a goroutine of a dump waits for, or "" if it does not wait for another goroutine. Its first line is
// "goroutine 7 [sync.Mutex.Lock, 2 minutes]:".
func waitState(g string) string {
	header, _, _ := strings.Cut(g, "\n")
	_, state, _ := strings.Cut(header, "[")
	state, _, _ = strings.Cut(state, "]")
	state, _, _ = strings.Cut(state, ",")
	for _, w := range waitStates {
		if strings.HasPrefix(state, w) {
			return state
		}
	}
	return ""
}
