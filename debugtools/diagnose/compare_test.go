package diagnose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// waiter writes a goroutine that waits for a lock.
func waiter(id, minutes int, addr string) string {
	since := ""
	if minutes > 0 {
		since = fmt.Sprintf(", %d minutes", minutes)
	}
	return fmt.Sprintf("goroutine %d [sync.Mutex.Lock%s]:\ninternal/sync.(*Mutex).lockSlow(%s)\n\t/go/src/internal/sync/mutex.go:149 +0x15a\n"+
		"example.com/shop.(*Cart).Add(0x0?)\n\t/src/shop/cart.go:30 +0x20\ncreated by example.com/shop.Serve in goroutine 1\n\t/src/shop/serve.go:9 +0x1\n\n", id, since, addr)
}

// sleeper writes a goroutine that waits at a channel.
func receiver(id int) string {
	return fmt.Sprintf("goroutine %d [chan receive]:\nexample.com/shop.wait(0x0?)\n\t/src/shop/wait.go:7 +0x20\ncreated by example.com/shop.Serve in goroutine 1\n\t/src/shop/serve.go:12 +0x1\n\n", id)
}

// dumpOf reads goroutines.
func dumpOf(t testing.TB, goroutines ...string) *dump.Dump {
	t.Helper()
	d, err := dump.Read(strings.NewReader(strings.Join(goroutines, "")))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// receivers writes n goroutines that wait at one place.
func receivers(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(receiver(1000 + i))
	}
	return b.String()
}

// kindsOf lists what findings say, as "CERTAINTY kind".
func kindsOf(all []finding.Finding) string {
	var out []string
	for _, f := range all {
		if f.Kind != "not-shown" && f.Kind != "normal" {
			out = append(out, f.Certainty.String()+" "+f.Kind)
		}
	}
	return strings.Join(out, ", ")
}

