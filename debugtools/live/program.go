package live

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// A program is what is known of a Go program before its goroutines are looked at. Nothing of it changes while it runs.
type program struct {
	space   space
	layout  layout
	version string // "go1.26.8"
	symtab  *symtab
	allgs   uint64   // address of runtime.allgs, a slice of pointers to goroutines
	reasons []string // of waiting
	own     []mapping
}

// openProgram finds out all about a program from its file and its memory: maps are those of the file and of its variables.
// It takes time linear in the size of the file.
func openProgram(file io.ReaderAt, mem memory, own []mapping) (*program, error) {
	f, err := elf.NewFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotGo, err)
	}
	info, err := buildinfo.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%w, or what says so was removed from it", ErrNotGo)
	}
	if f.Machine != elf.EM_X86_64 {
		return nil, fmt.Errorf("a program for %v: %w", f.Machine, ErrPlatform)
	}
	v, _, _ := strings.Cut(info.GoVersion, " ")
	p := &program{space: space{mem: mem}, version: v, own: own}
	if p.layout, err = programLayout(f, v); err != nil {
		return nil, err
	}
	if err = p.findTables(); err != nil {
		return nil, err
	}
	if !p.layout.has(mutexOwner) && p.symtab.named("runtime.godmodePrint") != 0 {
		return nil, fmt.Errorf("%w: it records owners, which cannot be read without debugging information: build it without -s and -w", ErrVersion)
	}
	p.bySymbols(f)
	return p, p.bySearch()
}

// programLayout returns the layout of the runtime in a program: by its debugging information, or by its version.
func programLayout(f *elf.File, v string) (layout, error) {
	table, missing := layoutOf(v)
	if f.Section(".debug_info") != nil {
		l, err := dwarfLayout(f)
		if err != nil {
			return l, fmt.Errorf("%w: its debugging information: %w", ErrVersion, err)
		}
		if missing == nil {
			l.fill(table)
		}
		return l, nil
	}
	if missing != nil {
		return table, fmt.Errorf("%w: no debugging information, and %w", ErrVersion, missing)
	}
	return table, nil
}

// The head of runtime.moduledata, which has been the same since Go 1.20.
const (
	moduleTable   = 0   // where the tables of functions begin
	moduleNames   = 8   // the names within
	moduleFuncs   = 104 // a slice: the end of the tables
	moduleIndex   = 128 // the same address again
	moduleText    = 176
	moduleHead    = 512
	largestTables = 1 << 30
)

// findTables finds the tables of functions: bytes that look like their header, to which something points that looks like the module data of the
// runtime. That works
// in stripped programs too, and cannot be mistaken: eight words have to agree.
func (p *program) findTables() error {
	header := []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}
	for _, m := range p.own {
		if !m.read {
			continue
		}
		p.space.each(m.from, m.to, func(addr uint64, b []byte) bool {
			aligned(b, header, func(i int) bool {
				p.symtab = p.tablesAt(addr + uint64(i))
				return p.symtab == nil
			})
			return p.symtab == nil
		})
		if p.symtab != nil {
			return nil
		}
	}
	if p.space.err != nil {
		return p.space.err
	}
	return fmt.Errorf("%w: %w", ErrNotGo, errTables)
}

// aligned calls f with the offset of each place at which a word of 8 bytes lies, until it returns false.
func aligned(b, want []byte, f func(i int) bool) {
	for at := 0; ; at += 8 {
		i := bytes.Index(b[at:], want)
		if i < 0 {
			return
		}
		if at += i; at%8 != 0 {
			at = at / 8 * 8
			continue
		}
		if !f(at) {
			return
		}
	}
}

// tablesAt reads the tables that begin at an address, or returns nil if none do.
func (p *program) tablesAt(addr uint64) *symtab {
	if !isTable(p.space.bytes(addr, tabHeader)) {
		return nil
	}
	var pointer [8]byte
	binary.LittleEndian.PutUint64(pointer[:], addr)
	var found *symtab
	for _, m := range p.own {
		if !m.read || found != nil {
			continue
		}
		p.space.each(m.from, m.to, func(at uint64, b []byte) bool {
			aligned(b, pointer[:], func(i int) bool {
				found = p.module(addr, at+uint64(i))
				return found == nil
			})
			return found == nil
		})
	}
	return found
}

