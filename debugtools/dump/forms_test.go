package dump

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

const countsText = `goroutine profile: total 8
5 @ 0x43a1b6 0x406f3b 0x46e2a1
# labels: {"user":"anna", "a]":"b\"c"}
#	0x4d1f24	main.worker+0x24	/src/a b/main.go:12
#	0x4d1f30	main.(*G[go.shape.int]).run+0x1f	/src/main.go:20

2 @ 0x43a1b6
#	0x43a1b5
1 @ 0x46e2a1
#	0x4d1f24	main.main+0x24		/src/main.go:30

`

func TestCounts(t *testing.T) {
	d := read(t, countsText)
	if d.Form != FormCounts || d.Total() != 8 || len(d.Goroutines) != 3 || d.Truncated || len(d.Problems) > 0 {
		t.Fatalf("%+v", d)
	}
	first := d.Goroutines[0]
	if first.Count != 5 || first.ID != -1 || first.Label("user") != "anna" || first.Label("a]") != `b"c` {
		t.Errorf("%+v", first)
	}
	want := []Frame{{Func: "main.worker", File: "/src/a b/main.go", Line: 12}, {Func: "main.(*G[go.shape.int]).run", File: "/src/main.go", Line: 20}}
	if !slices.Equal(first.Stack.Frames, want) {
		t.Errorf("%+v", first.Stack.Frames)
	}
	if f := d.Goroutines[1].Stack.Frames; len(f) != 1 || f[0].Func != "0x43a1b5" {
		t.Errorf("%+v", f)
	}
	if cut := read(t, countsText[:strings.Index(countsText, "1 @ 0x46")]); !cut.Truncated || !strings.Contains(cut.TruncatedAt, "announces 8 goroutines and has 7") {
		t.Errorf("%+v", cut)
	}
}

func TestProto(t *testing.T) {
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 0); err != nil {
		t.Fatal(err)
	}
	d, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil || d.Form != FormProto || d.Total() < 1 || !calls(d.Goroutines[0].Stack, "runtime/pprof.(*Profile).WriteTo") {
		t.Fatalf("%v %+v", err, d)
	}
	var heap bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&heap, 0); err != nil {
		t.Fatal(err)
	}
	_, err = Read(&heap)
	if err == nil || err.Error() != "not a goroutine dump: it looks like a pprof profile of alloc_objects, alloc_space, inuse_objects, inuse_space" {
		t.Error(err)
	}
	if _, err = Read(bytes.NewReader(b.Bytes()[:b.Len()/2])); err == nil {
		t.Error("half a profile is read")
	}
}

const raceText = `==================
WARNING: DATA RACE
Write at 0x00c000012345 by goroutine 7:
  main.(*T[...]).inc()
      /src/main.go:12 +0x1e
  main.main.func1()
      /src/main.go:20 +0x2b

Previous atomic read at 0x00c000012345 by main goroutine:
  main.main()
      /src/main.go:22 +0x55

Goroutine 7 (running) created at:
  main.main()
      /src/main.go:19 +0x4f
==================
Found 1 data race(s)
`

func TestRaces(t *testing.T) {
	for _, text := range []string{raceText, prefixed(raceText, "    "), prefixed(raceText, prefixes[1])} {
		d := read(t, text)
		if d.Form != FormRace || len(d.Races) != 1 || len(d.Races[0].Accesses) != 2 {
			t.Fatalf("%+v", d)
		}
		a, b := d.Races[0].Accesses[0], d.Races[0].Accesses[1]
		if !a.Write || a.Atomic || a.Addr != 0xc000012345 || a.Goroutine != 7 || len(a.Frames) != 2 || a.Frames[0].Func != "main.(*T[...]).inc" || len(a.Created) != 1 ||
			a.Created[0].Line != 19 {
			t.Errorf("%+v", a)
		}
		if b.Write || !b.Atomic || b.Goroutine != 0 || len(b.Frames) != 1 || b.Created != nil {
			t.Errorf("%+v", b)
		}
	}
	d := read(t, raceText+panicText+raceText)
	if d.Form != FormPanic || len(d.Races) != 2 || len(d.Goroutines) != 3 || d.Others != 0 {
		t.Errorf("%+v", d)
	}
}

// TestArchives: a dump in a form that tools and terminals make of it.
func TestArchives(t *testing.T) {
	want := plain(read(t, panicText))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(panicText))
	w.Close()
	little, big := []byte{0xff, 0xfe}, []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune("\U0001f600\r\n" + panicText)) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	for name, data := range map[string][]byte{"gzip": packed.Bytes(), "utf-16le": little, "utf-16be": big, "bom": []byte("\ufeff" + panicText)} {
		d, err := Read(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, name, plain(d), want)
	}
	d, err := Read(bytes.NewReader(packed.Bytes()[:packed.Len()-30]))
	if err != nil || !d.Truncated {
		t.Errorf("half an archive: %v, %v", err, d.Truncated)
	}
}

