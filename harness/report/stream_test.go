package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

func openNull(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestEveryFieldSurvives sets each field of an event in turn and sends it through JSON.
func TestEveryFieldSurvives(t *testing.T) {
	for i := range reflect.TypeFor[Event]().NumField() {
		e := Event{Time: morning, Kind: Note}
		fill(reflect.ValueOf(&e).Elem().Field(i))
		var b bytes.Buffer
		j := NewJSON(&b)
		j.Emit(Event{Kind: Start})
		j.Emit(e)
		got, err := ReadAll(&b)
		name := reflect.TypeFor[Event]().Field(i).Name
		if name == "Schema" {
			e.Schema = 0 // that is for the first event alone
		}
		if err != nil || len(got) != 2 || !reflect.DeepEqual(got[1], e) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

// fill sets a value to something that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text & <text>")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint64:
		v.SetUint(1 << 63)
	case reflect.Float64:
		v.SetFloat(0.1)
	case reflect.Slice:
		v.Set(reflect.ValueOf([]string{"a", ""}))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			v.Set(reflect.ValueOf(morning.Add(time.Nanosecond)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

func TestExitZeroIsWritten(t *testing.T) {
	data, err := json.Marshal(Event{Exit: new(ExitHeld)})
	if err != nil || !strings.Contains(string(data), `"exit":0`) {
		t.Errorf("%s, %v", data, err)
	}
}

// TestReadmeKnowsEveryField keeps the documentation of the JSON complete.
func TestReadmeKnowsEveryField(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for f := range reflect.TypeFor[Event]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !bytes.Contains(data, []byte("`"+name+"`")) {
			t.Errorf("README.md does not explain %q", name)
		}
	}
	for _, k := range []Kind{Start, Run, Progress, Fault, Violation, Shrink, Note, Verdict, End} {
		if !bytes.Contains(data, []byte("| `"+string(k)+"` ")) {
			t.Errorf("README.md has no row for %q", k)
		}
	}
	for _, s := range statuses {
		if !bytes.Contains(data, []byte("`"+string(s)+"`")) {
			t.Errorf("README.md does not explain %q", s)
		}
	}
	if !bytes.Contains(data, []byte(ExitTable())) {
		t.Error("README.md does not have the table of exit codes")
	}
}

func TestNotANumber(t *testing.T) {
	var b bytes.Buffer
	j := NewJSON(&b)
	e := Event{Kind: Verdict, Open: math.NaN(), Space: math.Inf(1), Rate: &Rate{Estimate: math.NaN(), High: 1}}
	j.Emit(e)
	got, err := ReadAll(&b)
	if err != nil || j.Close() != nil || len(got) != 1 || got[0].Open != 0 || *got[0].Rate != (Rate{High: 1}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if !math.IsNaN(e.Rate.Estimate) {
		t.Error("the event of the caller was changed")
	}
}

func TestDecodeGoesOn(t *testing.T) {
	stream := `{"event":"start","schema":1,"time":"2026-11-23T08:00:00Z","seed":"0x7"}

PASS
  {"event":"weather","wind":{"from":"north"},"target":"x"}
[1,2]
{"event":5}
{"time":"2026-11-23T08:00:00Z"}
{"event":"verdict","status":"held","seed":9,"new_field":[1]}
{"event":"verdict","sta`
	var kinds []string
	for e, err := range Decode(strings.NewReader(stream)) {
		var bad *LineError
		switch {
		case errors.As(err, &bad):
			kinds = append(kinds, bad.Text)
		case err != nil:
			t.Errorf("%v is no LineError", err)
		default:
			kinds = append(kinds, string(e.Kind)+" "+e.Seed.String())
		}
	}
	want := []string{"start 0x7", "PASS", "weather 0x0", "[1,2]", `{"event":5}`, `{"time":"2026-11-23T08:00:00Z"}`, "verdict 0x9", `{"event":"verdict","sta`}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("got %q, want %q", kinds, want)
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		line         int
		text         string
	}{
		{"prose", "\n\nhello\n", 3, `line 3: no JSON object: "hello"`},
		{"no event", "{}\n", 1, `without "event"`},
		{"later", `{"event":"start","schema":2}` + "\n{}\n", 1, "update harness"},
		{"long line", strings.Repeat("x", 5000), 1, `xxx..."`},
		{"cut", `{"event":"start"}` + "\n" + `{"event":"en`, 2, "unexpected end"},
		{"too long", `{"event":"start"}` + "\n" + strings.Repeat(" ", MaxLine+1), 2, "too long"},
		{"bad seed", `{"event":"start","seed":"blue"}`, 1, "0x5eed17"},
	} {
		_, err := ReadAll(strings.NewReader(c.stream))
		var bad *LineError
		if !errors.As(err, &bad) || bad.Line != c.line || !strings.Contains(err.Error(), c.text) || len(err.Error()) > 250 {
			t.Errorf("%s: got %v; want line %d with %q", c.name, err, c.line, c.text)
		}
	}
	if _, err := ReadAll(strings.NewReader(`{"event":"start","schema":2}`)); !errors.Is(err, ErrSchema) {
		t.Errorf("later schema: %v", err)
	}
	if _, err := ReadAll(iotest.ErrReader(os.ErrClosed)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("reader: %v", err)
	}
	n := 0
	for range Decode(strings.NewReader(`{"event":"start","schema":2}` + "\n" + `{"event":"end"}`)) {
		n++
	}
	if n != 1 {
		t.Errorf("%d events and errors of a later schema, want one", n)
	}
}

// FuzzDecode asks that nothing panics, that errors have a line, and that events survive writing and reading.
func FuzzDecode(f *testing.F) {
	for _, events := range scenarios {
		var b bytes.Buffer
		play(f, events, NewJSON(&b))
		f.Add(b.Bytes())
	}
	f.Add([]byte("{\"event\":\"end\",\"exit\":0}\n\nrubbish\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second, shown bytes.Buffer
		sink, text := NewJSON(&first), NewText(&shown, TextOptions{Verbose: true})
		live := NewLive(&shown, 20, true, func() time.Time { return morning })
		junit := NewJUnit("") // nothing is written: there is no Close, and its Emit is not called
		for e, err := range Decode(bytes.NewReader(data)) {
			var bad *LineError
			if err != nil && (!errors.As(err, &bad) || bad.Line < 1) {
				t.Fatalf("bad error %v", err)
			}
			if err == nil {
				sink.Emit(e)
				text.Emit(e)
				live.Emit(e)
				live.Tick()
				if o, ok := junit.ledger.add(e); ok {
					junit.verdict(o)
				}
			}
		}
		again, err := ReadAll(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatalf("cannot read back: %v\n%s", err, first.Bytes())
		}
		sink = NewJSON(&second)
		for _, e := range again {
			sink.Emit(e)
		}
		if twice, err := ReadAll(&second); err != nil || !reflect.DeepEqual(twice, again) {
			t.Fatalf("%v: got\n%+v\nwant\n%+v", err, twice, again)
		}
	})
}

// TestOrder emits from many goroutines: all sinks must see the same order, and each goroutine its own.
func TestOrder(t *testing.T) {
	const goroutines, each = 8, 50
	var lines bytes.Buffer
	var seen recorder
	m := NewMulti(time.Now, &seen, NewJSON(&lines), NewText(&bytes.Buffer{}, TextOptions{}))
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				m.Emit(Event{Kind: Progress, From: g, To: i})
				m.Tick()
			}
		})
	}
	wg.Wait()
	got, err := ReadAll(&lines)
	if err != nil || len(got) != goroutines*each || len(seen) != len(got) {
		t.Fatalf("%d and %d events, %v", len(got), len(seen), err)
	}
	next := map[int]int{}
	for i, e := range got {
		if e.From != seen[i].From || e.To != seen[i].To {
			t.Fatalf("event %d is %+v here and %+v there", i, e, seen[i])
		}
		if e.To != next[e.From] {
			t.Fatalf("goroutine %d: event %d after %d", e.From, e.To, next[e.From]-1)
		}
		next[e.From]++
		if i > 0 && e.Time.Before(got[i-1].Time) {
			t.Fatal("time runs back")
		}
	}
}

