package dump

import (
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// Old and rare forms, written by hand.
const (
	// Go 1.18 to 1.20: nobody says which goroutine created another, and a mutex shows as semacquire.
	go118Text = `fatal error: all goroutines are asleep - deadlock!

goroutine 1 [semacquire]:
sync.runtime_Semacquire(0xc0000140b8?)
	/usr/local/go1.18/src/runtime/sema.go:56 +0x25
sync.(*WaitGroup).Wait(0xc00001c0a0)
	/usr/local/go1.18/src/sync/waitgroup.go:136 +0x52
main.main()
	/tmp/main.go:14 +0x9f

goroutine 6 [semacquire, 3 minutes]:
sync.runtime_SemacquireMutex(0xc000014094, 0x0, 0x1)
	/usr/local/go1.18/src/runtime/sema.go:71 +0x25
sync.(*Mutex).lockSlow(0xc000014090)
	/usr/local/go1.18/src/sync/mutex.go:162 +0x165
sync.(*Mutex).Lock(...)
	/usr/local/go1.18/src/sync/mutex.go:81
main.worker[...](0x0?)
	/tmp/main.go:22 +0x4a
created by main.main
	/tmp/main.go:12 +0x65
exit status 2
`
	// SIGQUIT of Go 1.26: registers behind, goroutine 0, and goroutines of the runtime.
	quitText = `SIGQUIT: quit
PC=0x475ce1 m=0 sigcode=0

goroutine 0 gp=0x5f2a40 m=0 mp=0x5f3160 [idle]:
runtime.futex(0x5f32a0, 0x80, 0x0, 0x0, 0x0, 0x0)
	/usr/local/go/src/runtime/sys_linux_amd64.s:557 +0x21 fp=0x7ffe5 sp=0x7ffe4 pc=0x475ce1
runtime.mcall()
	/usr/local/go/src/runtime/asm_amd64.s:463 +0x4e fp=0x7ffe6 sp=0x7ffe5 pc=0x471b8e

goroutine 1 gp=0xc000002380 m=nil [chan receive]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
	/usr/local/go/src/runtime/proc.go:435 +0xce fp=0xc00007a6f8 sp=0xc00007a6d8 pc=0x46e4ce
runtime.chanrecv(0xc00008c070, 0x0, 0x1)
	/usr/local/go/src/runtime/chan.go:664 +0x445 fp=0xc00007a770 sp=0xc00007a6f8 pc=0x40a2c5
runtime.chanrecv1(0x0?, 0x0?)
	/usr/local/go/src/runtime/chan.go:506 +0x12 fp=0xc00007a798 sp=0xc00007a770 pc=0x409e52
main.main()
	/tmp/main.go:5 +0x1c fp=0xc00007a7b8 sp=0xc00007a798 pc=0x48d1bc
runtime.main()
	/usr/local/go/src/runtime/proc.go:283 +0x28b fp=0xc00007a7e0 sp=0xc00007a7b8 pc=0x43c98b
runtime.goexit({})
	/usr/local/go/src/runtime/asm_amd64.s:1700 +0x1 fp=0xc00007a7e8 sp=0xc00007a7e0 pc=0x4750c1

goroutine 2 gp=0xc0000028c0 m=nil [force gc (idle)]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
	/usr/local/go/src/runtime/proc.go:435 +0xce fp=0xc00007afa8 sp=0xc00007af88 pc=0x46e4ce
runtime.forcegchelper()
	/usr/local/go/src/runtime/proc.go:348 +0xb8 fp=0xc00007afe0 sp=0xc00007afa8 pc=0x43ccb8
runtime.goexit({})
	/usr/local/go/src/runtime/asm_amd64.s:1700 +0x1 fp=0xc00007afe8 sp=0xc00007afe0 pc=0x4750c1
created by runtime.init.7 in goroutine 1
	/usr/local/go/src/runtime/proc.go:336 +0x1a

rax    0xca
rbx    0x0
rip    0x475ce1
`
	// C code on the stack, with and without names, and a callback.
	cgoText = `goroutine 17 [syscall, locked to thread]:
non-Go function at pc=7f0a1b2c
c_function(...)
	/tmp/x.c:12 pc=0x7f0a1b2c
runtime.cgocall(0x48d1bc, 0xc00007a7b8)
	/usr/local/go/src/runtime/cgocall.go:167 +0x4b
main._Cfunc_f()
	_cgo_gotypes.go:46 +0x3f
_cgoexp_1234_callback(0x0)
	_cgo_gotypes.go:60 +0x1d
`
)

func TestOldForms(t *testing.T) {
	old := read(t, go118Text)
	if old.Go != "1.18" || old.Form != FormPanic || len(old.Goroutines) != 2 || old.Truncated || len(old.Problems) > 0 {
		t.Fatalf("%+v", old)
	}
	if g := old.Goroutines[1]; g.Parent != 0 || g.State != "semacquire" || g.Minutes != 3 || g.Stack.Creator.Func != "main.main" || g.Stack.Own().Func != "main.worker[...]" {
		t.Errorf("%+v", g)
	}
	same(t, go118Text, plain(old), reference(go118Text))
}

func TestQuit(t *testing.T) {
	d := read(t, quitText)
	if d.Form != FormQuit || d.Reason != "SIGQUIT: quit" || len(d.Goroutines) != 3 || d.Truncated || len(d.Problems) > 0 {
		t.Fatalf("%+v", d)
	}
	var system []bool
	for _, g := range d.Goroutines {
		system = append(system, g.Flags&System != 0)
	}
	if !slices.Equal(system, []bool{true, false, true}) {
		t.Errorf("system %v", system)
	}
	if v, exact, ok := d.Goroutines[1].Arg(1, 0); v != 0xc00008c070 || !exact || !ok {
		t.Errorf("the channel is %#x, %v, %v", v, exact, ok)
	}
	same(t, quitText, plain(d), reference(quitText))
}

// TestLost: below what the runtime cannot follow it prints memory, which is no line of others.
func TestLost(t *testing.T) {
	memory := "runtime: g 0 gp=0x1b8c300f0b40: unknown pc 0x7f092ec38dd4\nstack: frame={sp:0x7f08e80be9e0, fp:0x0} stack=[0x7f08e78bf260,0x7f08e80bee60)\n" +
		strings.Repeat(" ", 20) + "7 6 5 4  3 2 1 0\n" + strings.Repeat("00007f08e80be8e0:  0000000000000000 000000c000002380\n", 40) + "\n"
	d := read(t, "goroutine 0 gp=0x5f2a40 m=0 mp=0x5f3160 [idle]:\n"+memory+go118Text[strings.Index(go118Text, "goroutine 1 "):])
	if len(d.Problems) > 0 || len(d.Goroutines) != 3 || d.Truncated {
		t.Errorf("%+v", d)
	}
}

func TestForeignCode(t *testing.T) {
	d := read(t, cgoText)
	var names []string
	for _, f := range d.Goroutines[0].Stack.Frames {
		names = append(names, f.Func)
	}
	if want := []string{"non-Go function", "c_function", "runtime.cgocall", "main._Cfunc_f", "_cgoexp_1234_callback"}; !slices.Equal(names, want) || d.Truncated || len(d.Problems) > 0 {
		t.Errorf("%v, %+v", names, d)
	}
}

// TestShapes: marks and words do not split what is one stack for people.
func TestShapes(t *testing.T) {
	one := "goroutine %d [select]:\nmain.f(0x1, {0x2, 0x3})\n\t/src/main.go:12 +0x1d\ncreated by main.main in goroutine 1\n\t/src/main.go:1 +0x1\n\n"
	text := strings.Replace(one, "%d", "5", 1) + strings.NewReplacer("%d", "6", "0x2,", "0x2?,", "+0x1d", "+0x99").Replace(one) +
		strings.NewReplacer("%d", "7", "0x1,", "0xabc,").Replace(one) + strings.NewReplacer("%d", "8", "go:12", "go:13").Replace(one)
	d := read(t, text)
	g := d.Goroutines
	if len(d.Stacks) != 2 || g[0].Stack != g[1].Stack || g[0].Shape == g[1].Shape || g[0].Shape != g[2].Shape || g[0].Stack == g[3].Stack || d.Stacks[0].Goroutines != 3 {
		t.Errorf("%d stacks, %+v", len(d.Stacks), g)
	}
}

// TestIDSet: a set of numbers, beside a map.
func TestIDSet(t *testing.T) {
	s, m := newIDSet(), map[int64]bool{}
	x := uint64(1)
	for range 20_000 {
		x = x*6364136223846793005 + 1442695040888963407
		id := int64(x>>33)%50_000 + 1
		if x&64 != 0 {
			id = int64(x >> 1)
		}
		if s.add(id) == m[id] {
			t.Fatalf("%d: the map says %v", id, m[id])
		}
		m[id] = true
	}
}

// TestLimit: the size at which runtime/pprof stops is known.
func TestLimit(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("64 MB")
	}
	one := "goroutine 5 [select]:\nmain.f(0x1)\n\t/src/main.go:12 +0x1d\ncreated by main.main in goroutine 1\n\t/src/main.go:1 +0x1\n\n"
	for size, want := range map[int]bool{pprofLimit: true, pprofLimit - 1: false} {
		text := one + strings.Repeat("x", size-len(one)-1) + "\n"
		if d := read(t, text); d.Truncated != want || want && !strings.Contains(d.TruncatedAt, "64 MB") {
			t.Errorf("%d bytes: truncated %v (%s)", size, d.Truncated, d.TruncatedAt)
		}
	}
}

// TestLongLines: a line of any length is no reason to stop, or to keep it.
func TestLongLines(t *testing.T) {
	text := "goroutine 5 [select] {a: " + strings.Repeat("b", 100_000) + "}:\nmain.f(0x1)\n\t/src/main.go:12 +0x1d\n" + strings.Repeat("y", 3*maxLine) +
		"\ncreated by main.main in goroutine 1\n\t/src/main.go:1 +0x1\n"
	d := read(t, text)
	if g := d.Goroutines[0]; len(g.Label("a")) != 100_000 || g.Parent != 1 || d.Truncated || len(d.Problems) == 0 {
		t.Errorf("label of %d bytes, parent %d, %d problems", len(g.Label("a")), g.Parent, len(d.Problems))
	}
}
