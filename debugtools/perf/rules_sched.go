package perf

import (
	"fmt"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// starvedFindings finds goroutines that need a processor for a moment, and wait long for it because others keep all of them.
func (t *Trace) starvedFindings() []finding.Finding {
	var all []finding.Finding
	for _, g := range t.Groups {
		starved := share(g.Crowded, g.Times.Total()) >= starvedLife && g.Crowded >= starvedRun*g.Times.Running && g.Latency.Max >= starvedOnce
		if g.System || !starved || g.Crowded < starvedOnce || share(g.Times.Running, t.Use.Running) > starvedPart {
			continue
		}
		evidence := []string{
			fmt.Sprintf("they ran for %s in sum, and waited %s for a processor while all were busy: on average %s, at most %s", short(g.Times.Running),
				short(g.Crowded), short(g.Latency.Mean()), short(g.Latency.Max)),
		}
		evidence = append(evidence, t.meanwhile(g)...)
		all = append(all, likely("starved", 0.75, g.Crowded,
			fmt.Sprintf("starved of a processor: %s %s, for %s of the time", plural(g.Count, "goroutine"), g.who(), percent(share(g.Crowded, g.Times.Total()))),
			"give what runs long breaks (runtime.Gosched), fewer workers than processors, or a larger GOMAXPROCS", evidence...))
	}
	return all
}

// meanwhile says who ran during the longest wait of a group, if that wait is among those remembered.
func (t *Trace) meanwhile(g *Group) []string {
	for _, w := range t.Waits {
		if w.Group != g.Name() || len(w.Ran) == 0 {
			continue
		}
		return []string{fmt.Sprintf("G%d waited %s from %s on: meanwhile %s ran for %s", w.Goroutine, short(w.For), short(w.At), w.Ran[0].Name, short(w.Ran[0].Time))}
	}
	return nil
}

// lateFindings finds places where sleeps take longer than asked for, because no processor was there to look at the clock.
func (t *Trace) lateFindings() []finding.Finding {
	var all []finding.Finding
	for _, s := range t.Sites {
		n := s.Count - s.Unfinished
		late := s.Mean() - s.Min
		if s.Kind != Sleep || n < lateSleeps || late < lateBy || s.Mean() < lateFactor*s.Min || share(s.Full, s.Total) < lateFull {
			continue
		}
		all = append(all, likely("late-timers", 0.7, late*time.Duration(n),
			fmt.Sprintf("sleeps at %s end %s late on average", s.Place, short(late)),
			"free a processor: what runs long without a call keeps the timers waiting too",
			fmt.Sprintf("%d sleeps: the shortest took %s, the mean %s, the longest %s", n, short(s.Min), short(s.Mean()), short(s.Max)),
			fmt.Sprintf("all processors were busy in %s of that time", percent(share(s.Full, s.Total))),
			"another explanation: these sleeps are meant to be of different length"))
	}
	return all
}

// syscallFindings finds places that make very many small system calls.
func (t *Trace) syscallFindings() []finding.Finding {
	var all []finding.Finding
	for _, s := range t.Sites {
		part := share(s.Total, t.Times.Running+t.Times.Syscall)
		if !s.Syscall || s.Count < smallCalls || s.Mean() > smallCall || part < smallCallShare {
			continue
		}
		all = append(all, likely("small-system-calls", 0.8, s.Total,
			fmt.Sprintf("system calls at %s take %s of the program's time, in %d calls of %s", s.Place, percent(part), s.Count, short(s.Mean())),
			"do more in each call: a bufio.Writer or Reader, larger buffers, one call for many items",
			fmt.Sprintf("%s calls a second; the longest took %s", large(float64(s.Count)/t.Duration.Seconds()), short(s.Max)),
			"recording a call takes time too, so that their real share is somewhat smaller"))
	}
	return all
}

// tinyFindings finds goroutines that are started for next to nothing.
func (t *Trace) tinyFindings() []finding.Finding {
	var all []finding.Finding
	for _, g := range t.Groups {
		if w := &g.Whole; !g.System && w.Count >= tinyCount && w.Mean() < tinyRun {
			all = append(all, likely("tiny-goroutines", 0.8, g.Times.Running+g.Times.Runnable,
				fmt.Sprintf("%d goroutines %s ran for %s on average", w.Count, g.who(), short(w.Mean())),
				"give each goroutine a batch, or do the work where it arises: starting and switching costs as much as the work",
				fmt.Sprintf("started at %s; each waited %s for a processor on average", g.Creator, short(g.Latency.Mean()))))
		}
	}
	return all
}

// idleNotes says what the program waits for while nothing of it runs.
func (t *Trace) idleNotes() []finding.Finding {
	var sum time.Duration
	var evidence []string
	for i, one := range t.Idle {
		sum += one.Total
		if i < 3 {
			evidence = append(evidence, fmt.Sprintf("%s of that ended with %s at %s: %s, at most %s", short(one.Total), one.Kind, one.Place,
				plural(one.Count, "time"), short(one.Max)))
		}
	}
	if t.average(sum) < idleNote {
		return nil
	}
	title := fmt.Sprintf("nothing of the program ran for %s of the time: it waits, it does not compute", percent(t.average(sum)))
	return []finding.Finding{note("off-cpu", sum, title, evidence...)}
}

// processorNotes says what limits all numbers: processors that are always busy, or threads that the operating system did not run.
func (t *Trace) processorNotes() []finding.Finding {
	var all []finding.Finding
	if full := t.average(t.Use.Full); full >= fullNote {
		all = append(all, note("cpu-bound", t.Times.Runnable, fmt.Sprintf("no processor (of %d) was free in %s of the time", t.Processors, percent(full)),
			fmt.Sprintf("goroutines waited %s for a processor in sum; a CPU profile says what runs", short(t.Times.Runnable))))
	}
	if t.average(t.Use.Starved) >= starvedNote {
		all = append(all, note("idle-with-work", t.Use.Missed,
			fmt.Sprintf("for %s of the time goroutines were ready beside an idle processor, at most %s", percent(t.average(t.Use.Starved)), short(t.Use.Longest)),
			fmt.Sprintf("%s of processor time was lost", short(t.Use.Missed)),
			"the operating system did not run the threads: the machine is loaded, or the process has a limit; other numbers suffer from it as well"))
	}
	return all
}
