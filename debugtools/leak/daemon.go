package leak

import (
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// A daemon is a kind of goroutine of std that stays on purpose.
type daemon struct {
	entry  string // the function that it runs
	states string // the states in which it does, separated by commas; empty means all
	why    string
}

// daemons are those that are known, each with the reason for which it accuses nobody. What is in this list is named in the log, never dropped in silence.
var daemons = []daemon{
	{"net/http.(*persistConn).readLoop", "IO wait", "an idle connection that http keeps for the next request; http.Client.CloseIdleConnections ends it"},
	{"net/http.(*persistConn).writeLoop", "select", "an idle connection that http keeps for the next request; http.Client.CloseIdleConnections ends it"},
	{"net/http.(*http2ClientConn).readLoop", "IO wait", "an idle connection that http keeps for the next request; http.Client.CloseIdleConnections ends it"},
	{"os/signal.loop", "", "it passes on signals as long as the process lives"},
	{"os/exec.(*Cmd).Start.func", "IO wait,syscall", "it copies for a process that still runs, and ends with it"},
	{"os/exec.(*Cmd).Start.gowrap", "IO wait,syscall", "it copies for a process that still runs, and ends with it"},
	{"os/exec.(*Cmd).watchCtx.func", "select", "it watches over a process that still runs, and ends with it"},
}

// tools are what runs the goroutines of package testing and of the profiler: they are no test's, and nobody wants to hear of them.
var tools = []string{"testing.tRunner", "testing.(*M).", "testing.(*F).", "testing.runFuzz", "runtime/pprof.profileWriter", "runtime/trace."}

// tool reports whether a goroutine belongs to the runtime or to what runs the tests.
func tool(g *dump.Goroutine) bool {
	entry := entryOf(g.Stack)
	return g.Flags&dump.System != 0 || strings.HasPrefix(entry, "runtime.") ||
		slices.ContainsFunc(tools, func(t string) bool { return strings.HasPrefix(entry, t) })
}

// Daemon returns the reason for which a goroutine stays on purpose, or "" if none is known. Half of a connection is none: if the goroutine that reads waits
// for something else than the network, somebody has not closed the body of a response.
func Daemon(g *dump.Goroutine) string {
	entry := entryOf(g.Stack)
	for _, d := range daemons {
		if strings.HasPrefix(entry, d.entry) && (d.states == "" || contains(d.states, g.State)) {
			return d.why
		}
	}
	return ""
}

// contains reports whether a state is in a list separated by commas.
func contains(states, state string) bool {
	for s := range strings.SplitSeq(states, ",") {
		if s == state {
			return true
		}
	}
	return false
}

// entryOf returns the function that a goroutine runs: the outermost frame, or "". A goroutine that has not run yet has one more of the runtime.
func entryOf(s *dump.Stack) string {
	for _, f := range slices.Backward(s.Frames) {
		if f.Func != "runtime.goexit" {
			return f.Func
		}
	}
	return ""
}

// ignored returns the reason for which the user does not want to hear of a goroutine, or "". A name ends where that of the function does, or is followed by a
// dot: "example.com/log" means all of a package, "example.com/log.flush" a function and those within it.
func ignored(g *dump.Goroutine, names []string) string {
	for _, name := range names {
		for _, f := range append([]dump.Frame{g.Stack.Creator}, g.Stack.Frames...) {
			if rest, ok := strings.CutPrefix(f.Func, name); ok && name != "" && (rest == "" || rest[0] == '.') {
				return "ignored: " + name
			}
		}
	}
	return ""
}

// reason returns why a goroutine accuses nobody, or "".
func reason(g *dump.Goroutine, ignore []string) string {
	if why := Daemon(g); why != "" {
		return why
	}
	return ignored(g, ignore)
}
