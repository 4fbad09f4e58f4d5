package perf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// head is what go test prints before results.
const head = "goos: linux\ngoarch: amd64\npkg: example.com/queue\ncpu: some processor\n"

// results writes n runs of a benchmark around a mean.
func results(name string, n int, mean, spread float64, seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "Benchmark%s \t 1000\t %.2f ns/op\t 16 B/op\n", name, mean+spread*(rng.Float64()-0.5))
	}
	return b.String()
}

// compared compares two texts.
func compared(t *testing.T, old, new string) *Comparison {
	t.Helper()
	c, err := CompareBenchmarks(strings.NewReader(old), strings.NewReader(new))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompareBenchmarks(t *testing.T) {
	old := head + results("Push-8", 10, 100, 4, 1) + results("Pop-8", 10, 50, 2, 2) + results("Same-8", 10, 70, 3, 3) + results("Gone-8", 3, 1, 0, 4)
	new := head + results("Push-8", 10, 130, 4, 5) + results("Pop-8", 10, 25, 2, 6) + results("Same-8", 10, 70, 3, 7) + results("Fresh-8", 3, 1, 0, 8)
	c := compared(t, old, new)
	find := func(name string) BenchRow {
		return c.Rows[slices.IndexFunc(c.Rows, func(r BenchRow) bool { return r.Name == "example.com/queue."+name && r.Unit == "sec/op" })]
	}
	if r := find("Push-8"); !r.Worse || r.Better || !r.Confirmed || r.Delta < 0.25 || r.Delta > 0.35 || r.Old.N != 10 {
		t.Errorf("slower by 30 %%: %+v", r)
	}
	if r := find("Pop-8"); !r.Better || r.Worse || r.Delta > -0.45 {
		t.Errorf("twice as fast: %+v", r)
	}
	if r := find("Same-8"); r.Significant || r.change() != "~" {
		t.Errorf("the same: %+v", r)
	}
	if g := c.Geomeans[0]; g.Unit != "sec/op" || g.Rows != 3 || g.Ratio < 0.8 || g.Ratio > 0.95 { // cube root of 1.3 * 0.5 * 1 is 0.866
		t.Errorf("%+v", c.Geomeans)
	}
	if len(c.OnlyOld) != 1 || len(c.OnlyNew) != 1 || len(c.Warnings) != 0 {
		t.Errorf("only old %v, only new %v, warnings %v", c.OnlyOld, c.OnlyNew, c.Warnings)
	}
	rows, conclusive := c.Slower(0.1)
	if !conclusive || len(rows) != 1 || rows[0].Name != "example.com/queue.Push-8" {
		t.Errorf("slower: %v %v", rows, conclusive)
	}
	if rows, _ := c.Slower(0.5); len(rows) != 0 {
		t.Errorf("nothing is slower by half: %v", rows)
	}
	var out bytes.Buffer
	if err := c.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "bench.txt", out.Bytes())
}

// TestThroughput: more bytes a second are better, and so is whatever the results call better.
func TestThroughput(t *testing.T) {
	line := func(mbs, odd int) string {
		return strings.Repeat(fmt.Sprintf("BenchmarkCopy 1 %d MB/s %d odd\n", mbs, odd), 8)
	}
	c := compared(t, "Unit odd better=higher\n"+line(100, 1), "Unit odd better=higher\n"+line(50, 2))
	for _, r := range c.Rows {
		if want := r.Unit == "odd"; r.Better != want || r.Worse == want {
			t.Errorf("%+v", r)
		}
	}
}

