package explore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// engine is the verb of the command, in events and cases.
const engine = "explore"

// mostSwitches is how many switches a case holds. A failure with more is replayed by running its chunk again.
const mostSwitches = 600

// save saves a failure as a case.
func (t *trial) save(x *Failure) {
	if t.config.CaseDir == "" {
		return
	}
	c := t.newCase(x)
	c.FitTrace()
	x.Case, x.CaseError = casefile.Write(t.config.CaseDir, c)
	x.Case = filepath.ToSlash(x.Case)
}

// newCase describes a failure.
func (t *trial) newCase(x *Failure) *casefile.Case {
	c := &casefile.Case{
		Package: t.pkg.ImportPath, Test: x.Test, Engine: engine, Kind: x.Kind, Signature: explain.Signature(x.Execution), Message: explain.Headline(x.Execution),
		HarnessVersion: t.config.HarnessVersion, Digest: digest(x.Execution), Fidelity: x.fidelity(), Expect: casefile.ExpectFail,
		Found: casefile.Found{Time: t.config.Now().UTC().Truncate(time.Second), Go: t.config.GoVersion, Platform: runtime.GOOS + "/" + runtime.GOARCH, Race: x.Race,
			CPUs: runtime.NumCPU(), GOMAXPROCS: 1, Commit: t.config.Commit},
		Trace: Text(x.Execution, 0),
	}
	if x.Race {
		c.Requires = []string{"race"}
	}
	x.writeProgram(c)
	x.configure(&c.Config)
	if !x.chunked() {
		c.Schedule = decisions(x.Switches, x.Execution)
		writeAnchors(&c.Config, anchors(x.Switches, x.Execution))
	}
	if len(t.config.Build) > 0 {
		text, _ := json.Marshal(t.config.Build) // strings can always be written
		c.Config.Set("build", string(text))
	}
	return c
}

// chunked reports whether the replay of a failure runs its chunk again.
func (x *Failure) chunked() bool {
	return x.chunk != nil && (x.Together || len(x.Switches) > mostSwitches)
}

// fidelity says what a replay promises.
func (x *Failure) fidelity() casefile.Fidelity {
	f := casefile.Fidelity{Level: casefile.BestEffort, Failed: x.Replayed, Runs: x.Replays}
	switch {
	case x.Replays > 0 && x.Replayed == x.Replays:
		f.Level = casefile.Exact
	case x.Replayed > 0:
		f.Level = casefile.Statistical
	}
	return f
}

// configure writes down what a replay needs beside the switches.
func (x *Failure) configure(p *casefile.Pairs) {
	p.Set("strategy", x.Strategy)
	p.Set("schedule", strconv.FormatUint(x.Number+1, 10))
	p.Set("seed", fmt.Sprintf("%#x", x.Seed))
	p.Set("steps", strconv.Itoa(x.steps))
	p.Set("leaks", onOff(x.leaks))
	p.Set("warmup", onOff(x.warm))
	if x.chunked() {
		p.Set("seed", fmt.Sprintf("%#x", x.chunk.seed))
		p.Set("from", strconv.FormatUint(x.chunk.from, 10))
		p.Set("stride", strconv.FormatUint(max(1, x.chunk.stride), 10))
		p.Set("count", strconv.FormatUint((x.Number-x.chunk.from)/max(1, x.chunk.stride)+1, 10))
	}
}

// decisions writes switches as a case has them: by the keys of threads, with the place in the source where the first of them stood.
func decisions(switches []sched.Switch, x *explain.Execution) []casefile.Decision {
	places := placesOf(x)
	var list []casefile.Decision
	for _, s := range switches {
		list = append(list, casefile.Decision{Goroutine: key(s.After), N: s.Nth, Site: places[s.After].at(s.Nth), Next: target(s.To)})
	}
	return list
}

// key writes the key of a thread.
func key(k uint64) string { return strconv.FormatUint(k, 16) }

// optionPrefix begins the names of options in cases: of the cases of a select that were ready, counted from 1.
const optionPrefix = "option:"

