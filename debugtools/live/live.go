package live

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// Options say how a program is read. The zero value is what most want.
type Options struct {
	// Stop halts the program while it is read: see the documentation of the package. It costs the program a pause of the time that reading takes.
	Stop bool
	// Runtime shows the frames of package runtime in stacks, as SIGQUIT does. Without it stacks are those of runtime.Stack.
	Runtime bool
	// System adds the goroutines of the runtime itself, marked dump.System.
	System bool
	// Retries is how often a goroutine that has moved is read again, at most; 0 means 5.
	Retries int
	// Max is the largest number of goroutines that are read; 0 means 4 million. A dump that leaves some out says that it is truncated.
	Max int
	// Stats, if it is not nil, is filled in.
	Stats *Stats
}

// Stats say how reading went.
type Stats struct {
	Goroutines int           // slots of goroutines in the runtime, dead ones among them
	Retried    int           // goroutines that were read again because they had moved, counted each time
	Moving     int           // those whose stack could not be had, because they ran or kept moving
	Paused     time.Duration // how long the program stood still
	Elapsed    time.Duration // how long reading took, with Paused
}

// mostGoroutines bounds the goroutines that are read unless Options say otherwise.
const mostGoroutines = 4 << 20

// defaults returns options in which nothing is left open.
func (o Options) defaults() Options {
	o.Retries = cmp.Or(max(o.Retries, 0), 5)
	o.Max = cmp.Or(max(o.Max, 0), mostGoroutines)
	if o.Stats == nil {
		o.Stats = &Stats{}
	}
	*o.Stats = Stats{}
	return o
}

// finish puts the goroutines in order and numbers their stacks.
func (r *reader) finish() *dump.Dump {
	r.share()
	d := &dump.Dump{Form: dump.FormLive, Moving: !r.options.Stop, Go: strings.TrimPrefix(r.version, "go"), Goroutines: r.out, Bytes: r.bytes}
	slices.SortFunc(d.Goroutines, func(a, b dump.Goroutine) int { return cmp.Compare(a.ID, b.ID) })
	none := &dump.Stack{}
	seen := map[*dump.Stack]bool{}
	for i := range d.Goroutines {
		g := &d.Goroutines[i]
		g.Line = int64(i + 1)
		if g.Stack == nil {
			g.Stack = none
		}
		if s := g.Stack; !seen[s] {
			seen[s] = true
			s.Index = len(d.Stacks)
			d.Stacks = append(d.Stacks, s)
		}
		g.Stack.Goroutines++
	}
	if r.left > 0 {
		d.Truncated, d.TruncatedAt = true, "the limit of goroutines to read"
	}
	return d
}
