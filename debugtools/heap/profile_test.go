package heap_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/heap"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/google/pprof/profile"
)

// rate is the sampling rate of made-up profiles, that of the runtime by default.
const rate = 512 << 10

// A use is what a made-up program has allocated at one place.
type use struct {
	fn         string
	size       int64
	live, dead int64
	sampled    int64
}

// sample draws which objects the runtime would have sampled: how many it passes over in between has a geometric distribution.
func (u *use) sample(r *rand.Rand) *use {
	missed := -float64(u.size) / rate // logarithm of the probability that an object is not sampled
	for i := int64(0); ; i++ {
		i += int64(math.Log(1-r.Float64()) / missed)
		if i >= u.live {
			return u
		}
		u.sampled++
	}
}

// written returns a profile as the runtime would write it: samples scaled up.
func written(t testing.TB, uses ...*use) []byte {
	t.Helper()
	p := &profile.Profile{PeriodType: &profile.ValueType{Type: "space", Unit: "bytes"}, Period: rate}
	for _, name := range []string{"alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes"} {
		kind, unit, _ := strings.Cut(name, "/")
		p.SampleType = append(p.SampleType, &profile.ValueType{Type: kind, Unit: unit})
	}
	for i, u := range uses {
		f := &profile.Function{ID: uint64(i + 1), Name: u.fn, Filename: "/src/app/" + u.fn + ".go"}
		l := &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: f, Line: 7}}}
		scale := 1 / -math.Expm1(-float64(u.size)/rate)
		n := int64(float64(u.sampled) * scale)
		bytes := int64(float64(u.sampled*u.size) * scale)
		p.Function, p.Location = append(p.Function, f), append(p.Location, l)
		p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{l}, Value: []int64{n + u.dead, bytes + u.dead*u.size, n, bytes}})
	}
	var b bytes.Buffer
	if err := p.WriteUncompressed(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parsed reads a profile.
func parsed(t testing.TB, b []byte) *heap.Profile {
	t.Helper()
	p, err := heap.ReadProfile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSamplingError lets 2 000 pairs of profiles of programs without growth differ by sampling alone: no more than one in a hundred may be called
// more than noise. Of those that have grown by 16 MB in small objects, almost all must be.
func TestSamplingError(t *testing.T) {
	repeat.Once(t)
	r := rand.New(rand.NewPCG(1, 2))
	alarms, found, rounds := 0, 0, 2000
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		size := int64(16) << r.IntN(12)
		live := (1 + r.Int64N(8<<20)) / size
		before := parsed(t, written(t, (&use{fn: "main.f", size: size, live: live}).sample(r)))
		same := parsed(t, written(t, (&use{fn: "main.f", size: size, live: live, dead: 1 << 30}).sample(r)))
		more := parsed(t, written(t, (&use{fn: "main.f", size: 1 << 15, live: 1 << 9, dead: 1 << 30}).sample(r)))
		alarms += loud(t, before, same)
		found += loud(t, parsed(t, written(t, &use{fn: "main.f", size: 1 << 15})), more)
	}
	t.Logf("%d of %d without growth accused, %d of %d with 16 MB found", alarms, rounds, found, rounds)
	if alarms*100 > rounds || found*100 < 95*rounds {
		t.Errorf("%d of %d without growth accused, %d of %d with 16 MB found", alarms, rounds, found, rounds)
	}
}

// loud counts the places whose difference is called more than noise.
func loud(t *testing.T, before, after *heap.Profile) int {
	grown, err := heap.DiffProfiles(before, after)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range grown {
		if !g.Noise {
			n++
		}
	}
	return n
}

func TestProfilesThatCannotBeCompared(t *testing.T) {
	less, more := parsed(t, written(t, &use{fn: "a", size: 64, dead: 1})), parsed(t, written(t, &use{fn: "a", size: 64, dead: 9}))
	if _, err := heap.DiffProfiles(more, less); !errors.Is(err, heap.ErrOtherProcess) {
		t.Error(err)
	}
	other := *more
	other.Rate = 1
	if _, err := heap.DiffProfiles(less, &other); !errors.Is(err, heap.ErrRates) {
		t.Error(err)
	}
	for _, text := range []string{"", "heap profile: 1: 2 [3: 4] @ heap/1048576\n1: 2 [3: 4] @ 0x1 0x2\n", "go1.7 heap dump\n", "\x1f\x8b nonsense"} {
		if p, err := heap.ReadProfile(strings.NewReader(text)); !errors.Is(err, heap.ErrProfile) {
			t.Errorf("%q: %v %v", text, p, err)
		}
	}
}

var kept [][]byte

//go:noinline
func keep(n int) {
	for range n {
		kept = append(kept, make([]byte, 8<<20))
	}
}

//go:noinline
func churn(n int) {
	for range n {
		runtime.KeepAlive(make([]byte, 8<<20))
	}
}

// TestCheckpoints measures this process: 32 MB that are kept, and as much that is not. Objects 16 times as large as the rate are always sampled.
func TestCheckpoints(t *testing.T) {
	t.Cleanup(func() { kept = nil })
	before, err := heap.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	keep(4)
	churn(4)
	after, err := heap.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	grown, err := heap.DiffProfiles(before, after)
	if err != nil {
		t.Fatal(err)
	}
	if g := grown[0]; !strings.Contains(g.Site, "heap_test.keep ") || g.Noise || g.Bytes < 32<<20 || g.Bytes > 33<<20 || g.Kept < 0.9 {
		t.Errorf("grew most: %+v", g)
	}
}

// FuzzReadProfile reads anything.
func FuzzReadProfile(f *testing.F) {
	f.Add(written(f, &use{fn: "main.f", size: 64, sampled: 3}))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := heap.ReadProfile(bytes.NewReader(data))
		if err != nil {
			return
		}
		if _, err := heap.DiffProfiles(p, p); err != nil {
			t.Error(err)
		}
	})
}
