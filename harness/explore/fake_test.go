package explore

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// The child of these tests is this test binary, which plays a script for each test: what the parent does is tested without a changed standard library.

// fakeVariable makes this test binary the child. Its value is a directory for what must survive a process.
const fakeVariable = "EXPLORE_FAKE"

func TestMain(m *testing.M) {
	dir := os.Getenv(fakeVariable)
	if dir == "" {
		os.Exit(m.Run())
	}
	if path := os.Getenv(requestVariable); path != "" {
		playScript(path, dir)
	}
	var tests []testing.InternalTest
	for name := range scripts {
		tests = append(tests, testing.InternalTest{Name: name, F: func(t *testing.T) {}})
	}
	os.Args = append(os.Args, "-test.paniconexit0=false")
	testing.Main(func(pattern, name string) (bool, error) { return regexp.MatchString(pattern, name) }, tests, nil, nil)
}

// A fake is a child as it plays its script.
type fake struct {
	mode, strategy            string
	test                      string
	seed, from, count         uint64
	stride                    uint64
	switches                  []sched.Switch
	raced                     bool
	dir                       string
	events                    *os.File
	trace                     *os.File
	ran                       uint64
	digest                    string
	decisions, points, chance int

	program, every uint64 // see fake_program_test.go
	of             string
	steps          []string
	announced      bool
}

// scripts say what happens in schedule number n of each test. In a replay n is the number of the schedule that failed.
var scripts = map[string]func(f *fake, n uint64){
	"TestPass":      func(f *fake, n uint64) {},
	"TestIdle":      func(f *fake, n uint64) { f.decisions, f.points = 0, 3 },
	"TestDrawn":     func(f *fake, n uint64) { f.decisions, f.points, f.chance = 0, 3, 1 },
	"TestExhausted": func(f *fake, n uint64) { f.exhaustAt(n, 6) },
	"TestDeadlock": func(f *fake, n uint64) {
		if f.replays() && f.has(a) && f.has(b) || !f.replays() && n >= 13 {
			f.fail("deadlock", "all goroutines wait", n, noise(n))
		}
	},
	"TestPanic": func(f *fake, n uint64) {
		f.begin(n, []sched.Switch{c, a, d})
		if f.replays() && f.has(a) || !f.replays() && n == 5 {
			fmt.Fprint(os.Stderr, "panic: boom\n\ngoroutine 7 [running]:\nexample.com/m.explode(...)\n\t/src/m/m.go:9\nmain.main()\n")
			os.Exit(2)
		}
	},
	"TestHang": func(f *fake, n uint64) {
		f.begin(n, []sched.Switch{a})
		if f.replays() && f.has(a) || !f.replays() && n == 2 {
			<-time.After(time.Hour)
		}
	},
	"TestBehind": func(f *fake, n uint64) {
		if !f.replays() && n == 2 && f.strategy != baseline {
			<-time.After(time.Hour)
		}
		if f.replays() && f.has(a) || !f.replays() && n >= 60 {
			f.fail("deadlock", "all goroutines wait", n, []sched.Switch{a, c})
		}
	},
	"TestSlowOnce": func(f *fake, n uint64) {
		f.begin(n, []sched.Switch{a})
		slow := filepath.Join(f.dir, "slow")
		if _, err := os.Stat(slow); err != nil && n == 2 {
			must(os.WriteFile(slow, nil, 0o600))
			<-time.After(time.Hour)
		}
	},
	"TestExit": func(f *fake, n uint64) {
		f.begin(n, nil)
		if f.replays() || n == 2 {
			os.Exit(0)
		}
	},
	"TestRace": func(f *fake, n uint64) {
		if f.raced && (f.replays() && f.has(a) || !f.replays() && n == 4) {
			fmt.Fprint(os.Stderr, raceReport)
			f.fail("race", "data race", n, []sched.Switch{a, c})
		}
	},
	"TestAlways": func(f *fake, n uint64) { f.fail("assertion", "m_test.go:3: wrong", n, f.switches) },
	"TestState": func(f *fake, n uint64) {
		if f.ran > 3 {
			f.fail("assertion", "m_test.go:4: left behind", n, []sched.Switch{a})
		}
	},
	"TestKeeps": func(f *fake, n uint64) {
		f.digest = strconv.FormatUint(f.ran, 10)
		if f.strategy != baseline && n == 20 {
			f.fail("assertion", "m_test.go:6: isolated", n, []sched.Switch{a})
		}
	},
	"TestOnce": func(f *fake, n uint64) {
		once := filepath.Join(f.dir, "once")
		if _, err := os.Stat(once); err != nil && n == 3 {
			must(os.WriteFile(once, nil, 0o600))
			f.fail("assertion", "m_test.go:5: once", n, []sched.Switch{a})
		}
		if f.replays() {
			f.say(`{"event":"diverged","switch":0,"why":"its target could not run"}`)
		}
	},
	"TestUnsteady": func(f *fake, n uint64) { f.digest = strconv.Itoa(os.Getpid()) },
	"TestSocket": func(f *fake, n uint64) {
		if n > 0 {
			f.say(`{"event":"uncontrolled","what":"socket or pipe","site":{"func":"m.dial","file":"/src/m/smtp_test.go","line":18}}`)
			f.done(false)
		}
	},
	"TestRefused": func(f *fake, n uint64) { fmt.Fprintln(os.Stderr, "godmode: no"); os.Exit(125) },
	"TestProgram": func(f *fake, n uint64) { f.runProgram(n) },
	"TestTorn":    func(f *fake, n uint64) { f.say(`{"event":`); os.Exit(0) },
	"TestSilent":  func(f *fake, n uint64) {},
}