func TestCompare(t *testing.T) {
	a, b := "0xc000012340", "0xc000099990"
	for _, c := range []struct {
		name  string
		dumps [][]string
		want  string
	}{
		{"nothing", nil, ""},
		{"one dump", [][]string{{waiter(7, 0, a)}}, ""},
		{"the queue moves", [][]string{{waiter(7, 0, a), waiter(8, 0, a)}, {waiter(8, 0, a), waiter(9, 0, a)}}, "NOTE contention"},
		{"two dumps in quick succession", [][]string{{waiter(7, 0, a), waiter(8, 0, a)}, {waiter(7, 0, a), waiter(8, 0, a)}}, ""},
		{"for minutes", [][]string{{waiter(7, 0, a)}, {waiter(7, 2, a), waiter(8, 1, a)}}, "LIKELY standing-queue"},
		{"three dumps", [][]string{{waiter(7, 0, a)}, {waiter(7, 0, a)}, {waiter(7, 0, a), waiter(8, 0, a)}}, "LIKELY standing-queue"},
		{"another lock", [][]string{{waiter(7, 0, a)}, {waiter(7, 0, b)}, {waiter(7, 0, a)}}, ""},
		{"a group that grows", [][]string{{receivers(50)}, {receivers(120)}, {receivers(260)}}, "LIKELY growing"},
		{"a group that grew once", [][]string{{receivers(50)}, {receivers(260)}}, "NOTE growing"},
		{"a group that comes and goes", [][]string{{receivers(50)}, {receivers(400)}, {receivers(260)}}, "NOTE growing"},
		{"a pool at rest", [][]string{{receivers(50)}, {receivers(50)}, {receivers(50)}}, ""},
	} {
		var dumps []*dump.Dump
		for _, d := range c.dumps {
			dumps = append(dumps, dumpOf(t, d...))
		}
		if got := kindsOf(diagnose.Compare(dumps, diagnose.Options{})); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestOwnersProve: where the program has recorded who holds what, circles and owners that are gone are proofs, also between goroutines of which nothing else is known.
func TestOwnersProve(t *testing.T) {
	with := func(g string, lines ...string) string {
		return strings.TrimSuffix(g, "\n") + strings.Join(lines, "\n") + "\n\n"
	}
	a, b := "0xc000012340", "0xc000099990"
	for _, c := range []struct {
		name string
		dump []string
		want string
	}{
		{"AB-BA", []string{
			with(waiter(7, 0, a), "[waits: mutex "+a+" owner=8 at=shop.f cart.go:29]", "[holds: mutex "+b+" at=shop.f cart.go:20]"),
			with(waiter(8, 0, b), "[waits: mutex "+b+" owner=7]", "[holds: mutex "+a+" at=shop.g cart.go:29]")}, "PROVED lock-cycle"},
		{"itself", []string{with(waiter(7, 0, a), "[waits: mutex "+a+" owner=7]", "[holds: mutex "+a+" at=shop.f cart.go:20]")}, "PROVED self-lock"},
		{"owner gone", []string{with(waiter(7, 0, a), "[waits: mutex "+a+" owner=-1 at=shop.f cart.go:20]"), with(waiter(8, 0, a), "[waits: mutex "+a+" owner=-1]")}, "PROVED owner-gone"},
		{"an owner that works", []string{with(waiter(7, 0, a), "[waits: mutex "+a+" owner=9]"), with(strings.Replace(receiver(9), "chan receive", "running", 1), "[holds: mutex "+a+"]")}, ""},
		{"an owner that is unknown", []string{with(waiter(7, 0, a), "[waits: mutex "+a+" owner=0]")}, ""},
	} {
		if got := kindsOf(diagnose.Diagnose(dumpOf(t, c.dump...), diagnose.Options{})); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestLiveProvesLittle: goroutines that were read one after the other need not have waited for each other at the same time.
func TestLiveProvesLittle(t *testing.T) {
	a := "0xc000012340"
	d := dumpOf(t, strings.TrimSuffix(waiter(7, 0, a), "\n")+"[waits: mutex "+a+" owner=7]\n[holds: mutex "+a+"]\n\n")
	d.Form, d.Moving = dump.FormLive, true
	if got := kindsOf(diagnose.Diagnose(d, diagnose.Options{})); got != "LIKELY self-lock" {
		t.Errorf("%q", got)
	}
	if f := diagnose.Diagnose(d, diagnose.Options{})[0]; f.Confidence != 0.95 {
		t.Errorf("confidence %v", f.Confidence)
	}
	d.Moving = false
	if got := kindsOf(diagnose.Diagnose(d, diagnose.Options{})); got != "PROVED self-lock" {
		t.Errorf("%q while the program stands still", got)
	}
	leaked := dumpOf(t, strings.Replace(receiver(7), "[chan receive]", "[chan receive (leaked)]", 1))
	leaked.Form, leaked.Moving = dump.FormLive, true
	if got := kindsOf(diagnose.Diagnose(leaked, diagnose.Options{})); got != "PROVED leaked" { // the collector has seen it in one moment
		t.Errorf("%q", got)
	}
}

// TestMarks: what the collector, the runtime and a bubble have found out is proved.
func TestMarks(t *testing.T) {
	leaked := strings.Replace(receiver(7), "[chan receive]", "[chan receive (leaked)]", 1)
	if got := kindsOf(diagnose.Diagnose(dumpOf(t, leaked), diagnose.Options{})); got != "PROVED leaked" {
		t.Errorf("%q", got)
	}
	if diagnose.Diagnose(nil, diagnose.Options{}) != nil {
		t.Error("no dump, and something is wrong in it")
	}
}

// TestCost: ten thousand goroutines are diagnosed in one go; the time is in BenchmarkDiagnose.
func TestCost(t *testing.T) {
	repeat.Once(t)
	d := tenThousand(t)
	all := diagnose.Diagnose(d, diagnose.Options{Source: source})
	if kindsOf(all) != "NOTE convoy" {
		t.Errorf("%s", kindsOf(all))
	}
}

// tenThousand is a dump with as many goroutines: half of them in a pool, half waiting for a lock.
func tenThousand(t testing.TB) *dump.Dump {
	var b strings.Builder
	for i := range 5000 {
		b.WriteString(waiter(10000+i, 0, "0xc000012340"))
	}
	return dumpOf(t, b.String(), receivers(5000))
}

func BenchmarkDiagnose(b *testing.B) {
	d := tenThousand(b)
	for b.Loop() {
		diagnose.Diagnose(d, diagnose.Options{Source: source})
	}
}
