package perf

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// collectorFindings finds programs that keep the collector busy.
func (t *Trace) collectorFindings() []finding.Finding {
	gc := &t.GC
	part, assist := share(gc.Work+gc.Assist, t.Use.Running), share(gc.Assist, t.Times.Running)
	if gc.Cycles < gcCycles || part < gcShare && assist < assistShare {
		return nil
	}
	sum, longest := gc.Stopped()
	return []finding.Finding{likely("gc-heavy", 0.85, gc.Work+gc.Assist,
		fmt.Sprintf("the garbage collector takes %s of the time that processors worked", percent(part)),
		"allocate less (a heap profile says where; reuse buffers, avoid pointers in large slices), or raise GOGC or GOMEMLIMIT if there is memory",
		fmt.Sprintf("%s, marking during %s of the trace", plural(gc.Cycles, "cycle"), percent(t.average(gc.Mark))),
		fmt.Sprintf("its workers ran for %s; the program's goroutines had to help for %s, %s of what they ran", short(gc.Work), short(gc.Assist), percent(assist)),
		fmt.Sprintf("the world stood still for %s in sum, at most %s", short(sum), short(longest)))}
}

// stopFindings finds times in which the world stood still for long. Those that tracing needs are its own fault; where the operating system evidently did not
// run threads that had work, they are notes.
func (t *Trace) stopFindings() []finding.Finding {
	var all []finding.Finding
	for _, s := range t.GC.Stops {
		if s.Max < longStop || strings.Contains(s.Reason, "trace") {
			continue
		}
		f := likely("long-stop", 0.6, s.Total,
			fmt.Sprintf("the world stood still for %s at once, for: %s", short(s.Max), s.Reason),
			"look for what cannot be stopped soon (a long copy, a system that does not run the threads), and for who asks for these stops",
			fmt.Sprintf("at %s; %s in sum, %s", short(s.LongestAt), plural(s.Count, "stop"), short(s.Total)),
			"another explanation: the operating system did not run a thread that had to stop")
		if t.average(t.Use.Starved) >= starvedNote {
			f.Certainty = finding.Note // it did not run threads elsewhere either
		}
		all = append(all, f)
	}
	return all
}
