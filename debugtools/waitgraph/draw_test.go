package waitgraph

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/explain"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file below testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs; go test -update writes it:\n%s", file, got)
	}
}

// bank is three transfers in a circle, with a crowd behind one.
func bank(t testing.TB) *Graph {
	g := parse(t, "88 waits accounts[9].mu by 91\n91 waits accounts[3].mu by 95 inferred\n95 waits accounts[7].mu by 88\n7")
	for i := range 1200 {
		at := g.AddGoroutine(Goroutine{ID: int64(1000 + i), Name: "handle", At: "server.go:40", What: "waits for sync.Mutex.Lock"})
		g.AddNeed(at, Need{Object: 0, By: []Holder{{Goroutine: 1, Known: Recorded}}, Known: Recorded})
	}
	g.AddNeed(g.AddGoroutine(Goroutine{ID: 5, Name: "pump <&>", At: "hub.go:9"}), Need{Object: g.AddObject(Object{Kind: "chan", Addr: 0xc0001}), Open: true})
	return g
}

func TestText(t *testing.T) {
	g := bank(t)
	var lines []string
	for _, d := range g.Stuck(Inferred) {
		lines = append(lines, g.Text(d)...)
	}
	golden(t, "bank.txt", []byte(strings.Join(lines, "\n")+"\n"))
}

// wellFormed fails unless a text is XML without scripts.
func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Error("it has a script")
		}
	}
}

func TestSVG(t *testing.T) {
	g := bank(t)
	var b, again bytes.Buffer
	if err := errors.Join(g.SVG(&b, g.Stuck(Inferred)), bank(t).SVG(&again, g.Stuck(Inferred))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("equal graphs give different bytes")
	}
	wellFormed(t, b.Bytes())
	golden(t, "bank.svg", b.Bytes())
	if !strings.Contains(b.String(), "1 200 x handle") {
		t.Error("those who wait alike are not one box")
	}
}

// TestSVGIsBounded: a picture of ten thousand goroutines stays small and says what it leaves out.
func TestSVGIsBounded(t *testing.T) {
	for _, n := range []int{0, 1, 10000} {
		g := random(rand.New(rand.NewPCG(5, uint64(n))), n)
		var b bytes.Buffer
		if err := g.SVG(&b, g.Stuck(Inferred)); err != nil {
			t.Fatal(err)
		}
		wellFormed(t, b.Bytes())
		if b.Len() > 400_000 || n > 1000 && !strings.Contains(b.String(), "not shown") {
			t.Errorf("%d goroutines: %d bytes", n, b.Len())
		}
	}
}

// TestNothingOverlaps: no two boxes of a drawing share a pixel.
func TestNothingOverlaps(t *testing.T) {
	for seed := range uint64(50) {
		g := random(rand.New(rand.NewPCG(6, seed)), 30)
		d := g.draw(g.Stuck(Inferred))
		width, height := d.layout()
		for i := range d.boxes {
			a := &d.boxes[i]
			if a.x < 0 || a.y < 0 || a.x+a.w > width || a.y+a.h > height {
				t.Fatalf("seed %d: %+v lies outside of %d x %d", seed, a, width, height)
			}
			for j := range i {
				b := &d.boxes[j]
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Fatalf("seed %d: %+v and %+v overlap", seed, a, b)
				}
			}
		}
	}
}

// TestFromExecution: a controlled execution says who holds what.
func TestFromExecution(t *testing.T) {
	site := func(line int) explain.Site { return explain.Site{Func: "bank.transfer", File: "bank.go", Line: line} }
	e := &explain.Execution{
		Test: "TestTransfer", Failure: "deadlock",
		Threads: []explain.Thread{{ID: 0, Parent: -1, Func: "bank.TestTransfer"}, {ID: 1, Func: "bank.transfer"}, {ID: 2, Func: "bank.transfer"}},
		Objects: []explain.Object{{ID: 1, Type: "sync.Mutex", Name: "a.mu"}, {ID: 2, Type: "sync.Mutex", Name: "b.mu"}},
		Steps: []explain.Step{
			{Thread: 1, Kind: "Lock", Object: 1, Site: site(10)}, {Thread: 2, Kind: "Lock", Object: 2, Site: site(10)},
			{Thread: 1, Kind: "Lock", Object: 2, Site: site(12), Blocked: true}, {Thread: 2, Kind: "Lock", Object: 1, Site: site(12), Blocked: true},
		},
		Waiting: []explain.Waiting{
			{Thread: 1, Reason: "sync.Mutex.Lock", Object: 2, Holder: -1, Stack: []explain.Site{site(12)}},
			{Thread: 2, Reason: "sync.Mutex.Lock", Object: 1, Holder: -1, Stack: []explain.Site{site(12)}},
		},
	}
	g := FromExecution(e)
	if got := show(g, g.Stuck(Recorded)); got != "cycle 1 2" {
		t.Errorf("%q", got)
	}
	if FromExecution(nil).Stuck(Inferred) != nil {
		t.Error("no execution, and a deadlock")
	}
}