// A recorder keeps all events.
type recorder []Event

func (r *recorder) Emit(e Event) { *r = append(*r, e) }

func TestMultiCompletes(t *testing.T) {
	var r recorder
	m := NewMulti(fakeClock(), &r)
	m.Emit(Event{Kind: Note})
	m.Emit(Event{Kind: Start, Engine: "stress", Package: "lockfree"})
	m.Emit(Event{Kind: Verdict, Target: "a", Time: morning.Add(time.Hour)})
	m.Emit(Event{Kind: Verdict, Target: "b", Engine: "race", Package: "other"})
	want := recorder{
		{Kind: Note, Time: morning},
		{Kind: Start, Time: morning.Add(time.Second), Engine: "stress", Package: "lockfree"},
		{Kind: Verdict, Time: morning.Add(time.Hour), Engine: "stress", Package: "lockfree", Target: "a"},
		{Kind: Verdict, Time: morning.Add(2 * time.Second), Engine: "race", Package: "other", Target: "b"},
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("got %+v, want %+v", r, want)
	}
}

// A brokenWriter fails after some bytes.
type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, os.ErrClosed
	}
	return len(p), nil
}

func TestErrorsAreKept(t *testing.T) {
	m := NewMulti(fakeClock(), NewJSON(&brokenWriter{200}), NewText(&brokenWriter{100}, TextOptions{}), NewJUnit("no/such/dir/junit.xml"))
	for _, e := range heldRun {
		m.Emit(e)
	}
	err := m.Close()
	if !errors.Is(err, os.ErrClosed) || !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v; want two errors of writers and one about the file", err)
	}
}

func TestTally(t *testing.T) {
	for name, want := range map[string]struct {
		counts    Counts
		histories int64
		exit      ExitCode
	}{
		"held":    {Counts{Held: 2}, 4310, ExitHeld},
		"failed":  {Counts{Held: 2, Violated: 1, Skipped: 1}, 0, ExitViolated},
		"bugs":    {Counts{Caught: 1, Missed: 1}, 957, ExitViolated},
		"rough":   {Counts{Violated: 2, Inconclusive: 3, Caught: 1, Errors: 1}, 41, ExitViolated},
		"nothing": {Counts{}, 0, ExitInconclusive},
	} {
		var tally Tally
		play(t, scenarios[name], &tally)
		for range 2 {
			got := tally.Summary()
			if got.Kind != End || *got.Counts != want.counts || got.Histories != want.histories || *got.Exit != want.exit {
				t.Errorf("%s: got %+v, %+v, exit %d", name, got, *got.Counts, *got.Exit)
			}
		}
	}
}
