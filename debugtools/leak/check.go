package leak

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// A Config says what counts as a leak. The zero value means the defaults.
type Config struct {
	// Ignore names functions and packages ("example.com/log.flush", "example.com/log"): a goroutine that was started by one or has one on its stack is named in
	// the log and accuses nobody.
	Ignore []string
	// Patience is how long goroutines may take to end when nothing of them runs; 0 means a second. One that runs gets 20 seconds.
	// Only a test that leaves something waits for it.
	Patience time.Duration

	_ struct{}
}

// patience returns the patience with its default.
func (c Config) patience() time.Duration {
	if c.Patience <= 0 {
		return time.Second
	}
	return c.Patience
}

// A TB is what Check needs of a testing.TB.
type TB interface {
	Helper()
	Name() string
	Cleanup(func())
	Failed() bool
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
}

// Check fails a test, with the defaults, if goroutines that it started are left when it has ended. See Config.Check.
func Check(t TB) {
	t.Helper()
	Config{}.Check(t)
}

// checks numbers the calls of Check: a test can run more than once.
var checks atomic.Int64

// Check fails a test if goroutines that it started are left when it, its subtests and the functions that it gives to t.Cleanup from now on have ended. Call it first. It works beside other
// tests that run in parallel, whether they call it or not. If the test has failed already, what is left is only logged. In a bubble of testing/synctest there is no need
// for it: a bubble does not end before its goroutines have.
//
// It dumps all goroutines twice, which stops the world for about 100 ms per 10 000 goroutines, and more often if something is left.
func (c Config) Check(t TB) {
	t.Helper()
	label := fmt.Sprintf("%s#%d", t.Name(), checks.Add(1))
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels(Label, label)))
	w := &watch{config: c, label: label}
	if err := w.begin(); err != nil {
		t.Errorf("leak: cannot see the goroutines: %v", err)
		return
	}
	t.Cleanup(func() {
		t.Helper()
		w.end(t)
	})
}

// A watch is a test that is being checked.
type watch struct {
	config Config
	label  string
	kin    Kin
	self   int64          // the goroutine of the test
	before map[int64]bool // those that were there
	lost   []*dump.Goroutine
}

// begin notes the goroutines that are there.
func (w *watch) begin() error {
	d, err := snapshot()
	if err != nil {
		return err
	}
	w.before = ids(d)
	w.self = d.Goroutines[0].ID
	w.kin.See(d)
	w.kin.Adopt(w.self, w.label)
	return nil
}

// ids returns the numbers of the goroutines of a dump.
func ids(d *dump.Dump) map[int64]bool {
	set := make(map[int64]bool, len(d.Goroutines))
	for i := range d.Goroutines {
		set[d.Goroutines[i].ID] = true
	}
	return set
}

// look returns the goroutines of the test that are left and accuse it. It notes in lost those that may be anybody's.
func (w *watch) look() ([]*dump.Goroutine, error) {
	left, err := w.all()
	if err != nil {
		return nil, err
	}
	var accusing []*dump.Goroutine
	for _, g := range left {
		if reason(g, w.config.Ignore) == "" {
			accusing = append(accusing, g)
		}
	}
	return accusing, nil
}

// all returns the goroutines of the test that are left.
func (w *watch) all() ([]*dump.Goroutine, error) {
	d, err := snapshot()
	if err != nil {
		return nil, err
	}
	w.kin.See(d)
	w.lost = nil
	alone := w.kin.serial(w.self)
	var left []*dump.Goroutine
	for i := range d.Goroutines {
		g := &d.Goroutines[i]
		test, _ := w.kin.Test(g.ID)
		switch {
		case w.before[g.ID] || tool(g):
		case test == w.label || w.nested(test):
			left = append(left, g)
		case !w.kin.Orphan(g.ID):
		case alone:
			w.kin.remember(g.ID, member{w.label, Alone, g.Parent})
			left = append(left, g)
		case reason(g, w.config.Ignore) == "":
			w.lost = append(w.lost, g)
		}
	}
	return left, nil
}

// nested reports whether a label is that of the test or one of its subtests as harness leaks sets it: the name without a number.
func (w *watch) nested(label string) bool {
	own := testName(w.label)
	return label == own || strings.HasPrefix(label, own+"/") && testName(label) == label
}

// end says what is left.
func (w *watch) end(t TB) {
	t.Helper()
	_, err := settle(w.config.patience(), w.look)
	if err != nil {
		t.Errorf("leak: cannot see the goroutines: %v", err)
		return
	}
	left, err := w.all()
	if err != nil {
		t.Errorf("leak: cannot see the goroutines: %v", err)
		return
	}
	accused, named := split(group(left, &w.kin, w.config.Ignore, waiting))
	orphans := group(w.lost, &w.kin, w.config.Ignore, waiting)
	for i := range orphans {
		orphans[i].Stays = "it has no label, and its parent has ended: it may belong to another test that ran beside this one"
	}
	if all := append(Findings(named), Findings(orphans)...); len(all) > 0 {
		finding.Sort(all)
		t.Logf("goroutines that accuse nobody:%s", text(all))
	}
	switch {
	case len(accused) == 0:
	case t.Failed():
		t.Logf("the test has failed, and leaves goroutines behind:%s", text(Findings(accused)))
	default:
		t.Errorf("leaked goroutines:%s", text(Findings(accused)))
	}
}