// Switches of which the scripts make schedules.
var (
	a = sched.Switch{After: 0xa1, Nth: 2, To: 0xb1}
	b = sched.Switch{After: 0xb1, Nth: 3, To: 0xa1}
	c = sched.Switch{After: 0xc1, Nth: 1, To: 0xa1}
	d = sched.Switch{After: 0xc1, Nth: 4, To: 0xb1}
)

// noise returns a schedule that fails, with switches that do not matter.
func noise(n uint64) []sched.Switch {
	return []sched.Switch{c, a, {After: 0xd1, Nth: int(n), To: 0xa1}, b, d}
}

const raceReport = `==================
WARNING: DATA RACE
Write at 0x00c000010000 by goroutine 8:
  example.com/m.write()
      /src/m/m.go:20 +0x1

Previous read at 0x00c000010000 by goroutine 7:
  example.com/m.read()
      /src/m/m.go:30 +0x1
==================
`

// playScript does what a request wants and ends the process.
func playScript(path, dir string) {
	f := &fake{dir: dir, events: os.NewFile(3, "events"), raced: filepath.Base(os.Args[0]) == "race.test", digest: "d", decisions: 4, points: 9, stride: 1}
	text, err := os.ReadFile(path)
	must(err)
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		f.set(key, value)
	}
	f.trace, err = os.OpenFile(os.Getenv(traceVariable), os.O_RDWR, 0)
	must(err)
	if f.test == "TestSilent" {
		os.Exit(0)
	}
	f.say(fmt.Sprintf(`{"event":"hello","go":%q,"race":%v,"points":true}`, runtime.Version(), f.raced))
	for range f.count {
		n := f.from + f.ran*f.stride
		f.ran++
		scripts[f.test](f, n)
	}
	f.done(false)
}

func (f *fake) set(key, value string) {
	number := func() uint64 {
		n, err := strconv.ParseUint(value, 0, 64)
		must(err)
		return n
	}
	switch key {
	case "mode":
		f.mode = value
	case "test":
		f.test = value
	case "strategy":
		f.strategy = value
	case "seed":
		f.seed = number()
	case "from":
		f.from = number()
	case "count":
		f.count = number()
	case "stride":
		f.stride = number()
	case "program":
		f.program = number()
	case "every":
		f.every = number()
	case "of":
		f.of = value
	case "step":
		f.steps = append(f.steps, value)
	case "switch":
		var s sched.Switch
		_, err := fmt.Sscanf(value, "%x %d %x", &s.After, &s.Nth, &s.To)
		must(err)
		f.switches = append(f.switches, s)
	}
}

func (f *fake) replays() bool { return f.mode == "replay" }

