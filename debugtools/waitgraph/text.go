package waitgraph

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits on what Text writes of one deadlock.
const (
	mostCore   = 12
	mostNeeds  = 3
	mostBehind = 5
)

// Text returns the lines that show a deadlock: a line for each goroutine of its core, with what it holds and what it waits for, and how many
// wait behind it. Columns are aligned. At most about twenty lines, whatever the size of the graph.
func (g *Graph) Text(d Deadlock) []string {
	holds := g.holdings(d.Core)
	var rows [][]string
	for i, m := range d.Core {
		if i == mostCore {
			break
		}
		n := g.Goroutines[m]
		row := []string{fmt.Sprintf("G%d", n.ID), n.Name, holds[m], g.waitsFor(m)}
		rows = append(rows, row)
	}
	lines := columns(rows)
	if more := len(d.Core) - mostCore; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more in it", more))
	}
	return append(lines, g.behind(d)...)
}

// behind says who waits behind a deadlock.
func (g *Graph) behind(d Deadlock) []string {
	if len(d.Behind) == 0 {
		return nil
	}
	var ids []string
	for _, b := range d.Behind[:min(mostBehind, len(d.Behind))] {
		ids = append(ids, fmt.Sprintf("G%d", g.Goroutines[b].ID))
	}
	if len(d.Behind) > mostBehind {
		ids = append(ids, "...")
	}
	return []string{fmt.Sprintf("%s behind: %s", Count(len(d.Behind), "goroutine waits", "goroutines wait"), strings.Join(ids, " "))}
}

// holdings says what each of some goroutines holds that others of them wait for.
func (g *Graph) holdings(of []int) map[int]string {
	said := map[int][]string{}
	for _, waiter := range of {
		for _, n := range g.Needs[waiter] {
			for _, h := range n.By {
				s := verb(g.Objects[n.Object].Kind, h.Known) + g.Objects[n.Object].String()
				if h.At != "" {
					s += " (" + h.At + ")"
				}
				if !slices.Contains(said[h.Goroutine], s) && len(said[h.Goroutine]) < mostNeeds {
					said[h.Goroutine] = append(said[h.Goroutine], s)
				}
			}
		}
	}
	out := map[int]string{}
	for k, v := range said {
		out[k] = strings.Join(v, ", ")
	}
	return out
}

// verb says how a goroutine has to do with what others wait for.
func verb(kind string, k Known) string {
	switch {
	case !holdable(kind):
		return "would serve "
	case k == Inferred:
		return "seems to hold "
	}
	return "holds "
}

// holdable reports whether a kind of object is held, not served.
func holdable(kind string) bool { return kind != "chan" && kind != "waitgroup" && kind != "cond" }

// waitsFor says what a goroutine waits for.
func (g *Graph) waitsFor(i int) string {
	var all []string
	for _, n := range g.Needs[i][:min(len(g.Needs[i]), mostNeeds)] {
		s := "waits for " + g.Objects[n.Object].String()
		if at := n.At; at != "" {
			s += " (" + at + ")"
		} else if at := g.Goroutines[i].At; at != "" {
			s += " (" + at + ")"
		}
		if len(n.By) == 0 && !n.Open {
			s += ", which nobody can end"
		}
		all = append(all, s)
	}
	return strings.Join(all, " or ")
}

// Count returns "1 goroutine waits" or "10 412 goroutines wait": a number with its thousands set apart, and the word that fits.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands returns a number with blanks between groups of three digits.
func Thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// columns aligns the cells of rows, two blanks apart; empty columns are left out.
func columns(rows [][]string) []string {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var lines []string
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			if width[i] > 0 {
				b.WriteString(cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}
