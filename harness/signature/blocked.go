package signature

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A stuck is one kind of waiting goroutine: where, and on what.
type stuck struct {
	state string
	at    frame
}

// manyStuck is the number from which equal goroutines are no longer counted: how many had arrived is chance.
const manyStuck = 4

// blocked returns the goroutines of a dump that have a user frame, counted by where and on what they wait. In a deadlock of a
// synctest bubble only the bubble's goroutines count.
func (c crashSite) blocked() map[stuck]int {
	set := map[stuck]int{}
	bubbles := c.inBubble()
	for _, g := range c.dump {
		if bubbles && !g.bubble {
			continue
		}
		if at, ok := g.userFrame(); ok {
			set[stuck{g.state, at}]++
		}
	}
	return set
}

// userFrame returns the top user frame of a goroutine. The goroutine that runs all tests has none: it only waits for them, from
// below a TestMain or not.
func (g goroutine) userFrame() (frame, bool) {
	found := first(g.frames, 1, frame.user)
	if len(found) == 0 || slices.ContainsFunc(g.frames, func(f frame) bool { return f.function == "testing.(*M).Run" }) {
		return frame{}, false
	}
	return found[0], true
}

// sortedStuck returns the keys of a set in the order of their names.
func sortedStuck(set map[stuck]int) []stuck {
	return slices.SortedFunc(maps.Keys(set), func(a, b stuck) int {
		return strings.Compare(a.state+" "+a.at.exact()+a.at.file, b.state+" "+b.at.exact()+b.at.file)
	})
}

// nameBlocked names a deadlock or a hang by its set of waiting goroutines.
func (c crashSite) nameBlocked(f *Failure) {
	set := c.blocked()
	if len(set) == 0 {
		c.nameStack(f)
		return
	}
	var exact, family, human []string
	for _, s := range sortedStuck(set) {
		exact = append(exact, s.state+" "+s.at.exact()+times(set[s]))
		family = append(family, s.state+" "+s.at.declared())
		human = append(human, s.state+" in "+s.at.human()+times(set[s]))
		if f.Site == "" || s.at.test() == "" {
			f.Site = s.at.site()
		}
	}
	slices.Sort(family)
	kind := string(f.Kind) + ": "
	f.Signature = kind + strings.Join(exact, " | ")
	f.Family = kind + strings.Join(slices.Compact(family), " | ")
	f.Title = kind + strings.Join(human[:min(3, len(human))], ", ")
	if more := len(human) - 3; more > 0 {
		f.Title += fmt.Sprintf(" and %d more", more)
	}
}

// times writes a count of equal goroutines.
func times(n int) string {
	switch {
	case n == 1:
		return ""
	case n >= manyStuck:
		return " x many"
	}
	return fmt.Sprintf(" x %d", n)
}

// blockedExcerpt shows the header and the goroutines that have a user frame.
func (c crashSite) blockedExcerpt(d *document) string {
	var b strings.Builder
	b.WriteString(d.lines[c.line] + "\n")
	for _, g := range c.dump {
		if b.Len() > maxExcerpt {
			break
		}
		if _, ok := g.userFrame(); ok {
			b.WriteString("\n" + d.excerpt(g.from, g.to))
		}
	}
	return b.String()
}
