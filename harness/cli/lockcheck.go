package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/owners"
	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/lockswap"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// orderVariable says where a program built to record the order of its locks writes it.
const orderVariable = "GODMODE_ORDER"

// longestWait is how long go-deadlock lets a goroutine wait for a lock, unless the process as a whole may not take much longer.
const longestWait = 30 * time.Second

// A locksmith builds tests whose locks are checked, and reads what they have recorded. The zero value checks nothing.
type locksmith struct {
	mode string         // "", or what --lockcheck is given
	swap *lockswap.Swap // what go-deadlock watches

	mu     sync.Mutex
	likely map[string]int // what is no failure, and how many processes said so
}

// recordedLockCheck returns what a case asks for.
func recordedLockCheck(c *casefile.Case) *locksmith {
	mode, _ := c.Config.Get("lockcheck")
	return &locksmith{mode: mode}
}

// build builds test binaries, in which the checker is noted: cases hold it, so that a replay builds in the same way.
func (l *locksmith) build(ctx context.Context, config gotest.BuildConfig) (set *gotest.Set, err error) {
	config.LockCheck = ""
	switch l.mode {
	case "":
		return control.BuildUncontrolled(ctx, config)
	case lockswap.Name:
		set, l.swap, err = lockswap.Build(ctx, config, control.BuildUncontrolled)
		return set, err
	case string(owners.Owners), string(owners.Order):
		set, err = control.BuildChanged(ctx, config, owners.Sources(owners.Mode(l.mode)))
	default:
		return nil, fmt.Errorf("nobody here checks locks by %s", l.mode)
	}
	if err == nil {
		for i := range set.Binaries {
			set.Binaries[i].LockCheck = l.mode
		}
	}
	return set, err
}

// config adds to how the tests run. Reports on the order of locks come with the rest of the output; go-deadlock speaks before the time of the process is up.
func (l *locksmith) config(c gotest.RunConfig) gotest.RunConfig {
	switch l.mode {
	case string(owners.Order):
		c.Env = append(c.Env, orderVariable+"=-")
	case lockswap.Name:
		if c.Timeout > 0 {
			c.Env = append(c.Env, lockswap.LimitVariable+"="+min(longestWait, c.Timeout/2).String())
		}
	}
	c.Check = l.check
	return c
}

// check returns the failures that the reports in an output show. What is less likely, or incomplete, is counted.
func (l *locksmith) check(output []byte) []signature.Failure {
	if l.mode != string(owners.Order) {
		return nil
	}
	reports, err := owners.Parse(bytes.NewReader(output))
	if err != nil {
		l.count("a report on locks cannot be read: " + err.Error())
	}
	var all []signature.Failure
	for i := range reports {
		for _, f := range reports[i].Findings() {
			if owners.Fails(f) {
				all = append(all, orderFailure(f))
			} else {
				l.count(fmt.Sprintf("%s: %s", strings.ToLower(f.Certainty.String()), f.Title))
			}
		}
	}
	return all
}

// count counts what is no failure.
func (l *locksmith) count(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.likely == nil {
		l.likely = map[string]int{}
	}
	l.likely[what]++
}

// tell tells what was counted, sorted.
func (l *locksmith) tell(emit func(report.Event)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	if l.swap != nil {
		lines = append(lines, l.swap.String())
	}
	for what, n := range l.likely {
		lines = append(lines, fmt.Sprintf("%s (%s)", what, report.Plural(int64(n), "run")))
	}
	slices.Sort(lines)
	for _, line := range lines {
		emit(report.Event{Kind: report.Note, Message: line})
	}
}

// orderFailure turns a finding into a failure. Its signature holds places and no numbers of goroutines.
func orderFailure(f finding.Finding) signature.Failure {
	text := strings.Join(f.Evidence, "\n") + "\n"
	return signature.Failure{Kind: signature.Order, Signature: "order: " + f.Title, Family: "order: " + family(f.Title), Title: f.Title, Essence: text, Excerpt: text, Count: 1}
}

// family returns a title without line numbers.
func family(title string) string {
	words := strings.Split(title, ".go:")
	for i := range words[1:] {
		words[i+1] = strings.TrimLeft(words[i+1], "0123456789")
	}
	return strings.Join(words, ".go")
}
