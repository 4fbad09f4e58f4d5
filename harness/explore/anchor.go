package explore

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/sched"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// An anchor says in the words of the program where a switch is. A switch counts the operations of a goroutine, and an edit that puts another one in
// front moves it; what the operation does, in which function and on which line of text, stays.
type anchor struct {
	Switch int    `json:"switch"`         // its index in the schedule
	Of     string `json:"of"`             // how the goroutine came to be, see lineages
	Op     string `json:"op"`             // the kind of its operation
	Func   string `json:"func"`           // the function that it is in
	Text   string `json:"text,omitempty"` // the line of the source, "" if that was not at hand
	Nth    int    `json:"nth"`            // among the operations of the goroutine of this kind in this function, from 1
	Same   int    `json:"same"`           // among those of them on lines of this text
	To     string `json:"to"`             // how the goroutine came to be that runs then, "" if an option of the operation is chosen instead
}

// mostAnchored is how many switches have anchors. A schedule with more follows no edit.
const mostAnchored = 40

// anchorSetting names the settings of a case that hold anchors: anchor0 and so on.
const anchorSetting = "anchor"

// A landscape is an execution in which anchors are looked for.
type landscape struct {
	names map[uint64]string // lineages by key
	keys  map[string]uint64 // keys by lineage
	steps map[uint64][]explain.Step
	lines map[string][]string // sources, as far as they have been asked for
}

// newLandscape indexes an execution. A loose one does not tell the closures of a function apart, whose numbers change when another one is written
// above them.
func newLandscape(x *explain.Execution, loose bool) *landscape {
	l := &landscape{names: lineages(x, loose), keys: map[string]uint64{}, steps: map[uint64][]explain.Step{}, lines: map[string][]string{}}
	for key, name := range l.names {
		l.keys[name] = key
	}
	byID := map[int]uint64{}
	for _, t := range x.Threads {
		byID[t.ID] = keyOf(t)
	}
	for _, s := range x.Steps {
		k := byID[s.Thread]
		l.steps[k] = append(l.steps[k], s)
	}
	return l
}

// keyOf returns the key of a goroutine as a number.
func keyOf(t explain.Thread) uint64 {
	k, _ := strconv.ParseUint(t.Key, 16, 64)
	return k
}

// clockLineage names the clock.
const clockLineage = "clock"

// lineages names each goroutine by how it came to be: for each ancestor what it does, where it was started, and which of those it is. Other than a key, a
// name says nothing of what else the parents have started.
func lineages(x *explain.Execution, loose bool) map[uint64]string {
	names, byID, count := map[uint64]string{sched.ClockKey: clockLineage}, map[int]string{}, map[string]int{}
	does := doings(x)
	for _, t := range x.Threads {
		name := byID[t.Parent] + "/" + plainFunc(does[t.ID], loose) + "@" + plainFunc(t.Site.Func, loose)
		count[name]++
		if n := count[name]; n > 1 {
			name += "#" + strconv.Itoa(n)
		}
		byID[t.ID], names[keyOf(t)] = name, name
	}
	return names
}

// doings names what each goroutine does: the function that it was started with, or if that is one of the standard library, as in WaitGroup.Go, the
// function of its first operation outside of that.
func doings(x *explain.Execution) map[int]string {
	does := map[int]string{}
	for _, t := range x.Threads {
		if !signature.Std(t.Func, "") {
			does[t.ID] = t.Func
		}
	}
	for _, s := range x.Steps {
		if does[s.Thread] == "" && s.Site.Func != "" && !signature.Std(s.Site.Func, s.Site.File) {
			does[s.Thread] = s.Site.Func
		}
	}
	return does
}

var (
	typeArguments = regexp.MustCompile(`\[.*\]`)
	closureNumber = regexp.MustCompile(`\.(func|gowrap|deferwrap)\d+(\.\d+)*`)
)

// plainFunc returns the name of a function without type arguments, and if it is to be loose without numbers of closures.
func plainFunc(name string, loose bool) string {
	name = typeArguments.ReplaceAllString(name, "")
	if loose {
		name = closureNumber.ReplaceAllString(name, ".$1")
	}
	return name
}