func TestSeveralDumps(t *testing.T) {
	stack := "goroutine 5 [running]:\nmain.f()\n\t/src/main.go:3 +0x1\ncreated by main.main in goroutine 1\n\t/src/main.go:4 +0x1\n\n"
	for name, c := range map[string]struct {
		text  string
		sizes []int
	}{
		"the same goroutine again":  {panicText + "log\n" + panicText, []int{3, 3}},
		"two programs":              {stack + crowdText, []int{1, 4}},
		"a stack again and again":   {strings.Repeat("recovered: x\n"+stack, 3), []int{1, 1, 1}},
		"another reason":            {"panic: a\n\n" + stack + "panic: b\n\n" + strings.ReplaceAll(stack, " 5 ", " 6 "), []int{1, 1}},
		"a profile behind":          {stack + countsText, []int{1, 3}},
		"a profile in front":        {countsText + stack, []int{3, 1}},
		"a reason without a dump":   {stack + "panic: later\n", []int{1}},
		"threads one after another": {stack + "-----\n\n" + stack, []int{1}},
	} {
		all, err := ReadAll(strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		var sizes []int
		bytes := int64(0)
		for _, d := range all {
			sizes = append(sizes, len(d.Goroutines))
			bytes += d.Bytes
			if d.Truncated {
				t.Errorf("%s: %s", name, d.TruncatedAt)
			}
		}
		if !slices.Equal(sizes, c.sizes) || bytes != int64(len(c.text)) {
			t.Errorf("%s: %v, not %v; %d bytes of %d", name, sizes, c.sizes, bytes, len(c.text))
		}
		if best := read(t, c.text); len(best.Goroutines) != slices.Max(c.sizes) || best.Others != len(c.sizes)-1 {
			t.Errorf("%s: the best has %d goroutines, %d others", name, len(best.Goroutines), best.Others)
		}
	}
}

// TestLeaks: the report of package goleak, as a test prints it.
func TestLeaks(t *testing.T) {
	d := read(t, `--- FAIL: TestX (0.44s)
    x_test.go:12: found unexpected goroutines:
        [Goroutine 7 in state chan receive, with main.worker on top of the stack:
        main.worker(0xc000012345)
        	/src/main.go:12 +0x1d
        created by main.main in goroutine 6
        	/src/main.go:41 +0x2a
         Goroutine 8 in state select, with main.other on top of the stack:
        main.other()
        	/src/main.go:13 +0x1d
        created by main.main in goroutine 6
        	/src/main.go:42 +0x2a
        ]
FAIL
`)
	if len(d.Goroutines) != 2 || d.Goroutines[0].State != "chan receive" || d.Goroutines[1].ID != 8 || d.Goroutines[1].Stack.Frames[0].Line != 13 ||
		d.Goroutines[0].Stack.Creator.Line != 41 || d.Goroutines[0].Parent != 6 {
		t.Errorf("%+v", d)
	}
}

func TestVersion(t *testing.T) {
	for path, want := range map[string]string{
		"/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64/src/runtime/proc.go": "1.27.4",
		"/opt/go1.22/src/net/http/server.go":                                               "1.22",
		"C:/go-1.21.3/src/net/http/server.go":                                              "1.21.3",
		"/usr/local/go/src/net/http/server.go":                                             "",
	} {
		if d := read(t, "goroutine 1 [running]:\nruntime.f()\n\t"+path+":1 +0x1\n"); d.Go != want {
			t.Errorf("%s: %q", path, d.Go)
		}
	}
}

func TestNotADump(t *testing.T) {
	for looks, input := range map[string]string{
		"an empty file":               "",
		"a file of blanks":            "\n \n",
		"text without goroutines":     "hello\n",
		"JSON":                        `{"a": 1}`,
		"the events of go test -json": `{"Time":"x","Action":"run"}`,
		"HTML":                        "<!DOCTYPE html>",
		"an execution trace":          "go 1.26 trace\x00\x00\x00",
		"a heap dump of runtime/debug.WriteHeapDump": "go1.7 heap dump\n\x01",
		"a core file":                                     "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x3e\x00",
		"a program (ELF)":                                 "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00",
		"a zstd archive":                                  "\x28\xb5\x2f\xfd\x04",
		"an xz archive":                                   "\xfd7zXZ\x00",
		"a Java thread dump":                              "2024-01-01 12:00:00\nFull thread dump OpenJDK 64-Bit Server VM",
		"a Python traceback":                              "Traceback (most recent call last):\n  File \"x.py\"",
		"a heap profile (debug=1)":                        "heap profile: 1: 2 [3: 4] @ heap/1048576\n",
		"a block profile (debug=1)":                       "--- contention:\ncycles/second=2\n",
		"an HTTP error: 404 page not found":               "404 page not found\n",
		"the message of a crash without the stacks":       "panic: boom\nexit status 2\n",
		"binary data":                                     "\x00\x01\x02",
		"a gzip archive that is damaged (unexpected EOF)": "\x1f\x8b\x08",
		"the output of Delve's goroutines command":        "* Goroutine 1 - User: ./main.go:10 main.main (0x4)",
	} {
		_, err := Read(strings.NewReader(input))
		var not *NotADump
		if !errors.As(err, &not) || not.Looks != looks || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, not %q", input, err, looks)
		}
	}
}