func TestBenchmarkWarnings(t *testing.T) {
	ten := results("A-8", 10, 100, 4, 1)
	for _, c := range []struct{ name, old, new, want string }{
		{"processor", head + ten, strings.Replace(head, "some", "another", 1) + ten, "cpu differs (some processor, then another processor)"},
		{"system", head + ten, ten, "goos differs (linux, then unknown)"},
		{"mixed", head + ten + "goarch: arm64\n" + ten, head + ten + "goarch: arm64\n" + ten, "goarch is not the same in all runs (amd64 | arm64)"},
		{"gomaxprocs", ten, strings.ReplaceAll(ten, "A-8", "A-2"), "A-8 and A-2 differ in GOMAXPROCS only"},
		{"three", results("A", 3, 9, 1, 1), results("A", 3, 99, 1, 1), "3 runs are too few to find any difference"},
		{"five", results("A", 5, 9, 1, 1), results("A", 5, 99, 1, 1), "5 runs are too few for an interval of 95 %"},
		{"nothing", ten, results("B", 10, 1, 1, 1), "no benchmark in common"},
	} {
		if got := compared(t, c.old, c.new).Warnings; !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestTooFew: where no difference could be found, no difference found is not conclusive.
func TestTooFew(t *testing.T) {
	c := compared(t, results("A", 3, 9, 1, 1), results("A", 3, 99, 1, 1))
	if rows, conclusive := c.Slower(0.05); conclusive || len(rows) > 0 {
		t.Errorf("%v %v", rows, conclusive)
	}
	var old, new strings.Builder
	for i := range 40 {
		old.WriteString(results(fmt.Sprint("A", i), 5, 100, 4, uint64(i)))
		new.WriteString(results(fmt.Sprint("A", i), 5, 200, 4, uint64(i)))
	}
	c = compared(t, old.String(), new.String())
	if _, conclusive := c.Slower(0.05); conclusive || !c.Rows[0].Significant || c.Rows[0].Confirmed {
		t.Errorf("five runs cannot confirm anything among 80 rows: %+v", c.Rows[0])
	}
}

func TestBimodal(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	found := [2]int{}
	for range 1000 {
		var one, two []float64
		for i := range 12 {
			x := 100 + rng.NormFloat64()
			one = append(one, x)
			two = append(two, x+float64(i%2)*20)
		}
		for i, v := range [][]float64{one, two} {
			slices.Sort(v)
			if low, high, ok := bimodal(v); ok {
				if found[i]++; i == 1 && (low > 105 || high < 115) {
					t.Errorf("groups around %v and %v", low, high)
				}
			}
		}
	}
	if found[0] > 5 || found[1] < 950 {
		t.Errorf("of 1000 samples each, %d of one group and %d of two are said to have two", found[0], found[1])
	}
	row := compared(t, results("A", 12, 100, 1, 1), results("A", 6, 100, 1, 1)+results("A", 6, 150, 1, 1)).Rows[0]
	if len(row.Warnings) != 1 || !strings.Contains(row.Warnings[0], "new runs fall into two groups") {
		t.Errorf("%+v", row)
	}
}

func TestNoBenchmarks(t *testing.T) {
	for _, text := range []string{"", "PASS\n", "BenchmarkX\n", "goos: linux\n"} {
		if _, err := CompareBenchmarks(strings.NewReader(text), strings.NewReader(results("A", 1, 1, 1, 1))); !errors.Is(err, ErrNoBenchmarks) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzCompareBenchmarks(f *testing.F) {
	f.Add(head+results("A-8", 5, 9, 1, 1), head+results("A-8", 5, 99, 1, 1))
	f.Add("BenchmarkA 1 0 ns/op\n", "BenchmarkA 1 -1 ns/op NaN odd\n")
	f.Add("BenchmarkA/x=1-8 1 1e308 MB/s\nUnit a b=c\n", "BenchmarkA/x=1-4 1 1e-308 MB/s\n")
	f.Fuzz(func(t *testing.T, old, new string) {
		if c, err := CompareBenchmarks(strings.NewReader(old), strings.NewReader(new)); err == nil {
			c.Slower(0)
			if err := c.WriteText(io.Discard); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// ExampleCompareBenchmarks finds that a function has become slower.
func ExampleCompareBenchmarks() {
	old := strings.Repeat("BenchmarkSum 100 50.0 ns/op\nBenchmarkSum 100 51.0 ns/op\n", 5)
	new := strings.Repeat("BenchmarkSum 100 60.0 ns/op\nBenchmarkSum 100 61.0 ns/op\n", 5)
	c, err := CompareBenchmarks(strings.NewReader(old), strings.NewReader(new))
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, conclusive := c.Slower(0.05)
	fmt.Println(len(rows), conclusive, rows[0].Name, change(rows[0].Delta))
	// Output: 1 true Sum +19.8 %
}
