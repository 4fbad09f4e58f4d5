package live

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sort"
	"strings"
)

// A symtab answers questions about addresses of code by the tables that the linker has made for the runtime (pclntab, format of Go 1.20 and later). Package
// debug/gosym reads them too, but not the sizes of frames, inlined calls and arguments. Nothing in it is trusted: what is out of bounds reads as nothing.
//
// The format is that of cmd/link/internal/ld/pcln.go and runtime/symtab.go.
type symtab struct {
	text     uint64 // where offsets of functions count from
	names    []byte // of functions, each ended by a zero
	units    []byte // for each file of a compilation unit its offset in files
	files    []byte
	values   []byte // tables from program counter to value
	funcs    []byte // the index, then a record for each function
	count    int
	funcData uint64                          // where offsets of inlined calls and arguments count from
	rodata   func(addr uint64, n int) []byte // reads what lies there, nil if it cannot
	wrapper  uint8                           // how functions that the compiler has generated are marked in this version
	injects  map[uint8]bool                  // calls that a signal has put between two instructions
	panics   map[uint8]bool                  // callees below which a wrapper is worth showing
}

// Sizes and offsets within the tables.
const (
	tabMagic    = 0xfffffff1
	tabHeader   = 72
	funcRecord  = 44 // without what follows it
	inlinedCall = 16
)

// Tables that belong to a function (internal/abi: PCDATA_ and FUNCDATA_).
const (
	dataInline  = 2 // of program counters: the inlined call
	dataArgLive = 3 // of program counters: which arguments are alive
	funcInline  = 3 // the inlined calls
	funcArgs    = 5 // where arguments are
	funcArgLive = 6 // which are alive
)

// Flags of a function (internal/abi: FuncFlag).
const (
	flagTop     = 1 // the outermost of a stack
	flagSPWrite = 2 // sets the stack pointer: its callers cannot be found
)

// errTables is returned for tables that are not of a form we know.
var errTables = errors.New("the tables of functions are of an unknown form")

// newSymtab reads the head of the tables. text and funcData come from the module data of the runtime, rodata reads the memory of the program.
func newSymtab(tab []byte, text, funcData uint64, rodata func(uint64, int) []byte) (*symtab, error) {
	if !isTable(tab) {
		return nil, errTables
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(tab[8+8*i:]) }
	var at [6]uint64
	for i := range 5 {
		at[i] = word(3 + i)
	}
	at[5] = uint64(len(tab))
	for i := range 5 {
		if at[i] < tabHeader || at[i] > at[i+1] {
			return nil, errTables
		}
	}
	s := &symtab{text: text, names: tab[at[0]:at[1]], units: tab[at[1]:at[2]], files: tab[at[2]:at[3]], values: tab[at[3]:at[4]], funcs: tab[at[4]:],
		funcData: funcData, rodata: rodata}
	if n := word(0); n > uint64(len(s.funcs))/8 {
		return nil, errTables
	}
	s.count = int(word(0))
	s.mark()
	return s, nil
}

// isTable reports whether bytes begin with the header of tables for 64 bit and instructions of any length.
func isTable(tab []byte) bool {
	return len(tab) >= tabHeader && binary.LittleEndian.Uint32(tab) == tabMagic && tab[4] == 0 && tab[5] == 0 && tab[6] == 1 && tab[7] == 8
}

// mark finds out how the version numbers special functions: their numbers change, their names do not. It takes time linear in the number of functions.
func (s *symtab) mark() {
	s.injects, s.panics = map[uint8]bool{}, map[uint8]bool{}
	for i := range s.count {
		f := s.record(i)
		switch s.name(f.nameOff()) {
		case "runtime.sigpanic":
			s.injects[f.id()], s.panics[f.id()] = true, true
		case "runtime.asyncPreempt", "runtime.debugCallV2":
			s.injects[f.id()] = true
		case "runtime.gopanic", "runtime.panicwrap":
			s.panics[f.id()] = true
		case "runtime.systemstack_switch":
			s.wrapper = f.id() + 1 // the last two of internal/abi.FuncID, ever since
		}
	}
}

// A fn is the record of a function. A nil one reads as zeros.
type fn []byte

func (f fn) word(i int) uint32 {
	if 4*i+4 > len(f) {
		return 0
	}
	return binary.LittleEndian.Uint32(f[4*i:])
}

func (f fn) entry() uint64   { return uint64(f.word(0)) }
func (f fn) nameOff() uint32 { return f.word(1) }
func (f fn) frames() uint32  { return f.word(4) } // table of frame sizes
func (f fn) fileTab() uint32 { return f.word(5) }
func (f fn) lineTab() uint32 { return f.word(6) }
func (f fn) tables() uint32  { return f.word(7) }
func (f fn) unit() uint32    { return f.word(8) }
func (f fn) id() uint8       { return uint8(f.word(10)) }
func (f fn) flags() uint8    { return uint8(f.word(10) >> 8) }
func (f fn) datas() uint32   { return f.word(10) >> 24 }

