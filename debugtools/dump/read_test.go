package dump

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// read reads a text that must be a dump.
func read(t *testing.T, text string) *Dump {
	t.Helper()
	d, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const panicText = `panic: boom

goroutine 1 [running]:
main.(*G[...]).recv(0xc000012345, {0x4b5a38?, 0x5}, _, ...)
	/src/a b/c: d/main.go:12 +0x1d
main.inlined(...)
	/src/main.go:20
...12 frames elided...
main.main()
	/src/main.go:30 +0x25

goroutine 19 [chan receive, 2 minutes, locked to thread]:
main.worker(0xc0000)
	C:/src/main.go:40 +0x25
created by main.main in goroutine 1
	C:/src/main.go:41 +0x2a
[waits: chan 0xc0000 owner=0 count=3]
[holds: mutex 0xc0010 owner=19 at=main.lock[...] (x) /src/main.go:50]

goroutine 20 [running]:
	goroutine running on other thread; stack unavailable
created by main.main in goroutine 1
	C:/src/main.go:41 +0x2a
exit status 2
`

func TestReadPanic(t *testing.T) {
	d := read(t, panicText)
	if d.Form != FormPanic || d.Reason != "panic: boom" || len(d.Goroutines) != 3 || d.Truncated || len(d.Problems) != 0 {
		t.Fatalf("%+v", d)
	}
	first, second, third := &d.Goroutines[0], &d.Goroutines[1], &d.Goroutines[2]
	frames := []Frame{
		{Func: "main.(*G[...]).recv", File: "/src/a b/c: d/main.go", Line: 12},
		{Func: "main.inlined", File: "/src/main.go", Line: 20, Inline: true},
		{Elided: 12},
		{Func: "main.main", File: "/src/main.go", Line: 30},
	}
	if !slices.Equal(first.Stack.Frames, frames) {
		t.Errorf("frames %+v", first.Stack.Frames)
	}
	if v, exact, ok := first.Arg(0, 1); v != 0x4b5a38 || exact || !ok {
		t.Errorf("second word: %#x, %v, %v", v, exact, ok)
	}
	if v, exact, ok := first.Arg(0, 2); v != 5 || !exact || !ok {
		t.Errorf("third word: %#x, %v, %v", v, exact, ok)
	}
	if _, _, ok := first.Arg(0, 3); ok || len(first.Shape.Words(0)) != 5 {
		t.Errorf("words %+v", first.Shape.Words(0))
	}
	if second.State != "chan receive" || second.Minutes != 2 || second.Flags != Locked || second.Parent != 1 {
		t.Errorf("second: %+v", second)
	}
	if second.Stack.Creator.Func != "main.main" || second.Stack.Creator.Line != 41 || second.Stack.Creator.File != "C:/src/main.go" {
		t.Errorf("creator: %+v", second.Stack.Creator)
	}
	if len(second.Waits) != 1 || second.Waits[0] != (Object{Kind: "chan", Addr: 0xc0000, Count: 3}) {
		t.Errorf("waits: %+v", second.Waits)
	}
	if len(second.Holds) != 1 || second.Holds[0] != (Object{Kind: "mutex", Addr: 0xc0010, Owner: 19, At: "main.lock[...] (x) /src/main.go:50"}) {
		t.Errorf("holds: %+v", second.Holds)
	}
	if third.Flags != NoStack || third.Parent != 1 || len(third.Stack.Frames) != 0 {
		t.Errorf("third: %+v", third)
	}
}

// TestReadSelf: what the runtime says of this process now.
func TestReadSelf(t *testing.T) {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	d, err := Read(bytes.NewReader(buf))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Goroutines) < 2 || len(d.Problems) > 0 || d.Skipped > int64(len(d.Goroutines)) || d.Form != FormStack {
		t.Fatalf("%+v\n%s", d, buf)
	}
	if top := d.Goroutines[0].Stack.Frames[0].Func; !strings.HasSuffix(top, "dump.TestReadSelf") {
		t.Errorf("innermost function %q", top)
	}
}