// target writes what a switch leads to: the key of a thread, or an option.
func target(to uint64) string {
	if i, ok := sched.OptionOf(to); ok {
		return optionPrefix + strconv.Itoa(i+1)
	}
	return key(to)
}

// parseTarget reads what target writes. Cases that are older than options have none.
func parseTarget(text string) (to uint64, err error) {
	number, ok := strings.CutPrefix(text, optionPrefix)
	if !ok {
		return strconv.ParseUint(text, 16, 64)
	}
	i, err := strconv.ParseUint(number, 10, 16)
	if err == nil && i == 0 {
		err = strconv.ErrRange
	}
	return sched.Option(int(i) - 1), err
}

// places are where a thread did its operations, in order.
type places []string

// at returns where the n-th operation was done, counted from 1, or "".
func (p places) at(n int) string {
	if n < 1 || n > len(p) {
		return ""
	}
	return p[n-1]
}

// placesOf returns the places of each thread, by its key.
func placesOf(x *explain.Execution) map[uint64]places {
	keys := map[int]uint64{}
	for _, t := range x.Threads {
		keys[t.ID], _ = strconv.ParseUint(t.Key, 16, 64)
	}
	all := map[uint64]places{}
	for _, s := range x.Steps {
		k := keys[s.Thread]
		all[k] = append(all[k], place(s.Site))
	}
	return all
}

// place writes a site as "queue.go:41", or "".
func place(s explain.Site) string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", filepath.Base(s.File), s.Line)
}

// digest fingerprints the sites of an execution: what was done, in which functions, at which lines. It is "" if nothing was recorded.
func digest(x *explain.Execution) string {
	sites := map[string]bool{}
	for _, s := range x.Steps {
		sites[s.Kind+" "+s.Site.Func+" "+place(s.Site)] = true
	}
	if len(sites) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Keys(sites)), "\n")))
	return hex.EncodeToString(sum[:8])
}

// errNoReplay is wrapped by the errors about a case that this package cannot run again.
var errNoReplay = errors.New("the case cannot be run again")

// fromCase returns what a child is asked to do to run a case again.
func fromCase(c *casefile.Case) (r request, err error) {
	r = request{replay: true, test: c.Test, strategy: engine, count: 1, steps: leastSteps, leaks: true, trace: true}
	for _, p := range c.Config {
		if e := r.setting(p.Key, p.Value); e != nil {
			return r, fmt.Errorf("%w: the setting %s=%s makes no sense", errNoReplay, p.Key, p.Value)
		}
	}
	r.program = programOf(c)
	for _, d := range c.Schedule {
		after, bad := strconv.ParseUint(d.Goroutine, 16, 64)
		to, worse := parseTarget(d.Next)
		if bad != nil || worse != nil {
			return r, fmt.Errorf("%w: the switch %s names no goroutine by its key, and no option", errNoReplay, d)
		}
		r.switches = append(r.switches, sched.Switch{After: after, Nth: d.N, To: to})
	}
	return r, nil
}

// setting takes over a setting of a case. Those that are about the build are not for the child.
func (r *request) setting(name, value string) (err error) {
	number := func(into *uint64) { *into, err = strconv.ParseUint(value, 0, 64) }
	switch name {
	case "strategy":
		r.strategy = value
	case "seed":
		number(&r.seed)
	case "steps":
		r.steps, err = strconv.Atoi(value)
	case "leaks":
		r.leaks = value != "off"
	case "warmup":
		r.warmup = value == "on"
	case "from":
		r.replay = false
		number(&r.from)
	case "every":
		number(&r.every)
	case "stride":
		number(&r.stride)
	case "count":
		number(&r.count)
	}
	return err
}

// BuildFlags returns the build flags of a case.
func BuildFlags(c *casefile.Case) (flags []string, err error) {
	text, ok := c.Config.Get("build")
	if !ok {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &flags); err != nil {
		return nil, fmt.Errorf("%w: the setting build=%s makes no sense", errNoReplay, text)
	}
	return flags, nil
}
