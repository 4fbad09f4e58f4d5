package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// A recursive function that locks on its way down stops at the line at which it took the lock.
func TestRecursiveLock(t *testing.T) {
	for _, kind := range []string{"sync.Mutex", "sync.RWMutex"} {
		a := analyse(build(t, strings.ReplaceAll(three, "sync.Mutex", kind)+`step 2 Lock 1 p.a@/p/x.go:5
step 2 Lock 1 p.a@/p/x.go:5 blocked
wait 2 -1 -1 sync.Mutex.Lock p.a@/p/x.go:5 p.a@/p/x.go:7
`))
		if a.kind != selfLock || !slices.Equal(a.Core, []int{2}) {
			t.Errorf("%s: kind %d, core %v", kind, a.kind, a.Core)
		}
	}
}

// Each failure is understood for what it is. The fix of each is what makes the same question have another answer, see TestTwins.
func TestAnalyse(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   coreKind
		core   []int
		proved bool
		says   string
	}{
		{"abba", lockCycle, []int{3, 4}, true, "which waits for G3"},
		{"many", lockCycle, []int{3, 4, 5, 6, 7, 8, 9}, true, "over 3 more"},
		{"long", lockCycle, []int{3, 4}, true, "which waits for G3"},
		{"double-lock", selfLock, []int{3}, true, "held itself since more_test.go:15"},
		{"reread", rereadLock, []int{3, 4}, true, "read-locks again at queue.go:68 what it has read-locked at queue.go:62"},
		{"missing-unlock", orphanedLock, []int{5}, true, "never given back"},
		{"hold-wait", mixedCycle, []int{2, 3}, false, "likely"},
		{"missed-signal", lostSignal, []int{4}, false, "waits for a signal"},
		{"leak", noPartner, []int{5}, false, "nobody is left to receive"},
		{"select", noPartner, []int{3}, false, "no case can become ready"},
		{"nil-channel", noPartner, []int{2, 3}, false, "on a nil channel"},
		{"short-group", shortGroup, []int{2}, false, "nobody is left to call Done"},
		{"livelock", noCore, nil, false, "G3 TestSpin.func1 at queue_test.go:98"},
		{"panic-closed", noCore, nil, false, "closed by G4 (queue_test.go:80)"},
		{"race", noCore, nil, false, "data race: read queue.TestRace.func1"},
		{"lost-update", noCore, nil, false, "n = 1, want 2"},
		{"passed", noCore, nil, false, "no failure"},
	} {
		a := analyse(fixture(t, c.name))
		if a.kind != c.kind || !slices.Equal(a.Core, c.core) || a.Proved != c.proved {
			t.Errorf("%s: kind %d, core %v, proved %v", c.name, a.kind, a.Core, a.Proved)
		}
		if !strings.Contains(a.Headline, c.says) {
			t.Errorf("%s: headline %q", c.name, a.Headline)
		}
	}
}

