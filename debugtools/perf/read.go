package perf

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// traceMagic is how an execution trace begins; the release of Go and " trace\x00\x00\x00" follow.
const traceMagic = "go 1."

// ErrNotTrace is wrapped by the error of a file of which nothing can be read as an execution trace.
var ErrNotTrace = errors.New("no execution trace that can be read")

// ReadTrace reads an execution trace of runtime/trace, its FlightRecorder, or net/http/pprof, as written by Go 1.22 or later, and adds it up. It takes time
// linear in the length of the trace; the memory is that of one generation of the trace (about a second, or 50 MB), and of what [Trace] holds.
//
// A trace that ends early, or is damaged from some point on, is read as far as it goes, and Truncated says so; what was cut off is read only in whole
// generations, because the stacks of one are written at its end. An error (which wraps [ErrNotTrace]) means that nothing could be read.
func ReadTrace(r io.Reader) (t *Trace, err error) {
	in := &counter{r: r}
	br := bufio.NewReaderSize(in, 1<<16)
	version, err := traceVersion(br)
	if err != nil {
		return nil, err
	}
	a := newAccount()
	why := a.readAll(br)
	if !a.began {
		if why == "" {
			return nil, fmt.Errorf("%w: it holds no events", ErrNotTrace)
		}
		return nil, fmt.Errorf("%w: it is cut off or damaged within its first generation: %s", ErrNotTrace, why)
	}
	t = a.finish()
	t.Bytes, t.Truncated, t.Version = in.n, why, version
	return t, nil
}

// traceVersion returns the version in the header of a trace, which it does not consume.
func traceVersion(br *bufio.Reader) (string, error) {
	head, _ := br.Peek(16)
	rest, ok := bytes.CutPrefix(head, []byte(traceMagic))
	minor, _, isTrace := bytes.Cut(rest, []byte(" trace\x00"))
	if !ok || !isTrace {
		return "", fmt.Errorf("%w: it does not begin with %q", ErrNotTrace, traceMagic+"N trace")
	}
	if len(minor) < 2 || string(minor) < "22" {
		return "", fmt.Errorf("%w: Go 1.%s wrote it, and the format is another since Go 1.22", ErrNotTrace, minor)
	}
	return "1." + string(minor), nil
}

// readAll reads events until the trace ends, or cannot be read any further: then it says why. The reader is another project's, and the trace may be
// damaged in any way, so that its panics are taken for damage.
func (a *account) readAll(br io.Reader) (why string) {
	defer func() {
		if p := recover(); p != nil {
			why = "the trace is damaged: " + firstLine(fmt.Sprint(p))
		}
	}()
	r, err := trace.NewReader(br)
	if err != nil {
		return firstLine(err.Error())
	}
	for {
		e, err := r.ReadEvent()
		switch {
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return ""
		case err != nil:
			return firstLine(err.Error())
		}
		a.add(&e)
	}
}

// firstLine returns the first line of a message, not too long.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(s[:min(len(s), 200)])
}

// finish closes the accounts at the time of the last event.
func (a *account) finish() *Trace {
	t := &a.trace
	for _, id := range slices.Sorted(maps.Keys(a.live)) {
		a.endsWithTrace(a.live[id])
	}
	slices.SortStableFunc(t.Goroutines, func(x, y Goroutine) int { return cmp.Compare(x.ID, y.ID) })
	t.Duration, t.Lifetime = time.Duration(a.now-a.start), a.life
	if t.Processors == 0 {
		t.Processors = max(a.maxProcs, 1)
	}
	t.Use, t.GC, t.Waits = a.use, a.gc, a.waits.list
	t.Cut += a.lost
	maps.DeleteFunc(a.groups, func(_ groupKey, g *Group) bool { return g.Count == 0 })
	t.Groups = ranked(a.groups, func(g *Group) (time.Duration, string) { return g.Busy(), fmt.Sprint(g.Start, g.Creator) })
	t.Sites = ranked(a.sites, func(s *Site) (time.Duration, string) { return s.Total, fmt.Sprint(s.Kind, s.Stack) })
	t.Edges = ranked(a.edges, func(e *Edge) (time.Duration, string) { return e.Total, fmt.Sprint(e.Kind, e.WaiterStack, e.WakerStack) })
	t.Idle = ranked(a.idles, func(i *Idle) (time.Duration, string) { return i.Total, fmt.Sprint(i.Kind, i.Place) })
	t.GC.Stops = ranked(a.stops, func(s *Stop) (time.Duration, string) { return s.Total, s.Reason })
	return t
}

// endsWithTrace accounts for a goroutine that lives when the trace ends.
func (a *account) endsWithTrace(g *goroutine) {
	d := time.Duration(a.now - g.since)
	g.spend(g.state, d)
	switch g.state {
	case trace.GoRunning:
		g.Group.Slices.add(d)
		a.worked(g, a.now)
	case trace.GoWaiting:
		if s := a.site(g, false); s != nil {
			s.Unfinished++
			s.add(d)
		}
	}
	a.ends(g, a.now, false)
}

// ranked returns the values of a map, largest first, and those of equal size by name.
func ranked[K comparable, V any](m map[K]V, rank func(V) (time.Duration, string)) []V {
	type entry struct {
		d    time.Duration
		name string
		v    V
	}
	list := make([]entry, 0, len(m))
	for _, v := range m {
		d, name := rank(v)
		list = append(list, entry{d, name, v})
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(b.d, a.d), cmp.Compare(a.name, b.name)) })
	out := make([]V, len(list))
	for i, e := range list {
		out[i] = e.v
	}
	return out
}

// A counter counts the bytes that are read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
