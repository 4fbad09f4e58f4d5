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
	s := newScene(d, o)
	c := &inquiry{scene: s, graph: newOwners(s).graph(), said: map[int64]bool{}}
	for _, rule := range rules {
		rule(c)
	}
	if o.Quiet {
		c.found = withoutNotes(c.found)
	}
	finding.Sort(c.found)
	return c.found, c.graph
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