// line returns the text of a line of the source, without what gofmt may change, or "".
func (l *landscape) line(s explain.Site) string {
	lines, read := l.lines[s.File]
	if !read {
		lines = Source(s.File)
		l.lines[s.File] = lines
	}
	if s.Line < 1 || s.Line > len(lines) {
		return ""
	}
	return strings.Join(strings.Fields(lines[s.Line-1]), " ")
}

// anchors describes switches by the execution that they have made. The list has none for those that stand before the first operation.
func anchors(switches []sched.Switch, x *explain.Execution) (all []anchor) {
	if len(switches) > mostAnchored || len(x.Steps) == 0 {
		return nil
	}
	l := newLandscape(x, false)
	for i, s := range switches {
		steps := l.steps[s.After]
		_, option := sched.OptionOf(s.To)
		if s.Nth < 1 || s.Nth > len(steps) || l.names[s.To] == "" && !option {
			continue
		}
		at := steps[s.Nth-1]
		a := anchor{Switch: i, Of: l.names[s.After], Op: at.Kind, Func: plainFunc(at.Site.Func, false), Text: l.line(at.Site), To: l.names[s.To]}
		for _, other := range steps[:s.Nth] {
			if a.at(other, false) {
				a.Nth++
				if l.line(other.Site) == a.Text {
					a.Same++
				}
			}
		}
		all = append(all, a)
	}
	return all
}

// at reports whether an operation is of the kind and in the function of an anchor.
func (a anchor) at(s explain.Step, loose bool) bool {
	return s.Kind == a.Op && plainFunc(s.Site.Func, loose) == plainFunc(a.Func, loose)
}

// A reading says how anchors are looked for.
type reading struct {
	loose  bool // closures of a function are not told apart
	byText bool // the line of text counts, and not which operation of its kind it is
}

// readings are the ways to look for anchors, the most faithful first.
var readings = []reading{{false, true}, {false, false}, {true, true}, {true, false}}

// resolve returns the switches as they are in an execution of the program that was edited. What it cannot find stays as it was.
func (r reading) resolve(switches []sched.Switch, all []anchor, x *explain.Execution) []sched.Switch {
	l := newLandscape(x, r.loose)
	moved := slices.Clone(switches)
	for _, a := range all {
		if a.Switch < 0 || a.Switch >= len(moved) {
			continue
		}
		s := &moved[a.Switch]
		if of, found := l.keys[r.lineage(a.Of)]; found {
			s.After = of
		}
		if n := r.find(l, a, s.After); n > 0 {
			s.Nth = n
		}
		if to, found := l.keys[r.lineage(a.To)]; found {
			s.To = to
		}
	}
	return moved
}

// lineage returns a name as this reading has it.
func (r reading) lineage(name string) string {
	if !r.loose {
		return name
	}
	return closureNumber.ReplaceAllString(name, ".$1")
}

// find returns which operation of a goroutine an anchor stands for, from 1, or 0.
func (r reading) find(l *landscape, a anchor, of uint64) int {
	want := a.Nth
	if r.byText {
		want = a.Same
	}
	for i, s := range l.steps[of] {
		if a.at(s, r.loose) && (!r.byText || l.line(s.Site) == a.Text) {
			if want--; want == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// writeAnchors writes anchors among the settings of a case.
func writeAnchors(p *casefile.Pairs, all []anchor) {
	for _, a := range all {
		text, _ := json.Marshal(a) // strings and numbers can always be written
		p.Set(anchorSetting+strconv.Itoa(a.Switch), string(text))
	}
}

// readAnchors returns the anchors of a case. Older cases have none, and what cannot be read is none.
func readAnchors(c *casefile.Case) (all []anchor) {
	for _, p := range c.Config {
		var a anchor
		if strings.HasPrefix(p.Key, anchorSetting) && json.Unmarshal([]byte(p.Value), &a) == nil {
			all = append(all, a)
		}
	}
	return all
}

// movedText says which switches are elsewhere than a case has them.
func movedText(before, after []sched.Switch) string {
	var said []string
	for i := range before {
		switch b, a := before[i], after[i]; {
		case a.Nth != b.Nth:
			said = append(said, fmt.Sprintf("switch %d of %d is after operation %d, not %d", i+1, len(before), a.Nth, b.Nth))
		case a != b:
			said = append(said, fmt.Sprintf("switch %d of %d is of other goroutines, which came to be in the same way", i+1, len(before)))
		}
	}
	return strings.Join(said, ", ")
}
