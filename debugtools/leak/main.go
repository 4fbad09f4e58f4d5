package leak

import (
	"fmt"
	"io"
	"os"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"go.uber.org/goleak"
)

// Main runs the tests of a package and looks, if all have passed, for goroutines that none of them has ended; it returns the exit code. goleak tells whether there are
// any, and package leak whose they are: those of tests that call Check are known by their labels, and those that Check could not tell are errors here. It
// writes to standard error.
//
//	func TestMain(m *testing.M) { os.Exit(leak.Main(m)) }
func Main(m interface{ Run() int }) int { return Config{}.Main(m) }

// Main is Main with a configuration.
func (c Config) Main(m interface{ Run() int }) int { return c.main(m, os.Stderr) }

// main writes to w what is left.
func (c Config) main(m interface{ Run() int }, w io.Writer) int {
	known := goleak.IgnoreCurrent()
	d, err := snapshot()
	if err != nil {
		fmt.Fprintf(w, "leak: cannot see the goroutines: %v\n", err)
		return 1
	}
	before, kin := ids(d), &Kin{}
	kin.See(d)
	if code := m.Run(); code != 0 {
		return code
	}
	if goleak.Find(known) == nil {
		return 0
	}
	left, err := c.newcomers(before, kin)
	if err != nil {
		fmt.Fprintf(w, "leak: cannot see the goroutines: %v\n", err)
		return 1
	}
	accused, named := split(group(left, kin, c.Ignore, waiting))
	if len(named) > 0 {
		fmt.Fprintf(w, "goroutines that accuse nobody:%s\n", text(Findings(named)))
	}
	if len(accused) == 0 {
		return 0
	}
	fmt.Fprintf(w, "leaked goroutines, when all tests had passed:%s\n", text(Findings(accused)))
	return 1
}

// newcomers returns the goroutines that are not in a set.
func (c Config) newcomers(before map[int64]bool, kin *Kin) ([]*dump.Goroutine, error) {
	d, err := snapshot()
	if err != nil {
		return nil, err
	}
	kin.See(d)
	var left []*dump.Goroutine
	for i := range d.Goroutines {
		if g := &d.Goroutines[i]; !before[g.ID] && !tool(g) {
			left = append(left, g)
		}
	}
	return left, nil
}