func (f *fake) has(s sched.Switch) bool {
	for _, g := range f.switches {
		if g == s {
			return true
		}
	}
	return false
}

func (f *fake) say(line string) {
	_, err := f.events.WriteString(line + "\n")
	must(err)
}

// begin writes down a schedule that may kill this process.
func (f *fake) begin(n uint64, switches []sched.Switch) {
	if f.replays() {
		switches = f.switches
	}
	words := []uint64{traceMagic, n, 0x5eed + n, 0, uint64(len(switches))}
	for _, s := range switches {
		words = append(words, s.After, uint64(s.Nth), s.To)
	}
	data := make([]byte, 0, 8*len(words))
	for _, w := range words {
		data = binary.LittleEndian.AppendUint64(data, w)
	}
	_, err := f.trace.WriteAt(data, 0)
	must(err)
}

// fail reports that a schedule failed and ends.
func (f *fake) fail(kind, message string, n uint64, switches []sched.Switch) {
	if f.replays() {
		switches = f.switches
	} else if f.strategy == baseline {
		switches = nil
	}
	var list []string
	for _, s := range switches {
		list = append(list, fmt.Sprintf(`["%x",%d,"%x"]`, s.After, s.Nth, s.To))
	}
	f.say(fmt.Sprintf(`{"event":"failure","failure":%q,"message":%q,"schedule":%d,"strategy":%q,"seed":"0x5eed","switches":[%s],"steps":9,"execution":%s}`,
		kind, message, n, f.strategy, strings.Join(list, ","), execution(kind)))
	f.done(false)
}

// execution is the record of a failure: two goroutines that take two locks in opposite orders.
func execution(kind string) string {
	if kind != "deadlock" {
		return `{"threads":[{"id":0,"parent":-1,"key":"a1","func":"m.TestX"}],"steps":[{"thread":0,"kind":"Read","object":0,"site":{"func":"m.TestX","file":"/src/m/m.go","line":7}}]}`
	}
	step := func(thread int, object int, line int, more string) string {
		return fmt.Sprintf(`{"thread":%d,"kind":"Lock","object":%d,"site":{"func":"example.com/m.f%d","file":"/src/m/m.go","line":%d}%s}`, thread, object, thread, line, more)
	}
	wait := func(thread, object, holder, line int) string {
		return fmt.Sprintf(`{"thread":%d,"reason":"sync.Mutex.Lock","object":%d,"holder":%d,"stack":[{"func":"example.com/m.f%d","file":"/src/m/m.go","line":%d}]}`,
			thread, object, holder, thread, line)
	}
	return `{"threads":[{"id":0,"parent":-1,"key":"a1","func":"example.com/m.f0"},{"id":1,"parent":0,"key":"b1","func":"example.com/m.f1"}],` +
		`"objects":[{"id":0,"type":"sync.Mutex"},{"id":1,"type":"sync.Mutex"}],"steps":[` +
		strings.Join([]string{step(0, 0, 5, ""), step(1, 1, 8, `,"forced":true`), step(1, 0, 9, `,"blocked":true`), step(0, 1, 6, `,"blocked":true`)}, ",") +
		`],"waiting":[` + wait(0, 1, 1, 6) + "," + wait(1, 0, 0, 9) + `]}`
}

// exhaustAt ends after so many schedules with the claim that there are no more.
func (f *fake) exhaustAt(n, last uint64) {
	if n == last && f.strategy != baseline {
		f.done(true)
	}
}

// fakeClasses are what every process says it has seen: two classes, each once. The more processes say so, the less is left to be seen.
const fakeClasses = "0 2 0000000000000010" + "1" + "0000000000000020" + "1"

// done ends the process as a child does.
func (f *fake) done(exhausted bool) {
	f.say(fmt.Sprintf(`{"event":"done","schedules":%d,"decisions":%d,"points":%d,"exhausted":%v,"classes":%q,"digest":%q,"last":%[6]q,"chance":%[7]d}`,
		f.ran, f.ran*uint64(f.decisions), f.ran*uint64(f.points), exhausted, fakeClasses, f.digest, f.chance))
	os.Exit(0)
}

// must ends a child whose script is wrong.
func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
}
