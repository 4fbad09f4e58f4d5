package soak

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// A bench folds records without a file or a process.
type bench struct {
	*testing.T
	*state
}

// newBench begins a soak of pairs a, b and c under check.
func newBench(t *testing.T) *bench {
	b := &bench{t, &state{}}
	i := &identity{Version: journalVersion, Seed: 5, Limit: 2}
	for _, name := range []string{"a", "b", "c"} {
		i.Pairs = append(i.Pairs, Pair{name, harness.Check})
	}
	b.add(&record{Kind: recSoak, Soak: i})
	b.add(&record{Kind: recOpen, Open: &budget{Rounds: 1000}})
	return b
}

// add folds a record that must fit.
func (b *bench) add(r *record) {
	b.Helper()
	if err := b.fold(r); err != nil {
		b.Fatalf("%s: %v", r.Kind, err)
	}
}

// beginNext begins the round that comes next.
func (b *bench) beginNext() *begin {
	b.Helper()
	n, next, done := b.next()
	if done != "" {
		b.Fatal(done)
	}
	b.add(&record{Kind: recBegin, Round: n, Begin: next})
	return next
}

// end ends the round with failures of the given signatures, or without any.
func (b *bench) end(signatures ...string) {
	b.Helper()
	e := &summary{Status: report.Held, Histories: 10}
	for _, s := range signatures {
		e.Status = report.Violated
		e.saw(s, 1)
		b.add(&record{Kind: recFailure, Round: b.round, Failure: &Example{Status: report.Violated, Signature: s, Count: 1}})
	}
	b.add(&record{Kind: recEnd, Round: b.round, End: e})
}

// die notes a death and a new process.
func (b *bench) die(words string) {
	b.Helper()
	b.add(&record{Kind: recDied, Round: b.round, Died: &death{LastWords: words, Late: !b.open}})
	b.add(&record{Kind: recOpen, Open: &budget{Rounds: 1000}})
}

func TestEveryCycleHasEveryPair(t *testing.T) {
	b := newBench(t)
	orders := map[string]bool{}
	for range 30 {
		var cycle []string
		for range 3 {
			cycle = append(cycle, b.beginNext().Target)
			b.end()
		}
		orders[strings.Join(cycle, "")] = true
		if slices.Sort(cycle); !slices.Equal(cycle, []string{"a", "b", "c"}) {
			t.Fatalf("cycle %v", cycle)
		}
	}
	if len(orders) != 6 {
		t.Errorf("%d of 6 orders in 30 cycles", len(orders))
	}
}

func TestSeedsOfRoundsDiffer(t *testing.T) {
	b, seen := newBench(t), map[report.Seed]bool{}
	for range 300 {
		seen[b.beginNext().Seed] = true
		b.end()
	}
	if len(seen) != 300 {
		t.Errorf("%d seeds in 300 rounds", len(seen))
	}
}

func TestNextChangesNothing(t *testing.T) {
	b := newBench(t)
	for range 50 {
		n, x, _ := b.next()
		m, y, _ := b.next()
		if n != m || *x != *y {
			t.Fatalf("%d %v, then %d %v", n, x, m, y)
		}
		b.beginNext()
		b.end()
	}
}

func TestWhatIsKnownGetsAQuarter(t *testing.T) {
	b, count := newBench(t), map[string]int{}
	for range 300 {
		switch x := b.beginNext(); {
		case x.Target == "a":
			b.end("always")
			count["a"]++
		default:
			b.end()
			count[x.Target]++
		}
	}
	if f := float64(count["a"]) / float64(count["b"]); f < 0.2 || f > 0.3 {
		t.Errorf("rounds %v", count)
	}
}

func TestATargetWithANewFailureIsRunAgain(t *testing.T) {
	b, count := newBench(t), 0
	for n := range 300 {
		if b.beginNext().Target == "a" {
			count++
			b.end("failure " + string(rune('A'+n%100)))
			continue
		}
		b.end()
	}
	if count < 99 {
		t.Errorf("a target that shows new failures got %d of 300 rounds", count)
	}
}

// until runs rounds that hold until the pair's turn comes, and begins its round.
func (b *bench) until(p Pair) *begin {
	b.Helper()
	for {
		x := b.beginNext()
		if x.Pair == p {
			return x
		}
		b.end()
	}
}

// suspectFirst lets the process die twice in the first round, and returns that round.
func (b *bench) suspectFirst() (first *begin, pair int) {
	b.Helper()
	first = b.beginNext()
	b.die("")
	again := b.beginNext()
	if again.Pair != first.Pair || again.Seed != first.Seed || again.Attempt != 2 {
		b.Fatalf("first %+v, again %+v", first, again)
	}
	b.die("")
	return first, slices.Index(b.Pairs, first.Pair)
}

