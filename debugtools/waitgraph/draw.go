package waitgraph

import (
	"cmp"
	"fmt"
	"slices"
)

// A box is a node of a drawing: a goroutine, several that wait alike, or an object.
type box struct {
	lines  []string
	object bool
	stuck  bool // in the core of a deadlock
	rank   int
	place  int // within its rank
	x, y   int // of its upper left corner
	w, h   int
}

// An arrow is an edge of a drawing: waits for (to an object), or held by (from one).
type arrow struct {
	from, to int
	dashed   bool // inferred
	stuck    bool
	label    string
}

// A drawing is what SVG shows.
type drawing struct {
	boxes  []box
	arrows []arrow
	more   int // goroutines that had no room
}

// mostBoxes bounds a drawing: more cannot be read.
const mostBoxes = 120

// crowd is from how many goroutines that wait alike become one box.
const crowd = 4

// A sketch is a drawing in the making.
type sketch struct {
	*Graph
	drawing
	core    map[int]bool
	named   map[int]bool // goroutines that could let somebody go on: they get a box of their own
	object  map[int]int  // the box of an object
	who     map[int]int  // the box of a goroutine
	crowded map[string]int
}

// draw chooses what of a graph is shown: those that take part, the core of deadlocks first, those that wait alike as one.
func (g *Graph) draw(deadlocks []Deadlock) *drawing {
	s := &sketch{Graph: g, core: map[int]bool{}, named: map[int]bool{}, object: map[int]int{}, who: map[int]int{}, crowded: map[string]int{}}
	for _, d := range deadlocks {
		for _, c := range d.Core {
			s.core[c] = true
		}
	}
	for i := range g.Needs {
		for _, n := range g.Needs[i] {
			for _, h := range n.By {
				s.named[h.Goroutine] = true
			}
		}
	}
	for _, i := range s.order(deadlocks) {
		s.add(i)
	}
	return &s.drawing
}

// order lists the goroutines that take part: cores, then who could let others go on, then who waits.
func (s *sketch) order(deadlocks []Deadlock) []int {
	var list []int
	seen := map[int]bool{}
	add := func(i int) {
		if !seen[i] {
			seen[i], list = true, append(list, i)
		}
	}
	for _, d := range deadlocks {
		for _, c := range d.Core {
			add(c)
		}
	}
	for i := range s.Goroutines {
		if s.named[i] {
			add(i)
		}
	}
	for i, needs := range s.Needs {
		if len(needs) > 0 {
			add(i)
		}
	}
	return list
}

// likes returns what the goroutines of a crowd have in common: what they wait for.
func (s *sketch) likes(i int) string {
	key := s.Goroutines[i].At
	for _, n := range s.Needs[i] {
		key += fmt.Sprint(" ", n.Object)
	}
	return key
}

// alike counts the goroutines of each crowd.
func (s *sketch) alike() map[string]int {
	count := map[string]int{}
	for i, needs := range s.Needs {
		if len(needs) > 0 && !s.named[i] {
			count[s.likes(i)]++
		}
	}
	return count
}

// add draws one goroutine with what it waits for.
func (s *sketch) add(i int) {
	if len(s.crowded) == 0 {
		s.crowded = s.alike()
	}
	key, many := s.likes(i), 0
	if !s.named[i] {
		many = s.crowded[key]
	}
	switch {
	case many < 0: // its crowd has a box
		return
	case len(s.boxes) >= mostBoxes:
		s.more++
		return
	}
	n := s.Goroutines[i]
	lines := []string{cmp.Or(n.Name, "goroutine"), n.At}
	if many >= crowd {
		lines[0] = Thousands(many) + " x " + lines[0]
		s.crowded[key] = -1
	} else {
		lines[0] = fmt.Sprintf("G%d %s", n.ID, lines[0])
	}
	if n.What != "" {
		lines = append(lines, n.What)
	}
	me := s.boxOf(i, lines)
	for _, need := range s.Needs[i] {
		s.need(me, i, &need)
	}
}

// boxOf returns the box of a goroutine.
func (s *sketch) boxOf(i int, lines []string) int {
	if b, ok := s.who[i]; ok {
		return b
	}
	s.who[i] = len(s.boxes)
	s.boxes = append(s.boxes, box{lines: slices.DeleteFunc(lines, func(l string) bool { return l == "" }), stuck: s.core[i]})
	return s.who[i]
}

// mostHolders bounds the arrows that leave an object.
const mostHolders = 12

// need draws what a goroutine waits for, and who can let it go on.
func (s *sketch) need(me, i int, n *Need) {
	at, seen := s.object[n.Object]
	if !seen {
		o := s.Objects[n.Object]
		lines := []string{cmp.Or(o.Name, o.Kind)}
		if o.Name != "" {
			lines = append(lines, o.Kind)
		}
		if o.Addr != 0 {
			lines = append(lines, fmt.Sprintf("%#x", o.Addr))
		}
		at = len(s.boxes)
		s.object[n.Object] = at
		s.boxes = append(s.boxes, box{lines: lines, object: true, stuck: s.core[i]})
	}
	s.boxes[at].stuck = s.boxes[at].stuck || s.core[i]
	s.arrows = append(s.arrows, arrow{from: me, to: at, stuck: s.core[i], label: "waits"})
	for k, h := range n.By {
		if k == mostHolders || len(s.boxes) >= 2*mostBoxes {
			break
		}
		who := s.Goroutines[h.Goroutine]
		to := s.boxOf(h.Goroutine, []string{fmt.Sprintf("G%d %s", who.ID, who.Name), who.At, who.What})
		label := "held by"
		if !holdable(s.Objects[n.Object].Kind) {
			label = "needs"
		}
		a := arrow{from: at, to: to, dashed: h.Known == Inferred, stuck: s.core[i] && s.core[h.Goroutine], label: label}
		if !slices.Contains(s.arrows, a) {
			s.arrows = append(s.arrows, a)
		}
	}
}
