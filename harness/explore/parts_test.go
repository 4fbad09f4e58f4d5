package explore

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// parsedExecution returns the record of the deadlock in the scripts.
func parsedExecution(t *testing.T) *explain.Execution {
	t.Helper()
	var x explain.Execution
	if err := json.Unmarshal([]byte(execution("deadlock")), &x); err != nil {
		t.Fatal(err)
	}
	return &x
}

func TestRequestString(t *testing.T) {
	r := request{replay: true, test: "FuzzX", strategy: "pos", seed: 255, from: 3, count: 1, steps: 9, leaks: true, switches: []sched.Switch{a}}
	want := "mode replay\ntest FuzzX\nkind fuzz\nstrategy pos\nseed 0xff\nfrom 3\ncount 1\nstride 1\nmillis 0\nsteps 9\nleaks on\ntrace off\nproof off\nwarmup off\nswitch a1 2 b1\n"
	if got := r.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestParseTrace(t *testing.T) {
	words := []uint64{traceMagic, 7, 8, 0, 2, 1, 2, 3, 4, 5, 6}
	var data []byte
	for _, w := range words {
		data = binary.LittleEndian.AppendUint64(data, w)
	}
	got, ok := parseTrace(data)
	if !ok || got.number != 7 || got.seed != 8 || len(got.switches) != 2 || got.switches[1] != (sched.Switch{After: 4, Nth: 5, To: 6}) {
		t.Errorf("%+v %v", got, ok)
	}
	binary.LittleEndian.PutUint64(data[32:], 1<<60) // a count that cannot be
	if got, ok := parseTrace(data); !ok || len(got.switches) != 2 || !got.cut {
		t.Errorf("%+v %v", got, ok)
	}
	data[0] = 0
	for _, bad := range [][]byte{nil, data[:39], data} {
		if _, ok := parseTrace(bad); ok {
			t.Errorf("%d bytes were taken", len(bad))
		}
	}
}

func TestTail(t *testing.T) {
	var short, long tail
	short.Write([]byte("all"))
	if got := string(short.bytes()); got != "all" {
		t.Errorf("%q", got)
	}
	for range 5 {
		long.Write(bytes.Repeat([]byte("x"), tailSize))
	}
	long.Write([]byte("end"))
	if got := string(long.bytes()); !strings.HasPrefix(got, "[") || !strings.HasSuffix(got, "xend") || len(got) > 2*tailSize+100 {
		t.Errorf("%d bytes: %.40q", len(got), got)
	}
}

// The division of schedules into chunks covers each once.
func TestChunks(t *testing.T) {
	for _, c := range []struct {
		config     Config
		pkg        Package
		idle       bool
		all, raced int
	}{
		{Config{Schedules: 2000, RaceShare: 0.25, Shards: 1}, Package{Plain: "p", Race: "r"}, false, 2000, 500},
		{Config{Schedules: 2000, RaceShare: 0.25, Shards: 1}, Package{Plain: "p"}, false, 2000, 0},
		{Config{Schedules: 2000, RaceShare: 0.25, Shards: 1}, Package{Race: "r"}, false, 2000, 2000},
		{Config{Schedules: 10, RaceShare: 0.25, Shard: 2, Shards: 3}, Package{Plain: "p", Race: "r"}, false, 3, 1},
		{Config{Schedules: 10, RaceShare: 0.25, Shard: 0, Shards: 3}, Package{Plain: "p", Race: "r"}, false, 4, 1},
		{Config{Schedules: 2, RaceShare: 0.25, Shard: 2, Shards: 3}, Package{Plain: "p", Race: "r"}, false, 0, 0},
		{Config{Schedules: 2000, RaceShare: 0.25, Shards: 1}, Package{Plain: "p", Race: "r"}, true, 16, 4},
	} {
		tr := &trial{config: c.config, pkg: c.pkg, limits: ground{idle: c.idle}}
		next, raced, seen := 0, 0, map[int]bool{}
		for _, k := range tr.chunks() {
			for n := range k.count {
				if seen[k.from+n] {
					t.Errorf("%+v: schedule %d comes twice", c, k.from+n)
				}
				seen[k.from+n] = true
			}
			next += k.count
			if k.race {
				raced += k.count
			}
		}
		if len(seen) != c.all || seen[c.all] || next != c.all || raced != c.raced {
			t.Errorf("%+v: %d schedules, %d with the race detector", c, next, raced)
		}
	}
}

func TestDigest(t *testing.T) {
	x := parsedExecution(t)
	first := digest(x)
	x.Steps[0].Site.Line++
	if second := digest(x); len(first) != 16 || first == second || digest(&explain.Execution{}) != "" {
		t.Errorf("%q %q", first, second)
	}
}

// A divergence says who, where and what was met instead.
func TestDivergenceText(t *testing.T) {
	x := parsedExecution(t)
	c := &casefile.Case{Schedule: decisions([]sched.Switch{a, {After: 0xa1, Nth: 3, To: 0xd1}}, x)}
	x.Steps[3].Site.Line = 12
	for i, want := range []string{
		"switch 1 of 2, after operation 2 of G0 f0 to G1 f1, expected at m.go:6, met m.go:12: why",
		"switch 2 of 2, after operation 3 of G0 f0 to goroutine d1, which is not there, expected at a place that is not known, met no such operation: why",
	} {
		if got := (Divergence{i, "why"}).text(c, x); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
