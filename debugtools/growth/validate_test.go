package growth

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

var (
	validate = flag.Int("validate", 1, "measure so many fresh processes of each workload, and half as many with each leak")
	// Seeds below 100 were looked at while the rule was written.
	firstSeed = flag.Int("first-seed", 1000, "the seed of the first process")
	update    = flag.Bool("update", false, "write the table into VALIDATION.md (with -validate=68)")
)

// childVar makes this test binary a process in which one measurement runs.
const childVar = "GODMODE_GROWTH_CHILD"

// iterations is the length of a measurement.
const iterations = 300

func TestMain(m *testing.M) {
	if spec := os.Getenv(childVar); spec != "" {
		child(spec)
		return
	}
	os.Exit(m.Run())
}

// child measures a workload and prints the report.
func child(spec string) {
	var w, leak int
	var seed uint64
	if _, err := fmt.Sscan(spec, &w, &leak, &seed); err != nil {
		panic(err)
	}
	r := Measure(iterations, leaking(workloads[w].make(rand.New(rand.NewPCG(seed, 2))), leak))
	r.Sites = nil
	for i := range r.Metrics {
		if m := &r.Metrics[i]; m.unknown() {
			m.Values, m.Trend = nil, Trend{Verdict: Steady}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		panic(err)
	}
}

// A cell counts the verdicts about one workload with one leak.
type cell struct {
	runs, judge, measure, unknown int
	rivals                        []int
	growing                       map[string]int // by metric
}

// add counts a report.
func (c *cell) add(r *Report) {
	c.runs++
	heap := r.Metrics[0].Values[:iterations]
	if Judge(heap, r.Metrics[0].Floor).Verdict == Grows {
		c.judge++
	}
	switch r.Verdict() {
	case Grows:
		c.measure++
	case Inconclusive:
		c.unknown++
	}
	for _, m := range r.Metrics {
		if m.Trend.Verdict == Grows {
			c.growing[m.Name]++
		}
	}
	for i, v := range rivals {
		if v.grows(heap) {
			c.rivals[i]++
		}
	}
}

// measureCell runs processes, two at a time: one with GOMAXPROCS 1, one with 2.
func measureCell(t *testing.T, w, leak, runs int) *cell {
	c := &cell{rivals: make([]int, len(rivals)), growing: map[string]int{}}
	var mu sync.Mutex
	var all sync.WaitGroup
	for half := range 2 {
		all.Go(func() {
			for seed := half; seed < runs; seed += 2 {
				cmd := exec.Command(os.Args[0])
				cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d %d", childVar, w, leak, *firstSeed+seed), fmt.Sprint("GOMAXPROCS=", 1+half))
				out, err := cmd.Output()
				var r Report
				if err == nil {
					err = json.Unmarshal(out, &r)
				}
				mu.Lock()
				if err != nil {
					t.Errorf("%s with %d B: %v", workloads[w].name, leak, err)
				} else {
					c.add(&r)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return c
}

// TestValidation measures how often the verdict errs, on real processes: each run is a new one, because a process warms up only once. The table in
// VALIDATION.md comes from
//
//	go test ./debugtools/growth -run TestValidation -validate 68 -update -timeout 60m
func TestValidation(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("starts processes")
	}
	var table bytes.Buffer
	clean, alarms := 0, 0
	leaks := []int{0, 256}
	if *validate > 1 {
		leaks = []int{0, 64, 256, 1024}
	}
	for _, leak := range leaks {
		runs := *validate
		if leak > 0 {
			runs = (runs + 1) / 2
		}
		for w := range workloads {
			c := measureCell(t, w, leak, runs)
			c.row(&table, workloads[w].name, leak)
			if leak == 0 {
				clean, alarms = clean+c.runs, alarms+c.measure
			}
			if leak >= 256 && float64(c.measure) < 0.95*float64(c.runs) {
				t.Errorf("%s with %d B a call: found in %d of %d", workloads[w].name, leak, c.measure, c.runs)
			}
		}
	}
	if float64(alarms) > 0.01*float64(clean) {
		t.Errorf("%d false alarms in %d clean runs", alarms, clean)
	}
	t.Logf("%d false alarms in %d clean runs\n%s", alarms, clean, &table)
	if *update {
		writeTable(t, table.String())
	}
}

// row writes a row of the table.
func (c *cell) row(b *bytes.Buffer, name string, leak int) {
	fmt.Fprintf(b, "| %s | %d B | %d | %d | %d | %d |", name, leak, c.runs, c.measure, c.unknown, c.judge)
	for _, n := range c.rivals {
		fmt.Fprintf(b, " %d |", n)
	}
	var metrics []string
	for _, g := range gauges {
		if n := c.growing[g.name]; n > 0 {
			metrics = append(metrics, fmt.Sprintf("%s %d", g.name, n))
		}
	}
	fmt.Fprintf(b, " %s |\n", strings.Join(metrics, ", "))
}

// tableStart and tableEnd frame the table in VALIDATION.md.
const tableStart, tableEnd = "<!-- table -->\n", "<!-- end of table -->\n"

// writeTable puts the table into VALIDATION.md.
func writeTable(t *testing.T, rows string) {
	text, err := os.ReadFile("VALIDATION.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), tableStart)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatal("VALIDATION.md has no place for the table")
	}
	head := "| workload | leak a call | runs | Measure | inconclusive | Judge, heap |"
	for _, v := range rivals {
		head += " " + v.name + " |"
	}
	head += " what grew |\n|---|---|---|---|---|---|---|---|---|---|\n"
	head = fmt.Sprintf("%s, %s/%s, %d calls, seeds from %d:\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, iterations, *firstSeed) + head
	if err := os.WriteFile("VALIDATION.md", []byte(before+tableStart+head+rows+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// oneProc makes collections ten times as fast while a test runs: with two processors their workers mostly look for each other.
func oneProc(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// TestMeasureInProcess measures here, where other tests have run: a leak is found, and a function that keeps nothing is not accused.
func TestMeasureInProcess(t *testing.T) {
	repeat.Tenth(t)
	oneProc(t)
	defer func() { leaked = nil }()
	if r := Measure(100, func() {}); r.Verdict() == Grows {
		t.Errorf("nothing grows: %+v", r.Findings())
	}
	r := Measure(100, leaking(func() {}, 4096))
	all := r.Findings()
	if r.Verdict() != Grows || len(all) == 0 || all[0].Certainty != finding.Likely || all[0].Kind != "growth-heap" {
		t.Fatalf("a leak of 4 KiB a call: %v %+v", r.Verdict(), all)
	}
	if got := r.Metrics[0].Trend; math.Abs(got.Rate-4096) > 100 || got.Low > 4096 || got.High < 4096 || !r.Confirmed || r.Iterations != 200 {
		t.Errorf("rate %+v", got)
	}
	if len(r.Sites) == 0 || math.Abs(float64(r.Sites[0].Bytes)-100*4064) > 4096*4 || !strings.Contains(r.Sites[0].Site, "workload_test.go") {
		t.Errorf("allocated by %+v", r.Sites)
	}
	if evidence := strings.Join(all[0].Evidence, "\n"); !strings.Contains(evidence, "allocated by") {
		t.Errorf("evidence: %s", evidence)
	}
}

// TestMeasureGoroutines: goroutines that stay are growth, those that are about to end are not.
func TestMeasureGoroutines(t *testing.T) {
	repeat.Tenth(t)
	oneProc(t)
	stop := make(chan struct{})
	defer close(stop)
	r := Measure(50, func() { go func() { <-stop }() })
	if m := r.Metrics[2]; m.Name != "goroutines" || m.Trend.Verdict != Grows || math.Abs(m.Trend.Rate-1) > 0.1 {
		t.Errorf("one goroutine a call: %+v", m.Trend)
	}
	r = Measure(50, func() { go func() {}() })
	if m := r.Metrics[2]; m.Trend.Verdict != Steady {
		t.Errorf("goroutines that end: %+v %v", m.Trend, m.Values)
	}
}

func TestMeasureManyCalls(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("six hundred collections")
	}
	oneProc(t)
	calls := 0
	r := Measure(310, func() { calls++; leaked = &link{leaked, make([]byte, 224)} })
	leaked = nil
	m := r.Metrics[0]
	if calls != r.Iterations || calls != 620 || len(m.Values) > 2*maxSamples || math.Abs(m.Trend.Rate-256) > 16 {
		t.Errorf("%d calls, %d samples, %+v", calls, len(m.Values), m.Trend)
	}
	if r := Measure(0, nil); r.Verdict() != Inconclusive || len(r.Findings()) == 0 {
		t.Error("no call shows nothing")
	}
}