func TestASecondDeathWithoutWordsSkipsTheRound(t *testing.T) {
	b := newBench(t)
	first, pair := b.suspectFirst()
	if b.open || b.rounds != 0 {
		t.Fatalf("open %v, %d rounds", b.open, b.rounds)
	}
	if next := b.beginNext(); next.Pair == first.Pair {
		t.Fatal("not skipped")
	}
	b.end()
	all := b.all()
	if len(all) != 1 {
		t.Fatalf("%d failures", len(all))
	}
	x := all[0].first
	if x.Kind != kindCrash || x.Status != report.Inconclusive || x.Seed != first.Seed || x.Round != 1 {
		t.Errorf("%+v", x)
	}
	if s, why := b.pairStatus(pair); s != report.Inconclusive || why != x.Message {
		t.Errorf("%v %q", s, why)
	}
}

func TestASuspectRoundIsForgivenIfItEnds(t *testing.T) {
	b := newBench(t)
	first, pair := b.suspectFirst()
	if again := b.until(first.Pair); again.Seed != first.Seed || again.Attempt != 1 {
		t.Fatalf("%+v, want the seed %v", again, first.Seed)
	}
	b.end()
	if s, why := b.pairStatus(pair); s != report.Held || len(b.all()) != 0 {
		t.Errorf("%v %q, %d failures", s, why, len(b.all()))
	}
	if next := b.until(first.Pair); next.Seed == first.Seed || b.pairs[pair].begun != 2 {
		t.Errorf("the seed is used again: %+v", next)
	}
}

func TestASuspectRoundThatDiesAgainIsACrash(t *testing.T) {
	b := newBench(t)
	first, pair := b.suspectFirst()
	for range 2 {
		b.until(first.Pair)
		b.die("")
	}
	all := b.all()
	if s, _ := b.pairStatus(pair); s != report.Violated || len(all) != 1 || all[0].first.Kind != kindCrash || all[0].first.Seed != first.Seed {
		t.Errorf("%v, %+v", s, all)
	}
	if next := b.until(first.Pair); next.Seed == first.Seed {
		t.Error("the seed is used again")
	}
}

func TestWhatASuspectRoundSawIsKept(t *testing.T) {
	b := newBench(t)
	b.beginNext()
	b.add(&record{Kind: recFailure, Round: 1, Failure: &Example{Status: report.Violated, Signature: "seen", Count: 1}})
	pair := b.pairIndex()
	b.die("")
	b.beginNext()
	b.die("")
	b.beginNext()
	b.end()
	if got := b.find(pair, "seen"); got == nil || got.rounds != 1 || len(b.buckets) != 1 {
		t.Errorf("buckets %+v", b.buckets)
	}
}

func TestDeathsInDifferentRoundsAccuseNobody(t *testing.T) {
	b := newBench(t)
	for range 40 {
		b.beginNext()
		b.die("")
		b.beginNext()
		b.end()
	}
	if len(b.buckets) != 0 || b.deaths != 40 || b.rounds != 40 {
		t.Errorf("%d buckets, %d deaths, %d rounds", len(b.buckets), b.deaths, b.rounds)
	}
}

func TestAnInterruptionForgivesADeath(t *testing.T) {
	b := newBench(t)
	b.beginNext()
	b.die("")
	b.beginNext()
	b.add(&record{Kind: recInterrupted, Round: b.round})
	b.beginNext()
	b.die("")
	if b.rounds != 0 || len(b.buckets) != 0 {
		t.Errorf("%d rounds, %d buckets", b.rounds, len(b.buckets))
	}
}

func TestLastWordsAreProof(t *testing.T) {
	b := newBench(t)
	b.beginNext()
	b.die("panic: index out of range [7] with length 7\n\ngoroutine 9 [running]:\nexample.com/ring.(*Ring).put(0xc000)\n\t/x/ring.go:31 +0x1d\n")
	if len(b.buckets) != 1 || b.open {
		t.Fatalf("%d buckets, open %v", len(b.buckets), b.open)
	}
	x := b.buckets[0].first
	if x.Status != report.Violated || !strings.Contains(x.Signature, "ring.go:31") || strings.Contains(x.Signature, "0xc000") {
		t.Errorf("%+v", x)
	}
	b.beginNext()
	b.end()
	b.die("fatal error: concurrent map writes\n")
	if len(b.buckets) != 2 || b.rounds != 2 {
		t.Errorf("a late death: %d buckets, %d rounds", len(b.buckets), b.rounds)
	}
}