// module reads the tables at an address by the module data that point to them, or returns nil if those are none.
func (p *program) module(addr, data uint64) *symtab {
	head, md := p.space.bytes(addr, tabHeader), p.space.bytes(data, moduleHead)
	at := func(off int32) uint64 { return word(md, off) }
	size := at(moduleFuncs) + at(moduleFuncs+8) - addr
	if md == nil || at(moduleTable) != addr || at(moduleNames) != addr+word(head, 32) || at(moduleIndex) != at(moduleFuncs) ||
		at(moduleFuncs) != addr+word(head, 64) || size > largestTables {
		return nil
	}
	tab := p.space.bytes(addr, int(size))
	s, err := newSymtab(tab, at(moduleText), at(p.layout[moduleGoFunc]), p.space.bytes)
	if err != nil {
		return nil
	}
	return s
}

// bySymbols finds the variables of the runtime in the table of symbols, if the program has one.
func (p *program) bySymbols(f *elf.File) {
	symbols, err := f.Symbols()
	if err != nil {
		return
	}
	bias := p.bias(f)
	for _, s := range symbols {
		switch s.Name {
		case "runtime.allgs":
			p.allgs = s.Value + bias
		case "runtime.waitReasonStrings":
			p.reasons = p.strings(s.Value+bias, int(s.Size/16))
		}
	}
}

// bias returns by how much the program was moved when it was loaded: 0 unless it is position-independent.
func (p *program) bias(f *elf.File) uint64 {
	const page = 1<<12 - 1
	for _, ph := range f.Progs {
		for _, m := range p.own {
			if ph.Type == elf.PT_LOAD && m.inode != 0 && m.offset == ph.Off&^page {
				return m.from - ph.Vaddr&^page
			}
		}
	}
	return 0
}

// longestReason bounds the text of a reason of waiting, mostReasons their number.
const (
	longestReason = 64
	mostReasons   = 128
)

// strings reads an array of at most n strings, until one cannot be.
func (p *program) strings(addr uint64, n int) []string {
	all := []string{""}
	for i := 1; i < min(n, mostReasons); i++ {
		s := p.space.str(addr+16*uint64(i), longestReason)
		if s == "" {
			break
		}
		all = append(all, s)
	}
	return all
}

// bySearch finds the variables that no symbol has named by what is in them. runtime.allgs is a slice whose first element is goroutine 1, which began in
// runtime.main; the reasons of waiting begin with "" and "GC assist marking". A program whose main goroutine has ended by runtime.Goexit cannot be searched.
func (p *program) bySearch() error {
	if p.allgs != 0 && p.reasons != nil {
		return nil
	}
	first := p.symtab.named("runtime.main")
	for _, m := range p.own {
		if !m.write || p.allgs != 0 && p.reasons != nil {
			continue
		}
		p.space.each(m.from, m.to, func(at uint64, b []byte) bool {
			nonzero(b, func(i int) { p.recognise(at+uint64(i), b[i:], first) })
			return true
		})
	}
	if p.allgs == 0 || p.reasons == nil {
		return fmt.Errorf("%w: the variables of its runtime were not found; it may have just been started", ErrMoving)
	}
	return nil
}

// recognise looks whether one of the variables begins with a word that is not zero: the address of the array of a slice or of a text.
func (p *program) recognise(at uint64, b []byte, first uint64) {
	x, y, z := word(b, 0), word(b, 8), word(b, 16)
	switch {
	case p.allgs == 0 && x%8 == 0 && 0 < y && y <= z && z < mostGoroutines && p.begins(x, first):
		p.allgs = at
	case p.reasons == nil && y == uint64(len(firstReason)) && p.space.str(at, longestReason) == firstReason:
		p.reasons = p.strings(at-16, mostReasons)
	}
}

// nonzero calls f with the offset of each word that is not zero. Most of the memory of variables is, above all with the race detector.
func nonzero(b []byte, f func(i int)) {
	var zeros [256]byte
	for i := 0; i+8 <= len(b); {
		if i+len(zeros) <= len(b) && bytes.Equal(b[i:i+len(zeros)], zeros[:]) {
			i += len(zeros)
			continue
		}
		for end := min(i+len(zeros), len(b)); i+8 <= end; i += 8 {
			if binary.LittleEndian.Uint64(b[i:]) != 0 {
				f(i)
			}
		}
	}
}

// firstReason is the first reason of waiting, in all versions.
const firstReason = "GC assist marking"

// begins reports whether a slice of pointers begins with goroutine 1, which began at an address.
func (p *program) begins(slice, start uint64) bool {
	g := p.space.bytes(p.space.word(slice), int(p.layout[gSize]))
	return g != nil && word(g, p.layout[gID]) == 1 && word(g, p.layout[gStart]) == start
}
