package classics

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
)

var update = flag.Bool("classics.update", false, "measure everything and rewrite the table in RESULTS.md, which takes minutes")

// strategies are the columns of the table.
var strategies = []string{"rw", "pct", "pos", "urw", "surw", "portfolio"}

const trials = 20

// A mean is what the trials of one strategy on one program came to.
type mean struct {
	schedules float64 // until the bug, where a trial that did not find it counts as the budget
	found     int     // trials that found it
}

func (m mean) String() string {
	switch m.found {
	case 0:
		return "-"
	case trials:
		return fmt.Sprintf("%.0f", m.schedules)
	}
	return fmt.Sprintf("%.0f (%d/%d)", m.schedules, m.found, trials)
}

// measure runs the trials, each with a fresh strategy and a seed of its own.
func measure(t *testing.T, c *Classic, name string) mean {
	e := engine(t, 0)
	sum, found := 0, 0
	for trial := range trials {
		s := e.Explore(c.Program, strategy(t, name), model.Seed(2025, trial), budget)
		if s.First > 0 {
			found++
		}
		sum += s.Schedules
	}
	return mean{float64(sum) / trials, found}
}

// geometric is the geometric mean of what was measured on the programs that the prototype measured too.
type geometric struct {
	sum float64
	n   int
}

func (g *geometric) add(c *Classic, m mean) {
	if compared(c.Name) {
		g.sum += math.Log(m.schedules)
		g.n++
	}
}

func (g *geometric) value() float64 { return math.Exp(g.sum / float64(g.n)) }

// TestBars: selectively uniform random walks find the 22 compared programs in six schedules, by the geometric mean, as those of the prototype did, and the two
// largest programs sooner than published.
func TestBars(t *testing.T) {
	if raced {
		t.Skip("the same numbers as without the race detector, in half a minute")
	}
	g := &geometric{}
	for _, c := range All() {
		if compared(c.Name) {
			g.add(c, measure(t, c, "surw"))
		}
	}
	t.Logf("geometric mean %.2f over %d programs", g.value(), g.n)
	if g.n != 22 || g.value() > 6 {
		t.Errorf("the geometric mean over %d programs is %.2f, and should be at most 6 over 22", g.n, g.value())
	}
	if short() {
		return
	}
	for name, bar := range map[string]float64{"reorder_100": 200, "twostage_100": 450} {
		if m := measure(t, Find(name), "surw"); m.schedules >= bar {
			t.Errorf("%s takes %v schedules, and should take fewer than %v", name, m, bar)
		}
	}
}

// TestTable measures every strategy on every program, and rewrites the table.
func TestTable(t *testing.T) {
	if !*update {
		t.Skip("measures for minutes: asked for by -classics.update")
	}
	var ours, theirs strings.Builder
	means := make([]geometric, len(strategies))
	for _, c := range All() {
		n, threads := operations(t, engine(t, 0), c)
		fmt.Fprintf(&ours, "| %s | %d | %d |", c.Name, threads, n)
		for i, name := range strategies {
			m := measure(t, c, name)
			means[i].add(c, m)
			fmt.Fprintf(&ours, " %v |", m)
			t.Logf("%s %s %v", c.Name, name, m)
		}
		ours.WriteString("\n")
		theirs.WriteString(published[c.Name].row(c.Name, prototype[c.Name]))
		survives(t, c, 2000)
	}
	ours.WriteString("| **geometric mean of 22** | | |")
	for i := range means {
		fmt.Fprintf(&ours, " **%.1f** |", means[i].value())
	}
	theirs.WriteString(literature{}.row("**geometric mean of 22**", prototypeMeans))
	write(t, ours.String()+"\n", theirs.String())
}

// row is a line of the table of what others measured.
func (l literature) row(name string, p trial) string {
	cells := []string{name, l.rw, l.pct3, l.pct10, l.pos, l.urw, l.surw, p.rw, p.pct10, p.pos, p.urw, p.surw, p.of}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

const (
	results = "RESULTS.md"
	begin   = "<!-- written by go test -run TestTable -classics.update -->\n"
	end     = "<!-- end of what is written -->\n"
)

// write replaces the part of the document between its two marks.
func write(t *testing.T, ours, theirs string) {
	text, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has lost its marks", results)
	}
	table := "| program | threads | operations | " + strings.Join(strategies, " | ") + " |\n|" + strings.Repeat("---|", 3+len(strategies)) + "\n" + ours +
		"\nWhat others needed: six columns of the literature, six of the prototype.\n\n" +
		"| program | rw | pct 3 | pct 10 | pos | urw | surw | rw | pct 10 | pos | urw | surw | portfolio |\n|" + strings.Repeat("---|", 13) + "\n" + theirs
	if err := os.WriteFile(results, []byte(before+begin+"\n"+table+"\n"+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