func TestCrashesEnd(t *testing.T) {
	b, n := newBench(t), 0
	for ; n < 100; n++ {
		if _, _, done := b.next(); done != "" {
			if done != stopDropped {
				t.Error(done)
			}
			break
		}
		b.beginNext()
		b.die("panic: always\n")
	}
	if n != 3*maxCrashes {
		t.Errorf("%d crashes of 3 pairs", n)
	}
}

func TestRecordsOutOfOrder(t *testing.T) {
	for name, r := range map[string]*record{
		"second identity":   {Kind: recSoak, Soak: &identity{Version: 1}},
		"end without begin": {Kind: recEnd, Round: 1, End: &summary{}},
		"early death":       {Kind: recDied, Round: 1, Died: &death{}},
		"foreign round":     {Kind: recBegin, Round: 1, Begin: &begin{Pair: Pair{"z", harness.Check}, Attempt: 1}},
		"later round":       {Kind: recBegin, Round: 2, Begin: &begin{Pair: Pair{"a", harness.Check}, Attempt: 1}},
	} {
		if err := newBench(t).fold(r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := (&state{}).fold(&record{Kind: recOpen, Open: &budget{}}); err == nil {
		t.Error("no identity: no error")
	}
}

// sampleJournal is the journal of a short soak.
func sampleJournal(t testing.TB, rounds int) []byte {
	t.Helper()
	dir := t.TempDir()
	if _, err := run(t.Context(), controlledConfig(dir, rounds), scripted); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestTornJournals cuts a journal behind every byte. What is whole must be understood, and nothing else.
func TestTornJournals(t *testing.T) {
	data := sampleJournal(t, 2)
	for cut := range len(data) + 1 {
		s, size, err := replay(data[:cut])
		if err != nil {
			t.Fatalf("cut behind byte %d: %v", cut, err)
		}
		if want := bytes.LastIndexByte(data[:cut], '\n') + 1; size != want {
			t.Fatalf("cut behind byte %d: %d bytes are whole, want %d", cut, size, want)
		}
		if n := bytes.Count(data[:cut], []byte(`"rec":"end"`)); s.rounds > n || s.rounds < n-1 {
			t.Fatalf("cut behind byte %d: %d rounds of %d", cut, s.rounds, n)
		}
	}
}

func TestTornLinesWithAnEnd(t *testing.T) {
	data := sampleJournal(t, 3)
	for _, tail := range []string{"\x00\x00\x00\x00", "\x00\x00\n", `{"rec":"beg` + "\n", `{"rec":"end","at_ns":0,"round":3}` + "\n"} {
		if _, size, err := replay(append(slices.Clone(data), tail...)); err != nil || size != len(data) {
			t.Errorf("tail %q: %d of %d, %v", tail, size, len(data), err)
		}
	}
}

func TestDamagedJournals(t *testing.T) {
	data := sampleJournal(t, 3)
	all := bytes.SplitAfter(data, []byte("\n"))
	first, rest := all[0], bytes.Join(all[1:], nil)
	for name, c := range map[string]struct {
		data   []byte
		reason error
	}{
		"foreign":      {[]byte("hello\n"), ErrCorrupt},
		"foreign JSON": {[]byte("{}\n{}\n"), ErrCorrupt},
		"future":       {bytes.Replace(data, []byte(`"version":1`), []byte(`"version":99`), 1), ErrVersion},
		"a line less":  {bytes.Join([][]byte{first, all[1], all[3], all[4]}, nil), ErrCorrupt},
		"a line twice": {bytes.Join([][]byte{first, first, rest}, nil), ErrCorrupt},
		"garbage":      {bytes.Join([][]byte{first, []byte("x\n"), rest}, nil), ErrCorrupt},
		"another seed": {bytes.Replace(data, []byte(`"seed":"0x7"`), []byte(`"seed":"0x8"`), 1), ErrCorrupt},
	} {
		_, _, err := replay(c.data)
		if !errors.Is(err, c.reason) {
			t.Errorf("%s: %v, want %v", name, err, c.reason)
		}
	}
}

func FuzzReplay(f *testing.F) {
	data := sampleJournal(f, 3)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte(`{"rec":"soak","soak":{"version":1,"pairs":[{"target":"a","engine":"check"}]}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, size, err := replay(data)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of several lines: %q", err)
			}
			return
		}
		if size > len(data) {
			t.Errorf("%d of %d bytes", size, len(data))
		}
		if s.Version != 0 {
			s.report(&Config{Targets: []*harness.Target{good()}}, nil, "").Text()
		}
	})
}
