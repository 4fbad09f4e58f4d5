package heap

import (
	"cmp"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Symbols are the names of the global variables of a program.
type Symbols struct {
	list []symbol // by address
}

// A symbol is a name and where it lies in the file's own addresses.
type symbol struct {
	addr, size uint64 // size 0 is unknown: up to the next one
	name       string
}

// ErrNoSymbols is returned for a binary without a symbol table: one built with -ldflags=-s, by go run, or by go test without -c.
var ErrNoSymbols = errors.New("no symbol table (built with -ldflags=-s, by go run, or by go test without -c)")

// ReadSymbols reads the symbol table of a program: ELF, Mach-O or PE. It returns ErrNoSymbols if there is none.
func ReadSymbols(path string) (*Symbols, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := symbolsOf(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	slices.SortStableFunc(list, func(a, b symbol) int { return cmp.Compare(a.addr, b.addr) })
	s := &Symbols{list: list}
	if _, ok := s.addr("runtime.data"); !ok {
		return nil, fmt.Errorf("%s: %w", path, ErrNoSymbols)
	}
	return s, nil
}

// symbolsOf reads the symbols of an executable of any format.
func symbolsOf(f *os.File) ([]symbol, error) {
	if e, err := elf.NewFile(f); err == nil {
		return elfSymbols(e)
	}
	if m, err := macho.NewFile(f); err == nil {
		return machoSymbols(m), nil
	}
	if p, err := pe.NewFile(f); err == nil {
		return peSymbols(p), nil
	}
	return nil, errors.New("not a program (ELF, Mach-O or PE)")
}

// elfSymbols returns those symbols that are no functions.
func elfSymbols(e *elf.File) ([]symbol, error) {
	all, err := e.Symbols()
	if errors.Is(err, elf.ErrNoSymbols) {
		return nil, ErrNoSymbols
	}
	var list []symbol
	for _, s := range all {
		if elf.ST_TYPE(s.Info) != elf.STT_FUNC && s.Section != elf.SHN_UNDEF {
			list = append(list, symbol{s.Value, s.Size, s.Name})
		}
	}
	return list, err
}

// machoSymbols returns the symbols that lie in sections. They begin with an underscore that Go knows nothing of.
func machoSymbols(m *macho.File) []symbol {
	if m.Symtab == nil {
		return nil
	}
	var list []symbol
	for _, s := range m.Symtab.Syms {
		if s.Sect > 0 {
			list = append(list, symbol{s.Value, 0, strings.TrimPrefix(s.Name, "_")})
		}
	}
	return list
}

// peSymbols returns the symbols that lie in sections.
func peSymbols(p *pe.File) []symbol {
	base := uint64(0)
	switch h := p.OptionalHeader.(type) {
	case *pe.OptionalHeader64:
		base = h.ImageBase
	case *pe.OptionalHeader32:
		base = uint64(h.ImageBase)
	}
	var list []symbol
	for _, s := range p.Symbols {
		if n := int(s.SectionNumber); n > 0 && n <= len(p.Sections) {
			list = append(list, symbol{base + uint64(p.Sections[n-1].VirtualAddress) + uint64(s.Value), 0, s.Name})
		}
	}
	return list
}

// addr returns the address of a symbol.
func (s *Symbols) addr(name string) (uint64, bool) {
	i := slices.IndexFunc(s.list, func(sym symbol) bool { return sym.name == name })
	if i < 0 {
		return 0, false
	}
	return s.list[i].addr, true
}

// name returns the variable that covers an address, and how far into it the address lies; "" if there is none.
func (s *Symbols) name(addr uint64) (string, uint64) {
	if s == nil {
		return "", 0
	}
	i, _ := slices.BinarySearchFunc(s.list, addr+1, func(sym symbol, at uint64) int { return cmp.Compare(sym.addr, at) })
	for i--; i >= 0; i-- {
		sym := s.list[i]
		switch {
		case boundary(sym.name): // marks of the linker, which have a size of 0 or none at all
		case sym.size != 0 && addr-sym.addr >= sym.size:
			return "", 0
		default:
			return sym.name, addr - sym.addr
		}
	}
	return "", 0
}

// boundary reports whether a symbol stands for the border of a section, not for a variable.
func boundary(name string) bool {
	switch name {
	case "runtime.data", "runtime.edata", "runtime.bss", "runtime.ebss", "runtime.noptrdata", "runtime.enoptrdata", "runtime.noptrbss", "runtime.enoptrbss",
		"runtime.end", "runtime.covctrs", "runtime.ecovctrs":
		return true
	}
	return name == ""
}

// match finds out how far the program was moved when it was loaded (position-independent code). Symbols of another program are worse
// than none: they are dropped, with a problem.
func (d *Dump) match() {
	if d.symbols == nil || len(d.segments) == 0 {
		return
	}
	for _, seg := range d.segments {
		lo, ok := d.symbols.addr("runtime." + seg.name)
		hi, _ := d.symbols.addr("runtime.e" + seg.name)
		slide := seg.addr - lo
		if !ok || hi-lo != seg.size || d.slid && slide != d.slide {
			d.problem("the symbols are those of another program: its %s has %d bytes, that of the dump %d; globals are named by address", seg.name, hi-lo, seg.size)
			d.symbols = nil
			return
		}
		d.slide, d.slid = slide, true
	}
}
