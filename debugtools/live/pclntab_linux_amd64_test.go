package live

import (
	"encoding/binary"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// TestTablesAgainstRuntime asks the runtime about addresses of all functions of the test itself, and compares.
func TestTablesAgainstRuntime(t *testing.T) {
	s := inspectSelf(t).program.symtab
	step := 1
	if testing.Short() || repeat.Nth(t) > 0 {
		step = 17
	}
	asked := 0
	for n := 0; n < s.count; n += step {
		f := s.record(n)
		entry, end := s.text+f.entry(), s.text+s.index(n+1, 0)
		for pc := entry; pc < end; pc += max(1, (end-entry)/5) {
			asked += compareAddress(t, s, pc)
		}
	}
	if asked < s.count/step {
		t.Errorf("%d addresses of %d functions", asked, s.count)
	}
}

// compareAddress compares what the tables and the runtime say about an address: the innermost call, which is all that the runtime tells about an
// address that it did not
// find on a stack. The calls around are compared by TestPrograms. It returns 0 for an address between two functions, where there is nothing to compare.
func compareAddress(t *testing.T, s *symtab, pc uint64) int {
	t.Helper()
	f := s.find(pc)
	if f == nil {
		t.Fatalf("%#x is in no function", pc)
	}
	c := s.calls(f, pc)[0]
	frame, _ := runtime.CallersFrames([]uintptr{uintptr(pc) + 1}).Next()
	if c.line == 0 || frame.Function == "" || c.name == "runtime.gopanic" {
		return 0
	}
	if printed(c.name) != frame.Function || c.file != frame.File || c.line != frame.Line {
		t.Errorf("%#x is %s %s:%d, the runtime says %s %s:%d", pc, c.name, c.file, c.line, frame.Function, frame.File, frame.Line)
	}
	rf := runtime.FuncForPC(uintptr(pc))
	if rf == nil || printed(c.name) != rf.Name() {
		t.Errorf("%#x is in %s, the runtime says %s", pc, c.name, rf.Name())
	}
	return 1
}

// TestTablesNowhere asks about addresses that are in no function.
func TestTablesNowhere(t *testing.T) {
	s := inspectSelf(t).program.symtab
	var x int
	for _, pc := range []uint64{0, 1, s.text - 1, s.text + s.index(s.count, 0), ^uint64(0), uint64(uintptr(unsafe.Pointer(&x)))} {
		if f := s.find(pc); f != nil {
			t.Errorf("%#x is in %s", pc, s.name(f.nameOff()))
		}
	}
}

// smallTables encodes the tables of two functions of 16 bytes: main.f, which calls main.g inlined between its 4th and 8th byte and has a frame of 24 bytes,
// and main.h, the outermost of a stack. The inlined call and the arguments of main.f follow them; their offset is returned too.
func smallTables() (tab []byte, data uint64) {
	le := binary.LittleEndian
	names, units, files := []byte("main.f\x00main.g\x00main.h\x00"), []byte{0, 0, 0, 0}, []byte("/src/main.go\x00\x00\x00\x00")
	values := []byte{0,
		2 + 48 - 0, 16, 0, // at 1: 24 up to 16
		2, 16, 0, // at 4: file 0
		22, 4, 20, 12, 0, // at 7: line 10 up to 4, then 20
		0, 4, 2, 4, 1, 8, 0} // at 12: -1, inlined call 0, -1
	record := func(entry, name uint32, flags uint8, more ...uint32) []byte {
		var b []byte
		for _, w := range []uint32{entry, name, 0, 0, 1, 4, 7, 3 * uint32(len(more)/9), 0, 0, uint32(flags)<<8 | uint32(len(more)/9*6)<<24} {
			b = le.AppendUint32(b, w)
		}
		for _, w := range more {
			b = le.AppendUint32(b, w)
		}
		return b
	}
	const none = ^uint32(0)
	f := record(0, 0, 0, 0, 0, 12, none, none, none, 0, none, 16)
	h := record(16, 14, flagTop)
	index := 8 * 2
	var funcs []byte
	for _, w := range []int{0, index + 8, 16, index + 8 + len(f), 32, 0} {
		funcs = le.AppendUint32(funcs, uint32(w))
	}
	funcs = append(append(funcs, f...), h...)
	tab = append(tab, 0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8)
	at := tabHeader
	for _, w := range []int{2, 1, 0, at, at + len(names), at + len(names) + len(units), at + len(names) + len(units) + len(files),
		at + len(names) + len(units) + len(files) + len(values)} {
		tab = le.AppendUint64(tab, uint64(w))
	}
	for _, part := range [][]byte{names, units, files, values, funcs} {
		tab = append(tab, part...)
	}
	data = uint64(len(tab))
	tab = append(tab, make([]byte, 4)...)
	tab = le.AppendUint32(tab, 7) // main.g, inlined
	tab = le.AppendUint32(tab, 0)
	tab = le.AppendUint32(tab, 1)
	return append(tab, argsOpen, 0, 8, 8, 8, argsClose, 16, 4, argsMore, argsEnd, 0, 0, 0, 0, 0, 0), data
}

// readSmall reads tables, with what lies behind them as data.
func readSmall(tab []byte, text, data uint64) (*symtab, error) {
	return newSymtab(tab, text, data, func(addr uint64, n int) []byte {
		if addr > uint64(len(tab)) || uint64(n) > uint64(len(tab))-addr {
			return nil
		}
		return tab[addr:][:n]
	})
}

func TestSmallTables(t *testing.T) {
	tab, data := smallTables()
	s, err := readSmall(tab, 0x1000, data)
	if err != nil {
		t.Fatal(err)
	}
	f := s.find(0x1006)
	want := []call{{"main.g", "/src/main.go", 20, 0, true}, {"main.f", "/src/main.go", 10, 0, false}}
	if got := s.calls(f, 0x1006); !slices.Equal(got, want) {
		t.Errorf("calls %+v, want %+v", got, want)
	}
	if got := s.calls(f, 0x1009); !slices.Equal(got, []call{{"main.f", "/src/main.go", 20, 0, false}}) {
		t.Errorf("calls %+v", got)
	}
	args := []argument{{0, 8, true, false, true}, {8, 8, true, false, true}, {16, 4, true, false, false}, {}}
	if got := s.arguments(f, 0x1006); !slices.Equal(got, args) {
		t.Errorf("arguments %+v, want %+v", got, args)
	}
	u := &unwinder{symtab: s, sites: map[instruction]*site{}, traces: map[string]*trace{}, stacks: map[string]*dump.Stack{}}
	stack := map[uint64]uint64{0x40 + 24: 0x1009, 0x60 + 24: 0x1014}
	load := func(a uint64) (uint64, bool) { v, ok := stack[a]; return v, ok }
	frames, ok := u.unwind(instruction{0x1006, false}, 0x40, 0x200, false, load, nil)
	if !ok || len(frames) != 3 || frames[0].top != 0x60 || frames[2].pc != 0x1014 {
		t.Errorf("%v %+v", ok, frames)
	}
	if tr := u.traceOf(frames, 0x1010); len(tr.stack.Frames) != 4 || tr.stack.Creator.Func != "main.h" {
		t.Errorf("%+v", tr.stack)
	}
}

// FuzzTables damages tables and stacks. Whatever they say, questions are answered, in bounded time.
func FuzzTables(f *testing.F) {
	tab, data := smallTables()
	f.Add(tab, data, uint64(0x1000), uint64(0x1006))
	f.Add(tab[:len(tab)/2], uint64(0), uint64(0), uint64(8))
	f.Fuzz(func(t *testing.T, tab []byte, data, text, pc uint64) {
		s, err := readSmall(tab, text, data)
		if err != nil {
			return
		}
		u := &unwinder{symtab: s, sites: map[instruction]*site{}, traces: map[string]*trace{}, stacks: map[string]*dump.Stack{}}
		for i := range uint64(32) {
			u.at(instruction{text + i, i%2 == 0})
		}
		s.named("runtime.main")
		frames, _ := u.unwind(instruction{pc, false}, 8, 1<<12, false, func(a uint64) (uint64, bool) { return text + a%32, true }, nil)
		u.traceOf(frames, text)
	})
}