// build makes an execution of a fixture's text.
func build(t *testing.T, text string) *Execution {
	t.Helper()
	e, err := parseFixture(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const three = `test TestX
failure deadlock
thread 1 -1 p.TestX p.TestX@/p/x_test.go:1
thread 2 1 p.a p.TestX@/p/x_test.go:2
thread 3 1 p.b p.TestX@/p/x_test.go:3
object 1 sync.Mutex
object 2 sync.Mutex
`

// A lock that was given back is not held, whoever gave it back, and one that a goroutine got after a wait is.
func TestTwins(t *testing.T) {
	for _, c := range []struct {
		name, steps string
		holder      []int // whom G3 waits for
	}{
		{"held", "step 2 Lock 1 p.a@/p/x.go:5", []int{2}},
		{"given back", "step 2 Lock 1 p.a@/p/x.go:5\nstep 2 Unlock 1 p.a@/p/x.go:6", nil},
		{"given back by another", "step 2 Lock 1 p.a@/p/x.go:5\nstep 1 Unlock 1 p.a@/p/x.go:6", nil},
		{"got after a wait", "step 1 Lock 1 -\nstep 2 Lock 1 p.a@/p/x.go:5 blocked\nstep 1 Unlock 1 -\nstep 2 - -1 -", []int{2}},
		{"woken, not yet", "step 1 Lock 1 -\nstep 2 Lock 1 p.a@/p/x.go:5 blocked\nstep 1 Unlock 1 -\nstep 2 - -1 - blocked", nil},
		{"two readers", "step 1 RLock 1 -\nstep 2 RLock 1 -", []int{1, 2}},
		{"one reader left", "step 1 RLock 1 -\nstep 2 RLock 1 -\nstep 1 Unlock 1 -", []int{2}},
		{"another lock", "step 2 Lock 2 p.a@/p/x.go:5", nil},
		{"a try is no lock", "step 2 TryLock 1 p.a@/p/x.go:5", nil},
	} {
		e := build(t, three+c.steps+"\nstep 3 Lock 1 p.b@/p/x.go:9 blocked\nwait 3 -1 -1 sync.Mutex.Lock p.b@/p/x.go:9\nwait 2 -1 -1 chan_receive p.a@/p/x.go:20\n")
		w := Analyse(e).Waits[0]
		if !slices.Equal(w.For, c.holder) || w.Proved != (len(c.holder) > 0) || w.Object != 1 {
			t.Errorf("%s: %+v", c.name, w)
		}
	}
}

// A reader waits for a writer that waits for another reader: no circle, since that reader does not wait for anybody.
func TestWriterBetweenReaders(t *testing.T) {
	e := build(t, three+`step 1 RLock 1 p.TestX@/p/x.go:4
step 2 Lock 1 p.a@/p/x.go:5 blocked
step 3 RLock 1 p.b@/p/x.go:6 blocked
wait 1 -1 -1 chan_receive p.TestX@/p/x_test.go:9
wait 2 -1 -1 sync.RWMutex.Lock p.a@/p/x.go:5
wait 3 -1 -1 sync.RWMutex.RLock p.b@/p/x.go:6
`)
	a := analyse(e)
	if a.Cycle || a.kind != noPartner || !slices.Equal(a.Core, []int{1}) || !slices.Equal(a.Waits[2].For, []int{2}) {
		t.Errorf("kind %d, core %v, waits %+v", a.kind, a.Core, a.Waits)
	}
}

// A signal before the wait is lost, and is said to be.
func TestSignalBeforeWait(t *testing.T) {
	e := build(t, three+`object 5 sync.Cond
step 3 Signal 5 p.b@/p/x.go:3
step 2 Lock 1 p.a@/p/x.go:5
step 2 CondWait 5 p.a@/p/x.go:6
step 2 Unlock 1 p.a@/p/x.go:6 blocked
wait 2 -1 -1 sync.Cond.Wait p.a@/p/x.go:6
`)
	a := analyse(e)
	if len(a.Remarks) != 1 || !strings.Contains(a.Remarks[0], "came before G2 waited, and woke nobody") {
		t.Errorf("%q", a.Remarks)
	}
	if len(a.holders[1]) != 0 {
		t.Error("Wait did not give the lock back")
	}
}

// The signature names functions, not lines, numbers or steps.
func TestSignatureIsStable(t *testing.T) {
	for _, name := range fixtures(t) {
		e := fixture(t, name)
		want := Signature(e)
		for i := range e.Steps {
			shift(&e.Steps[i].Site)
			for j := range e.Steps[i].Stack {
				shift(&e.Steps[i].Stack[j])
			}
		}
		for i := range e.Waiting {
			for j := range e.Waiting[i].Stack {
				shift(&e.Waiting[i].Stack[j])
			}
		}
		e.Steps = append(slices.Clone(e.Steps[:0:0]), e.Steps...)
		if got := Signature(e); got != want {
			t.Errorf("%s: %q became %q", name, want, got)
		}
		if strings.ContainsAny(strings.TrimPrefix(want, "assertion: "), "0123456789") {
			t.Errorf("%s: %q holds a number", name, want)
		}
	}
}

func shift(s *Site) {
	if s.own() {
		s.Line += 7
	}
}

// Nothing is said about what others did if nobody recorded it.
func TestNothingIsMadeUp(t *testing.T) {
	for _, name := range fixtures(t) {
		e := fixture(t, name)
		e.Steps = nil
		for _, w := range Analyse(e).Waits {
			if strings.Contains(w.Because, "has sent") || strings.Contains(w.Because, "signalled") || strings.Contains(w.Because, "since") {
				t.Errorf("%s: G%d %s", name, w.Thread, w.Because)
			}
		}
	}
}

// Circles are found from either side, so the order of the goroutines does not matter.
func TestSignatureOfTheOtherSchedule(t *testing.T) {
	e := fixture(t, "abba")
	other := fixture(t, "abba")
	swap := map[int]int{3: 4, 4: 3}
	for i := range other.Steps {
		if to, ok := swap[other.Steps[i].Thread]; ok {
			other.Steps[i].Thread = to
		}
	}
	slices.Reverse(other.Waiting)
	if Signature(e) != Signature(other) {
		t.Errorf("%q, %q", Signature(e), Signature(other))
	}
}

func TestSame(t *testing.T) {
	all := fixtures(t)
	for _, one := range all {
		e := fixture(t, one)
		bare := fixture(t, one)
		bare.Steps = nil
		if !Same(e, e) {
			t.Errorf("%s is not itself", one)
		}
		if !Same(e, bare) {
			t.Errorf("%s is not itself without steps", one)
		}
		for _, two := range all {
			f := fixture(t, two)
			if one != two && e.Failure != f.Failure && Same(e, f) {
				t.Errorf("%s and %s are the same", one, two)
			}
		}
	}
	if Same(fixture(t, "abba"), fixture(t, "missed-signal")) || Same(fixture(t, "panic-closed"), fixture(t, "passed")) {
		t.Error("different failures are the same")
	}
}

func TestJSONIsWhole(t *testing.T) {
	var b bytes.Buffer
	e := fixture(t, "abba")
	if err := JSON(&b, e); err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal(b.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Analysis.Headline != Headline(e) || len(r.Execution.Steps) != len(e.Steps) || len(r.Analysis.Waits) != 3 {
		t.Errorf("%+v", r.Analysis)
	}
}

// The page asks for nothing from elsewhere, and what an execution says cannot become markup.
func TestPageIsSafe(t *testing.T) {
	e := fixture(t, "abba")
	e.Message, e.Output, e.Test = "<script>alert(1)</script>", "<img src=http://x>", "<b>"
	e.Threads[1].Func = `p."><script>x`
	e.Steps[3].Note = "<script>"
	var b bytes.Buffer
	if err := HTML(&b, e, Options{}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, bad := range []string{"<script", "<img", "<b>&", "src=", "href=", "url(", "@import", "http"} {
		if strings.Contains(strings.ReplaceAll(page, "&lt;img src=http://x&gt;", ""), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(page, "prefers-color-scheme: dark") || !strings.Contains(page, "&lt;img src=http://x&gt;") {
		t.Error("the page is not what it should be")
	}
}

// sane checks what must hold for every text.
func sane(t *testing.T, text string, width int) {
	t.Helper()
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if i := strings.IndexFunc(l, unicode.IsControl); i >= 0 {
			t.Fatalf("control character in %q", l)
		}
	}
	if !utf8.ValidString(text) {
		t.Fatal("not UTF-8")
	}
}

// Lines of the table keep to the width, at any width.
func TestWidth(t *testing.T) {
	for _, name := range fixtures(t) {
		for _, width := range []int{60, 80, 100, 140} {
			var b bytes.Buffer
			if err := Text(&b, fixture(t, name), Options{Width: width, Source: source}); err != nil {
				t.Fatal(err)
			}
			sane(t, b.String(), width)
			_, table, _ := strings.Cut(b.String(), "    step  ")
			table, _, _ = strings.Cut(table, "    ---- ")
			for l := range strings.Lines(table) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(l, "\n")); n > width {
					t.Errorf("%s at %d: %d characters in %q", name, width, n, l)
				}
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	for _, e := range []*Execution{nil, {}, {Failure: "deadlock"}, {Failure: "leak", Waiting: []Waiting{{}}}, {Failure: "race"}, {Failure: "panic"},
		{Failure: "livelock", Steps: make([]Step, 3)}, {Failure: "what is this"}} {
		all(t, e)
	}
	if got := Headline(&Execution{Failure: "deadlock", Message: "all wait"}); got != "deadlock: all wait" {
		t.Errorf("%q", got)
	}
}

// all renders an execution in every way.
func all(t *testing.T, e *Execution) {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, e, Options{Width: 1}); err != nil {
		t.Fatal(err)
	}
	sane(t, b.String(), 0)
	if err := HTML(io.Discard, e, Options{Source: source}); err != nil {
		t.Fatal(err)
	}
	if err := JSON(io.Discard, e); err != nil {
		t.Fatal(err)
	}
	sane(t, Headline(e)+Signature(e), 0)
	Same(e, e)
}

// A giant is explained in the time that it takes to read it, more or less.
func TestGiant(t *testing.T) {
	e := &Execution{Test: "TestGiant", Failure: "deadlock"}
	n := 2_000
	if testing.Short() {
		n = 300
	}
	kinds := []string{"Lock", "Unlock", "Send", "Receive", "Wait", "Signal", "Go", "", "Read", "RLock", "Add", "nonsense"}
	for i := range n {
		e.Threads = append(e.Threads, Thread{ID: i, Parent: i - 1, Func: "p.f", Site: Site{"p.g", "/p/x.go", i}})
		e.Waiting = append(e.Waiting, Waiting{Thread: i, Reason: []string{"sync.Mutex.Lock", "sync.WaitGroup.Wait", "sync.RWMutex.RLock"}[i%3], Object: i % 7, Holder: (i * 7919) % n})
	}
	for i := range 10 * n {
		e.Steps = append(e.Steps, Step{Thread: (i * 31) % n, Kind: kinds[i*i%len(kinds)], Object: i % 13, Site: Site{"p.f", "/p/x.go", i % 50}, Forced: i%2 == 0, Blocked: i%3 == 0})
	}
	all(t, e)
}

// FuzzExecution explains whatever JSON can hold, and what bytes make of a few goroutines, objects and kinds.
func FuzzExecution(f *testing.F) {
	for _, name := range fixtures(f) {
		if name == "long" {
			continue
		}
		text, err := json.Marshal(fixture(f, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"failure":"leak","steps":[{"thread":-7,"kind":"Lock","object":-3,"forced":true},{"thread":9,"kind":"","blocked":true}],"waiting":[{"thread":3,"holder":3}]}`))
	f.Add([]byte(`{"failure":"deadlock","test":"\u0000\u001b[31m\n","threads":[{"id":1,"parent":1,"func":"a.[[["},{"id":1}],"waiting":[{"thread":1,"reason":"Lock\n"},{"thread":1}]}`))
	f.Add([]byte("\x01\x10\x22\x33\x41\x10\x55\x66\xf7\x88\x90\xaa"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e Execution
		if json.Unmarshal(data, &e) == nil {
			all(t, &e)
		} else if len(data) < 500 {
			all(t, decoded(data))
		}
	})
}

// decoded makes an execution of bytes, two a step.
func decoded(data []byte) *Execution {
	kinds := []string{"", "Read", "Write", "Update", "Lock", "RLock", "TryLock", "Unlock", "Send", "Receive", "Close", "Select", "CondWait", "Signal", "Add", "Wait", "Go", "End"}
	reasons := []string{"", "sync.Mutex.Lock", "sync.RWMutex.RLock", "sync.Cond.Wait", "sync.WaitGroup.Wait", "chan send", "chan receive (nil chan)", "select"}
	failures := []string{"deadlock", "leak", "livelock", "panic", "assertion", "race", ""}
	e := &Execution{Test: "TestF"}
	for i := 0; i+1 < len(data); i += 2 {
		a, b := int(data[i]), int(data[i+1])
		e.Failure = failures[a%len(failures)]
		site := Site{Func: "p.f", File: "/p/x.go", Line: b}
		e.Steps = append(e.Steps, Step{Thread: a % 5, Kind: kinds[b%len(kinds)], Object: b%4 - 1, Site: site, Forced: a&32 != 0, Blocked: a&64 != 0})
		if a&128 != 0 {
			e.Threads = append(e.Threads, Thread{ID: a % 5, Parent: b % 5, Func: "p.g"})
			e.Waiting = append(e.Waiting, Waiting{Thread: b % 5, Reason: reasons[a%len(reasons)], Object: b%4 - 1, Holder: a%6 - 1, Stack: []Site{site}})
		}
	}
	return e
}

// Many who wait alike share a line, and a cross-check of the numbers.
func TestCrowd(t *testing.T) {
	var b strings.Builder
	b.WriteString("test TestX\nfailure leak\nobject 1 chan jobs\n")
	for i := range 30 {
		fmt.Fprintf(&b, "thread %d -1 p.worker p.start@/p/x.go:3\nstep %d Receive 1 p.worker@/p/x.go:9 blocked\nwait %d 1 -1 chan_receive p.worker@/p/x.go:9\n", i, i, i)
	}
	var text bytes.Buffer
	if err := Text(&text, build(t, b.String()), Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"30 goroutines wait forever", "30 x worker  waits at chan receive  x.go:9", "for jobs; nobody else has sent on it or closed it", "; and 29 more"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}

// A process that died left its output only.
func TestOutputOnly(t *testing.T) {
	e := fixture(t, "panic-closed")
	e.Message, e.Steps, e.Threads = "", nil, nil
	if got := Headline(e); got != "panic: send on closed channel in queue.TestPanic.func1 (queue_test.go:79)" {
		t.Errorf("%q", got)
	}
	if got := Signature(e); got != Signature(fixture(t, "panic-closed")) {
		t.Errorf("%q", got)
	}
}

// Every forced switch that matters has its mark, and no step has it that followed none.
func TestForcedSwitchesAreMarked(t *testing.T) {
	for _, name := range []string{"abba", "reread", "many", "long", "lost-update", "panic-closed"} {
		e := fixture(t, name)
		want, got := 0, 0
		for _, s := range e.Steps {
			if s.Forced {
				want++
			}
		}
		table := analyse(e).newTable(newSources(nil), usualWidth, 1000)
		for _, r := range table.rows {
			if r.step >= 0 && table.forced(r.step, table.shown) {
				got++
			}
		}
		if got != want {
			t.Errorf("%s: %d of %d marked", name, got, want)
		}
	}
}

func TestTextIsDeterministic(t *testing.T) {
	for _, name := range fixtures(t) {
		var want string
		for i := range 3 {
			var b bytes.Buffer
			e := fixture(t, name)
			if err := errors.Join(Text(&b, e, Options{Source: source}), HTML(&b, e, Options{Source: source}), JSON(&b, e)); err != nil {
				t.Fatal(err)
			}
			if i > 0 && b.String() != want {
				t.Fatalf("%s differs from time to time", name)
			}
			want = b.String()
		}
	}
}

// Names are those that people recognise.
func TestNames(t *testing.T) {
	for function, want := range map[string]string{
		"mailqueue/queue.(*Queue).Get":                    "Queue.Get",
		"mailqueue/queue.Queue.Get-fm":                    "Queue.Get",
		"mailqueue/queue.TestX.func1.2":                   "TestX.func1.2",
		"mailqueue/queue.TestX.gowrap1":                   "TestX",
		"example.com/a.b/c.(*Map[go.shape.string]).Store": "Map.Store",
		"main.main": "main",
		"nonsense":  "nonsense",
		"a\x1b[31m": "a?",
		"":          "",
	} {
		if got := trimmed(function); got != want {
			t.Errorf("%q: %q, want %q", function, got, want)
		}
	}
	e := build(t, `test TestX
failure deadlock
thread 1 -1 testing.(*T).Run.gowrap1 testing.(*T).Run@/go/src/testing/testing.go:2101
thread 2 1 p.worker p.TestX@/p/x_test.go:2
thread 3 1 p.TestX.gowrap1 p.TestX@/p/x_test.go:3
thread 4 1 sync.(*WaitGroup).Go.func1 sync.(*WaitGroup).Go@/go/src/sync/waitgroup.go:240
thread 5 1 p.TestX.gowrap2 p.TestX@/p/x_test.go:5
step 1 Go -1 p.TestX@/p/x_test.go:2
step 1 Go -1 p.TestX@/p/x_test.go:3
step 1 Go -1 p.TestX@/p/x_test.go:4
step 3 Lock 1 p.deep@/p/x.go:9 p.deep@/p/x.go:9 p.loop@/p/x.go:2 runtime.goexit@/go/src/runtime/asm_amd64.s:1
`)
	if got := Analyse(e).Names; !slices.Equal(got, []string{"test", "worker", "loop", "go x_test.go:4", "go x_test.go:5"}) {
		t.Errorf("%q", got)
	}
}
