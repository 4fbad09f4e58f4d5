package report

import (
	"strings"
	"testing"
	"time"
)

// A stage is a live line with a clock that a test moves.
type stage struct {
	*Live
	out strings.Builder
	now time.Time
}

func newStage(width int, terminal bool) *stage {
	s := &stage{now: morning}
	s.Live = NewLive(&s.out, width, terminal, func() time.Time { return s.now })
	s.Emit(Event{Kind: Start, Engine: "stress", Package: "lockfree", Targets: []string{"treiber-stack", "ring"}, Budget: 30 * time.Second})
	return s
}

// pass lets time go by in ticks of 50 ms, and returns what was written.
func (s *stage) pass(d time.Duration) string {
	before := s.out.Len()
	for end := s.now.Add(d); s.now.Before(end); {
		s.now = s.now.Add(50 * time.Millisecond)
		s.Tick()
	}
	return s.out.String()[before:]
}

const erase = "\r\x1b[K"

func TestLiveLine(t *testing.T) {
	s := newStage(100, true)
	s.Emit(Event{Kind: Run, Target: "treiber-stack"})
	s.Emit(Event{Kind: Progress, Target: "treiber-stack", Histories: 12_300, Operations: 1_100_000})
	if got, want := s.pass(50*time.Millisecond), erase+"stress   lockfree   0 of 2   treiber-stack   12 300 histories, 1.1 M ops   0s of 30s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	before := s.out.Len()
	s.Emit(Event{Kind: Verdict, Target: "treiber-stack", Status: Violated, Histories: 13_000, Operations: 1_200_000})
	if got := s.out.String()[before:]; got != erase {
		t.Errorf("a verdict wrote %q; want the line cleared", got)
	}
	s.Emit(Event{Kind: Run, Target: "ring"})
	s.Emit(Event{Kind: Run, Target: "ring", Bug: "late"})
	if got, want := s.pass(100*time.Millisecond), erase+"stress   lockfree   1 of 2   1 FAIL   ring +1   13 000 histories, 1.2 M ops   0s of 30s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := s.Close(); err != nil || !strings.HasSuffix(s.out.String(), erase) {
		t.Errorf("%v; the line is left: %q", err, s.out.String())
	}
	if got := s.pass(time.Minute); got != "" {
		t.Errorf("after the end: %q", got)
	}
}

// TestLiveRate counts the draws of a second, with many more events and ticks than that.
func TestLiveRate(t *testing.T) {
	s := newStage(80, true)
	s.Emit(Event{Kind: Run, Target: "ring"})
	s.pass(time.Second)
	before := strings.Count(s.out.String(), erase)
	for i := range 1000 {
		s.Emit(Event{Kind: Progress, Target: "ring", Histories: int64(i)})
		s.now = s.now.Add(time.Millisecond)
		s.Tick()
	}
	if n := strings.Count(s.out.String(), erase) - before; n < 9 || n > 10 {
		t.Errorf("%d draws in a second, want 10 at most", n)
	}
}

func TestLiveWidth(t *testing.T) {
	s := newStage(20, true)
	s.Emit(Event{Kind: Run, Target: "größe"})
	if got := strings.TrimPrefix(s.pass(100*time.Millisecond), erase); len([]rune(got)) != 19 {
		t.Errorf("%q has not 19 columns", got)
	}
	if l := NewLive(&s.out, 0, true, func() time.Time { return s.now }); l.width != 80 {
		t.Errorf("width %d", l.width)
	}
}

// TestLiveIsOneLine makes sure that neither a line nor an escape of a target gets through.
func TestLiveIsOneLine(t *testing.T) {
	s := newStage(80, true)
	s.Emit(Event{Kind: Run, Target: "a\nb\x1b[2Jc"})
	if got := s.pass(100 * time.Millisecond); strings.Contains(got, "\n") || strings.Count(got, "\x1b") != 1 {
		t.Errorf("got %q", got)
	}
}

func TestHeartbeat(t *testing.T) {
	s := newStage(80, false)
	s.Emit(Event{Kind: Run, Target: "ring"})
	var got string
	for i := range 70 {
		s.Emit(Event{Kind: Progress, Target: "ring", Schedules: int64(i + 1)})
		got += s.pass(time.Second)
	}
	want := "stress   lockfree   0 of 2   ring   30 schedules   30s of 30s\nstress   lockfree   0 of 2   ring   60 schedules   60s of 30s\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := s.Close(); err != nil || strings.Contains(s.out.String(), "\x1b") {
		t.Errorf("%v; escapes without a terminal: %q", err, s.out.String())
	}
}

