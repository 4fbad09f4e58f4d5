package dump

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// A By says what the goroutines of a group have in common. It depends on nothing but stack, state and labels.
type By struct {
	// Name says it in one word.
	Name string
	// Key returns what must be equal.
	Key func(*Goroutine) string
}

var (
	// BySituation puts together what does the same at the same place: state, functions and lines.
	BySituation = By{"situation", func(g *Goroutine) string { return g.State + "\n" + g.Stack.text() }}
	// ByState puts together what has the same state.
	ByState = By{"state", func(g *Goroutine) string { return g.State }}
	// ByFunction puts together what is in the same function of the program: see [Stack.Own].
	ByFunction = By{"function", func(g *Goroutine) string { return g.Stack.Own().Func }}
	// ByCreator puts together what the same function has started.
	ByCreator = By{"creator", func(g *Goroutine) string { return g.Stack.Creator.Func }}
)

// ByLabel puts together what has the same value of a profiler label, or none.
func ByLabel(key string) By {
	return By{"label " + key, func(g *Goroutine) string { return g.Label(key) }}
}

// Label returns the value of a profiler label, or nothing.
func (g *Goroutine) Label(key string) string {
	for _, l := range g.Labels {
		if l.Key == key {
			return l.Value
		}
	}
	return ""
}

// Own returns the innermost frame that does not belong to the standard library, as the paths of files tell; if there is none, the innermost frame that is a
// call; and without calls the zero Frame.
func (s *Stack) Own() Frame {
	var first Frame
	for _, f := range s.Frames {
		if f.Elided != 0 {
			continue
		}
		if !f.standard() {
			return f
		}
		if first.Func == "" {
			first = f
		}
	}
	return first
}

// Package returns the import path of a frame's function: "net/http" of "net/http.(*conn).serve".
func (f Frame) Package() string {
	name := f.Func
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i]
	}
	slash := strings.LastIndexByte(name, '/') + 1
	if dot := strings.IndexByte(name[slash:], '.'); dot >= 0 {
		return name[:slash+dot]
	}
	return ""
}

// standard reports whether a frame belongs to the standard library: its import path has no dot in the first element, and its file lies in a
// directory src/IMPORTPATH, or in IMPORTPATH itself as -trimpath leaves it. A module without a dot that was built with -trimpath is mistaken for it.
func (f Frame) standard() bool {
	pkg := f.Package()
	if pkg == "" {
		return f.Func == "panic"
	}
	if first, _, _ := strings.Cut(pkg, "/"); pkg == "main" || strings.Contains(first, ".") {
		return false
	}
	dir := path.Dir(strings.ReplaceAll(f.File, `\`, "/"))
	return dir == pkg || strings.HasSuffix(dir, "/src/"+pkg) || dir == "runtime" || strings.HasSuffix(dir, "/src/runtime")
}

// text returns what tells a stack apart in every dump.
func (s *Stack) text() string {
	var b strings.Builder
	for _, f := range s.Frames {
		f.write(&b)
	}
	if s.Creator.Func != "" {
		b.WriteString(creator)
		s.Creator.write(&b)
	}
	return b.String()
}

// A Group is goroutines that have something in common.
type Group struct {
	// Keys are what they have in common, in the order of the By that were asked for.
	Keys []string
	// Count is how many they are, those that are only counted among them.
	Count int
	// Goroutines are their indexes in Dump.Goroutines, in order.
	Goroutines []int
	// Stack and State are those of the first of them. Stacks is how many distinct stacks they have.
	Stack  *Stack
	State  string
	Stacks int
	// MinMinutes, MedianMinutes and MaxMinutes are how long they have been blocked, where the dump tells; Timed is for how many it does.
	MinMinutes, MedianMinutes, MaxMinutes int
	Timed                                 int
}

// IDs returns the numbers of at most n of its goroutines, those that have been blocked longest first.
func (g *Group) IDs(d *Dump, n int) []int64 {
	list := slices.Clone(g.Goroutines)
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(d.Goroutines[b].Minutes, d.Goroutines[a].Minutes) })
	ids := []int64{}
	for _, i := range list[:min(n, len(list))] {
		if id := d.Goroutines[i].ID; id >= 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// situation is what every By depends on. Labels are shared between goroutines, so that the first of them stands for all.
type situation struct {
	stack  *Stack
	state  string
	labels *Label
}

// situationOf returns that of a goroutine.
func situationOf(g *Goroutine) situation {
	s := situation{stack: g.Stack, state: g.State}
	if len(g.Labels) > 0 {
		s.labels = &g.Labels[0]
	}
	return s
}

// Groups puts the goroutines of a dump into groups, the largest first, and of equals the one that comes first in the dump. Without a By it takes
// BySituation. Its time is linear in the goroutines but for sorting; each distinct situation is looked at once.
func Groups(d *Dump, by ...By) []Group {
	if len(by) == 0 {
		by = []By{BySituation}
	}
	var groups []Group
	known, seen := map[string]int{}, map[situation]int{}
	stacks := map[*Stack]map[int]bool{}
	for i := range d.Goroutines {
		g := &d.Goroutines[i]
		at, ok := seen[situationOf(g)]
		if !ok {
			at = groupOf(g, by, known, &groups)
			seen[situationOf(g)] = at
			if stacks[g.Stack] == nil {
				stacks[g.Stack] = map[int]bool{}
			}
			if !stacks[g.Stack][at] {
				stacks[g.Stack][at] = true
				groups[at].Stacks++
			}
		}
		groups[at].Count += g.Count
		groups[at].Goroutines = append(groups[at].Goroutines, i)
	}
	for i := range groups {
		groups[i].time(d)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(b.Count, a.Count) })
	return groups
}

// groupOf returns the index of the group that a goroutine belongs to, and makes it if it is the first.
func groupOf(g *Goroutine, by []By, known map[string]int, groups *[]Group) int {
	keys := make([]string, len(by))
	for i, b := range by {
		keys[i] = b.Key(g)
	}
	text := strings.Join(keys, "\x00")
	at, ok := known[text]
	if !ok {
		at = len(*groups)
		known[text] = at
		*groups = append(*groups, Group{Keys: keys, Stack: g.Stack, State: g.State})
	}
	return at
}

// time fills in the minutes of a group.
func (g *Group) time(d *Dump) {
	var minutes []int
	for _, i := range g.Goroutines {
		if m := d.Goroutines[i].Minutes; m > 0 {
			minutes = append(minutes, m)
		}
	}
	if g.Timed = len(minutes); g.Timed > 0 {
		slices.Sort(minutes)
		g.MinMinutes, g.MedianMinutes, g.MaxMinutes = minutes[0], minutes[len(minutes)/2], minutes[len(minutes)-1]
	}
}