// pcTable returns the offset in values of the n-th table of a function, 0 if it has none.
func (f fn) pcTable(n uint32) uint32 {
	if n >= f.tables() {
		return 0
	}
	return f.word(int(11 + n))
}

// data returns the offset from funcData of the n-th data of a function.
func (f fn) data(n uint32) (uint32, bool) {
	if n >= f.datas() || f.tables() > 1<<16 {
		return 0, false
	}
	off := f.word(int(11 + f.tables() + n))
	return off, off != ^uint32(0)
}

// record returns the i-th function, nil if there is none.
func (s *symtab) record(i int) fn {
	at := s.index(i, 4)
	if i >= s.count || at+funcRecord > uint64(len(s.funcs)) {
		return nil
	}
	return fn(s.funcs[at:])
}

// index returns half of an entry of the index: the offset of the code of a function, or that of its record (half 4).
func (s *symtab) index(i, half int) uint64 {
	if 8*i+8 > len(s.funcs) {
		return 0
	}
	return uint64(binary.LittleEndian.Uint32(s.funcs[8*i+half:]))
}

// find returns the function that an address is in, nil if it is in none. It takes time logarithmic in the number of functions.
func (s *symtab) find(pc uint64) fn {
	off := pc - s.text
	if pc < s.text || s.count == 0 || off >= s.index(s.count, 0) {
		return nil
	}
	i := sort.Search(s.count, func(i int) bool { return s.index(i, 0) > off }) - 1
	if i < 0 {
		return nil
	}
	return s.record(i)
}

// named returns the address of the code of a function, 0 if there is none of that name. It takes time linear in the number of functions.
func (s *symtab) named(name string) uint64 {
	for i := range s.count {
		if f := s.record(i); f != nil && s.name(f.nameOff()) == name {
			return s.text + f.entry()
		}
	}
	return 0
}

// name returns the name at an offset.
func (s *symtab) name(off uint32) string { return cstring(s.names, off) }

// cstring returns the string at an offset that a zero ends.
func cstring(b []byte, off uint32) string {
	if uint64(off) >= uint64(len(b)) {
		return ""
	}
	b = b[off:]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// value looks an address up in a table from program counter to value, which is a list of differences: of the value, then of the address. It is -1 if
// there is no
// such table or it does not reach so far. It takes time linear in the length of the table.
func (s *symtab) value(f fn, table uint32, pc uint64) int32 {
	if table == 0 || uint64(table) >= uint64(len(s.values)) {
		return -1
	}
	p, at, val := s.values[table:], s.text+f.entry(), int32(-1)
	for first := true; ; first = false {
		dv, n := binary.Uvarint(p)
		if n <= 0 || dv == 0 && !first {
			return -1
		}
		da, m := binary.Uvarint(p[n:])
		if m <= 0 {
			return -1
		}
		p = p[n+m:]
		val += int32(-(uint32(dv) & 1) ^ uint32(dv)>>1)
		at += da
		if pc < at {
			return val
		}
	}
}

// line returns the place in the source of an address.
func (s *symtab) line(f fn, pc uint64) (file string, line int) {
	no, ln := s.value(f, f.fileTab(), pc), s.value(f, f.lineTab(), pc)
	at := 4 * (uint64(f.unit()) + uint64(uint32(no)))
	if no < 0 || ln < 0 || at+4 > uint64(len(s.units)) {
		return "?", 0
	}
	return cstring(s.files, binary.LittleEndian.Uint32(s.units[at:])), int(ln)
}

// A call is one of the calls that an address belongs to: an inlined one or, last, that of the function itself.
type call struct {
	name   string
	file   string
	line   int
	id     uint8
	inline bool
}

// deepest bounds how many inlined calls are followed.
const deepest = 1000

// calls returns the calls at an address, innermost first. It is that of a call instruction, not a return address.
func (s *symtab) calls(f fn, pc uint64) []call {
	var all []call
	tree, ok := f.data(funcInline)
	for ok && len(all) < deepest {
		i := s.value(f, f.pcTable(dataInline), pc)
		if i < 0 {
			break
		}
		rec := s.rodata(s.funcData+uint64(tree)+inlinedCall*uint64(i), inlinedCall)
		if len(rec) < inlinedCall {
			break
		}
		c := call{name: s.name(binary.LittleEndian.Uint32(rec[4:])), id: rec[0], inline: true}
		c.file, c.line = s.line(f, pc)
		all = append(all, c)
		pc = s.text + f.entry() + uint64(binary.LittleEndian.Uint32(rec[8:]))
	}
	c := call{name: s.name(f.nameOff()), id: f.id()}
	c.file, c.line = s.line(f, pc)
	return append(all, c)
}

// printed writes the name of a function as stacks do: what instantiates a generic one is left out, and panic is a word of the language.
func printed(name string) string {
	if name == "runtime.gopanic" {
		return "panic"
	}
	i, j := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']')
	if i < 0 || j < i {
		return name
	}
	return name[:i] + "[...]" + name[j+1:]
}
