package dump

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// write puts a frame into a text that tells frames apart.
func (f Frame) write(b *strings.Builder) {
	if f.Elided != 0 {
		b.WriteString("..." + strconv.Itoa(f.Elided) + "\n")
		return
	}
	b.WriteString(f.Func + " " + f.File + ":" + strconv.Itoa(f.Line) + "\n")
}

// A Difference is what has changed between two dumps of one process.
type Difference struct {
	// New and Gone are the goroutines that only the second, only the first dump has.
	New, Gone []*Goroutine
	// Same are those that stand where they stood, as the second dump shows them. Moved are the others that both dumps have.
	Same, Moved []*Goroutine
	// Groups are the situations whose number of goroutines has changed, largest growth first.
	Groups []Growth
}

// A Growth is how many goroutines were in one situation, dump by dump.
type Growth struct {
	State  string
	Stack  *Stack // of the last dump that has it
	Counts []int
}

// By returns by how many goroutines it has grown from the first dump to the last.
func (g *Growth) By() int { return g.Counts[len(g.Counts)-1] - g.Counts[0] }

// Steady reports whether it has grown and never shrunk, over at least three dumps.
func (g *Growth) Steady() bool { return len(g.Counts) >= 3 && g.By() > 0 && slices.IsSorted(g.Counts) }

// Diff compares two dumps of one process, the older one first. Goroutines are the same if they have the same number and creator: numbers are never
// used again within a process. Forms that only count have no numbers, and give Groups alone. Its time is linear but for sorting.
func Diff(a, b *Dump) *Difference {
	names := newNames()
	old := byID(a)
	d := &Difference{Groups: changed(growths([]*Dump{a, b}, names))}
	for i := range b.Goroutines {
		g := &b.Goroutines[i]
		before := old[g.ID]
		switch {
		case g.ID < 0:
		case before == nil || before.Stack.Creator.Func != g.Stack.Creator.Func:
			d.New = append(d.New, g)
			continue
		case before.State == g.State && names.of(before.Stack) == names.of(g.Stack):
			d.Same = append(d.Same, g)
		default:
			d.Moved = append(d.Moved, g)
		}
		delete(old, g.ID)
	}
	for i := range a.Goroutines {
		if g := &a.Goroutines[i]; old[g.ID] == g {
			d.Gone = append(d.Gone, g)
		}
	}
	return d
}

// byID returns the goroutines of a dump that have numbers.
func byID(d *Dump) map[int64]*Goroutine {
	m := make(map[int64]*Goroutine, len(d.Goroutines))
	for i := range d.Goroutines {
		if g := &d.Goroutines[i]; g.ID >= 0 {
			m[g.ID] = g
		}
	}
	return m
}

// names gives equal stacks of different dumps the same number.
type names struct {
	texts  map[string]int
	stacks map[*Stack]int
}

// newNames returns names for no stacks.
func newNames() *names { return &names{map[string]int{}, map[*Stack]int{}} }

// of returns the number of a stack.
func (n *names) of(s *Stack) int {
	id, ok := n.stacks[s]
	if ok {
		return id
	}
	text := s.text()
	if id, ok = n.texts[text]; !ok {
		id = len(n.texts)
		n.texts[text] = id
	}
	n.stacks[s] = id
	return id
}

// A standing is a state at a stack of whichever dump.
type standing struct {
	state string
	stack int
}

// growths returns all situations of some dumps with their numbers.
func growths(dumps []*Dump, n *names) []Growth {
	var list []Growth
	known := map[standing]int{}
	for nth, d := range dumps {
		for i := range d.Goroutines {
			g := &d.Goroutines[i]
			key := standing{g.State, n.of(g.Stack)}
			at, ok := known[key]
			if !ok {
				at = len(list)
				known[key] = at
				list = append(list, Growth{State: g.State, Counts: make([]int, len(dumps))})
			}
			list[at].Stack = g.Stack
			list[at].Counts[nth] += g.Count
		}
	}
	slices.SortStableFunc(list, func(a, b Growth) int { return cmp.Compare(b.By(), a.By()) })
	return list
}

// changed returns the situations whose numbers differ.
func changed(list []Growth) []Growth {
	return slices.DeleteFunc(list, func(g Growth) bool { return g.By() == 0 })
}

// A Course is what many dumps of one process show, in the order in which they were taken.
type Course struct {
	// Groups are all situations, largest growth first. See Growth.Steady.
	Groups []Growth
	// Stuck are the goroutines that stand where they stood in at least three dumps up to the last one, for longest first.
	Stuck []Stuck
}

// A Stuck is a goroutine that does not move: the signature of a hang.
type Stuck struct {
	Goroutine *Goroutine // in the last dump
	Dumps     int        // in how many dumps, counted from the last, it stands there
	Minutes   []int      // how long it had been blocked in each of them, oldest first, as far as they tell
	Growing   bool       // the minutes grow from dump to dump: it has not moved in between either
}

// leastStuck is in how many dumps a goroutine must stand at the same place to be called stuck: two may be chance.
const leastStuck = 3

// Trend follows goroutines and situations through dumps of one process, oldest first. It needs at least three to say anything. Its time
// is linear in the goroutines of all dumps but for sorting.
//
// That a goroutine which has the same number, stack and state for ever longer hangs is the rule of thread-dump analysis for Java (IBM's Thread and
// Monitor Dump Analyzer calls it a hang suspect). It is a suspicion: an idle server does the same.
func Trend(dumps []*Dump) *Course {
	names := newNames()
	c := &Course{Groups: growths(dumps, names)}
	if len(dumps) < leastStuck {
		return c
	}
	last := dumps[len(dumps)-1]
	standing := make([]*Stuck, 0, len(last.Goroutines))
	for i := range last.Goroutines {
		if g := &last.Goroutines[i]; g.ID > 0 {
			standing = append(standing, &Stuck{Goroutine: g, Dumps: 1, Minutes: []int{g.Minutes}})
		}
	}
	for i := len(dumps) - 2; i >= 0 && len(standing) > 0; i-- {
		standing = c.stillThere(standing, byID(dumps[i]), names)
	}
	c.keep(standing)
	slices.SortStableFunc(c.Stuck, func(a, b Stuck) int {
		return cmp.Or(cmp.Compare(b.Dumps, a.Dumps), cmp.Compare(b.Goroutine.Minutes, a.Goroutine.Minutes), cmp.Compare(a.Goroutine.ID, b.Goroutine.ID))
	})
	return c
}

// stillThere returns those that stand at the same place in one more dump, and keeps the others if they have stood long enough.
func (c *Course) stillThere(list []*Stuck, earlier map[int64]*Goroutine, names *names) []*Stuck {
	var stay, moved []*Stuck
	for _, s := range list {
		g := earlier[s.Goroutine.ID]
		if g == nil || g.State != s.Goroutine.State || names.of(g.Stack) != names.of(s.Goroutine.Stack) {
			moved = append(moved, s)
			continue
		}
		s.Dumps++
		s.Minutes = append(s.Minutes, g.Minutes)
		stay = append(stay, s)
	}
	c.keep(moved)
	return stay
}

// keep takes those that have stood in enough dumps.
func (c *Course) keep(list []*Stuck) {
	for _, s := range list {
		if s.Dumps >= leastStuck {
			slices.Reverse(s.Minutes)
			s.Growing = s.Minutes[0] < s.Minutes[len(s.Minutes)-1] && slices.IsSorted(s.Minutes)
			c.Stuck = append(c.Stuck, *s)
		}
	}
}
