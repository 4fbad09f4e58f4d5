package diagnose

import (
	"maps"
	"slices"
	"strconv"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// Options say how to diagnose. The zero value uses the dump alone.
type Options struct {
	// Source returns the text of a source file that the dump names, or an error if there is none. Nil: there are no sources, and whatever needs
	// them stays unsaid. It is called once for each file, for at most a thousand of them.
	Source func(file string) ([]byte, error)
	// Quiet leaves out the notes.
	Quiet bool
	// Again reads the same process once more. It is asked for dumps that are Moving only, whose goroutines were read one after the other, and only if
	// something was found that rests on where several of them stood at one moment: what three more readings do not show of the same goroutines is not said.
	// Nil, or an error: nothing is said that needs it.
	Again func() (*dump.Dump, error)
}

// Diagnose returns what is wrong in a dump, most certain first. It takes time linear in the dump, and reads every source once. A nil dump has
// nothing wrong.
func Diagnose(d *dump.Dump, o Options) []finding.Finding {
	all, _ := Explain(d, o)
	return all
}

// Explain returns what is wrong in a dump, and the graph of who waits for whom that the findings about deadlocks rest on.
func Explain(d *dump.Dump, o Options) ([]finding.Finding, *waitgraph.Graph) {
	if d == nil {
		return nil, &waitgraph.Graph{}
	}
	c := examine(d, o)
	if d.Moving {
		c.confirm(o)
	}
	if o.Quiet {
		c.found = withoutNotes(c.found)
	}
	finding.Sort(c.found)
	return c.found, c.graph
}

// examine applies all rules.
func examine(d *dump.Dump, o Options) *inquiry {
	s := newScene(d, o)
	s.unsteady = d.Moving && o.Again == nil
	c := &inquiry{scene: s, graph: newOwners(s).graph(), said: map[int64]bool{}}
	for _, rule := range rules {
		rule(c)
	}
	return c
}

// rules run in this order: a goroutine that an earlier rule has explained is not accused by a later one again.
var rules = []func(*inquiry){
	crashed, raced, nilChannels, leakedMarks, asleep, spawned, brokenPromises, deadlocks, missingUnlocks, lostPeers, heads, leakedSenders, contexts, tickers, bodies, pools,
	emptySelects, blocked, notes,
}

// An inquiry is a diagnosis in the making.
type inquiry struct {
	*scene
	graph    *waitgraph.Graph
	found    []finding.Finding
	said     map[int64]bool // goroutines that a finding explains
	children map[int64]int  // how many each goroutine has started, of those in the dump
}

// readInMotion is the confidence of what would be proved by a dump of one moment. It is a judgement: each goroutine is read twice, but not all at once.
const readInMotion = 0.95

// add adds a finding about goroutines.
func (c *inquiry) add(f finding.Finding, about ...*goroutine) {
	for _, g := range about {
		if g.ID > 0 && len(f.Goroutines) < mostIDs {
			f.Goroutines = append(f.Goroutines, g.ID)
		}
		if f.Certainty > finding.Note {
			c.said[g.ID] = true
		}
	}
	if f.Certainty == finding.Proved && c.dump.Moving && f.Kind != "nil-channel" && f.Kind != "leaked" { // its goroutines were read one after the other
		f.Certainty, f.Confidence = finding.Likely, readInMotion
		f.Evidence = append(f.Evidence, "the program went on while it was read: a dump of one moment would prove it")
	}
	if f.Certainty == finding.Proved {
		f.Confidence = 1
	} else if f.Confidence == 0 {
		f.Confidence = confidence[f.Kind]
	}
	if f.Weight == 0 {
		f.Weight = float64(len(about))
	}
	c.found = append(c.found, f)
}

// momentary reports whether a finding rests on where several goroutines stood at one moment.
func (c *inquiry) momentary(f finding.Finding) bool {
	return f.Certainty == finding.Likely && slices.ContainsFunc(f.Goroutines, func(id int64) bool { return c.alone[c.byID[id]] != nil })
}

// confirmations is how many readings must show again what is momentary.
const confirmations = 3

// confirm reads the process again if something found is momentary, and drops what is not found each time.
func (c *inquiry) confirm(o Options) {
	for range confirmations {
		if !slices.ContainsFunc(c.found, c.momentary) {
			return
		}
		var found []finding.Finding
		if d, err := o.Again(); err == nil && d != nil {
			found = examine(d, o).found
		}
		c.found = slices.DeleteFunc(c.found, func(f finding.Finding) bool {
			return c.momentary(f) && !slices.ContainsFunc(found, func(g finding.Finding) bool { return again(f, g) })
		})
	}
}

// again reports whether one finding says of a goroutine and an object what another one says as well.
func again(f, g finding.Finding) bool {
	return f.Kind == g.Kind && slices.ContainsFunc(f.Goroutines, func(id int64) bool { return slices.Contains(g.Goroutines, id) }) &&
		(len(f.Objects) == 0 || slices.ContainsFunc(f.Objects, func(at uint64) bool { return slices.Contains(g.Objects, at) }))
}

// mostIDs bounds the goroutines that a finding lists.
const mostIDs = 1000

func withoutNotes(all []finding.Finding) []finding.Finding {
	var out []finding.Finding
	for _, f := range all {
		if f.Certainty > finding.Note {
			out = append(out, f)
		}
	}
	return out
}

// confidence is that of likely findings by their kind; see the documentation of the package for how it is bounded.
var confidence = map[string]float64{
	"growing": 0.50, "owner-gone": 0.50, "standing-queue": 0.50, // no scenario is dumped often enough to know
	"abandoned-senders": 0.70, "all-blocked": 0.90, "body-not-closed": 0.70, "context-not-cancelled": 0.70, "early-return": 0.85, "empty-select": 0.75,
	"holder-asleep": 0.75, "holder-blocked": 0.70, "holder-in-io": 0.70, "lock-cycle": 0.90, "missing-unlock": 0.75, "no-peer": 0.85, "once-cycle": 0.75,
	"once-recursive": 0.85, "pool-exhausted": 0.75, "recursive-read-lock": 0.80, "rwmutex-upgrade": 0.85, "self-lock": 0.90, "ticker-not-stopped": 0.70,
	"unbounded-spawn": 0.70, "wait-cycle": 0.85, "wait-inside": 0.80,
}

// Confidence returns the confidence of likely findings of a kind, or 0 if there are none of it.
func Confidence(kind string) float64 { return confidence[kind] }

// Kinds returns the kinds of likely findings, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(confidence)) }

func itoa(n int) string { return strconv.Itoa(n) }