// TestSlow stops a target: it must be named after 10, 20 and 40 seconds, until it moves. Progress that says the same again is none.
func TestSlow(t *testing.T) {
	s := newStage(80, true)
	s.Emit(Event{Kind: Run, Target: "ring"})
	var lines []string
	second := func(histories int64) {
		s.Emit(Event{Kind: Progress, Target: "ring", Histories: histories})
		for l := range strings.Lines(s.pass(time.Second)) {
			if i := strings.Index(l, "slow"); i >= 0 {
				lines = append(lines, strings.TrimSpace(l[i:]))
			}
		}
	}
	for i := range 5 {
		second(int64(i))
	}
	for range 45 {
		second(4)
	}
	second(5)
	for range 12 {
		second(5)
	}
	want := []string{
		"slow     ring               no progress for 10s; runs for 14s",
		"slow     ring               no progress for 20s; runs for 24s",
		"slow     ring               no progress for 40s; runs for 44s",
		"slow     ring               no progress for 10s; runs for 60s",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// TestSlowDoing: a run event that says what it does is named with that.
func TestSlowDoing(t *testing.T) {
	s := newStage(80, false)
	s.Emit(Event{Kind: Run, Package: "./...", Message: "building the standard library"})
	if got, want := s.pass(11*time.Second), "slow     ./...              building the standard library; runs for 10s\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSlowEvents: what happens to a target is progress too, and a target that is done is not slow.
func TestSlowEvents(t *testing.T) {
	s := newStage(80, false)
	s.Emit(Event{Kind: Run, Target: "ring"})
	for _, k := range []Kind{Shrink, Fault, Violation} {
		got := s.pass(9 * time.Second)
		s.Emit(Event{Kind: k, Target: "ring"})
		if strings.Contains(got, "slow") {
			t.Errorf("before %s: %q", k, got)
		}
	}
	s.Emit(Event{Kind: Verdict, Target: "ring", Status: Held})
	if got := s.pass(25 * time.Second); strings.Contains(got, "slow") {
		t.Errorf("after the verdict: %q", got)
	}
}

// TestPackageIsForgotten: the work on a package ends with the first word of its targets.
func TestPackageIsForgotten(t *testing.T) {
	s := newStage(80, true)
	s.Emit(Event{Kind: Run, Package: "lockfree"})
	if got := s.pass(100 * time.Millisecond); !strings.Contains(got, "0 of 2   lockfree") {
		t.Errorf("got %q", got)
	}
	s.Emit(Event{Kind: Run, Package: "lockfree", Target: "ring"})
	if got := s.State(); strings.Count(got, "runs for") != 1 || !strings.Contains(got, "ring") {
		t.Errorf("got %q", got)
	}
}

func TestState(t *testing.T) {
	s := newStage(80, true)
	s.Emit(Event{Kind: Run, Target: "treiber-stack"})
	s.pass(2 * time.Second)
	s.Emit(Event{Kind: Run, Target: "ring"})
	s.Emit(Event{Kind: Progress, Target: "ring", Histories: 3})
	s.pass(time.Second)
	want := `stress   lockfree   0 of 2   treiber-stack +1   3 histories   3s of 30s
  treiber-stack      runs for 3.0s, last progress 3.0s ago
  ring               runs for 1.0s, last progress 1.0s ago, 3 histories
`
	if got := s.State(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLiveAndText share a terminal: the line must be gone whenever a line of text is written.
func TestLiveAndText(t *testing.T) {
	var screen strings.Builder
	now := morning
	clock := func() time.Time { return now }
	m := NewMulti(clock, NewLive(&screen, 80, true, clock), NewText(&screen, TextOptions{}))
	for _, e := range append(append([]Event{}, roughRun...), failedRun...) {
		m.Emit(e)
		now = now.Add(200 * time.Millisecond)
		m.Tick()
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	var plain strings.Builder
	for l := range strings.Lines(screen.String()) {
		if i := strings.LastIndex(l, erase); i >= 0 {
			l = l[i+len(erase):]
		}
		plain.WriteString(l)
	}
	if want := text(t, append(append([]Event{}, roughRun...), failedRun...), TextOptions{}); plain.String() != want {
		t.Errorf("on the screen:\n%s\nwant\n%s", plain.String(), want)
	}
}
