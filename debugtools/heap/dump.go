package heap

import (
	"errors"
	"fmt"
)

// A Dump is what one heap dump holds, in a compact form: 12 bytes for an object and 4 for a pointer between objects. Contents of
// objects are not kept.
type Dump struct {
	// Go is the version that wrote it ("go1.26.8"), Arch its architecture ("amd64").
	Go, Arch string
	// PointerSize is 8 or 4 bytes.
	PointerSize int
	// Goroutines are all that were not running, in the order of the dump.
	Goroutines []Goroutine
	// Roots are what keeps objects: global variables in the order of their addresses, then goroutines, then finalizers.
	Roots []Root
	// Sites are the allocation sites that were sampled and still have objects.
	Sites []Site
	// HeapAlloc and HeapObjects are what runtime.MemStats said at the same moment, in bytes and objects; 0 if the dump ends before.
	HeapAlloc, HeapObjects uint64
	// Phantoms are entries of the dump that are no objects: WriteHeapDump also lists the space at the end of a span that holds
	// mark bits and pointer maps. They are left out of everything else.
	Phantoms int
	// Truncated is true if the dump ends too early or in something that no runtime writes. TruncatedAt says where and what.
	Truncated   bool
	TruncatedAt string
	// Problems are entries that were skipped, at most 100 of them.
	Problems []string
	// Bytes is the length of what was read.
	Bytes int64

	bigEndian  bool
	start, end uint64   // of the heap's arenas
	words      []uint32 // address of each object: words of 8 bytes from start
	shape      []uint32 // of each object, an index of shapes
	shapes     []shape
	out        csr // pointers between objects, resolved by link
	pages      pages
	samples    map[uint32]uint32 // object -> site, those that were sampled
	likely     map[uint32]uint32 // shape -> site, if nearly all its samples came from one
	segments   []segment
	links      []slot // pointers from global variables to global variables
	threads    []slot
	finalizers []finalizer
	others     []otherRoot
	symbols    *Symbols
	slide      uint64 // how far the program was moved when it was loaded
	slid       bool
}

// A shape is what distinguishes objects without types: the size, and which words are pointers. Values of one type have one shape.
type shape struct {
	size     uint64 // in bytes
	mask     uint64 // hash of the offsets of pointers
	pointers uint32 // how many words are pointers
}

// A segment is the memory of global variables.
type segment struct {
	name  string // "data" or "bss"
	addr  uint64
	size  uint64
	slots []slot
}

// A slot is a pointer outside of the heap.
type slot struct {
	where uint64 // its address, or in a goroutine the frame it belongs to
	to    uint64 // what it points to
}

// A finalizer is a function that will be called for an object.
type finalizer struct {
	object, fn uint64
	queued     bool
}

// An otherRoot is a root with a text; runtimes since Go 1.5 write none.
type otherRoot struct {
	name string
	to   uint64
}

// A Goroutine is one goroutine.
type Goroutine struct {
	ID int64
	// State is what it waits for ("chan receive"), or "runnable" or "syscall".
	State string
	// System is true for those of the runtime itself.
	System bool
	// Frames are its calls, innermost first.
	Frames []Frame

	g     uint64 // the address of its descriptor
	slots []slot // where is an index of Frames, or beyond: words of the descriptor
	maybe []slot // words of frames that are not known to be pointers
}

// A Frame is one call: dumps have the function, not the line.
type Frame struct {
	Func string
	Size uint64 // in bytes
}

// A Site is a place in the program that allocates, with its callers, innermost first.
type Site struct {
	Calls []Call
	// Size is that of one object in bytes, Allocs and Frees count sampled objects.
	Size, Allocs, Frees uint64
}

// A Call is one line of the stack of an allocation.
type Call struct {
	Func, File string
	Line       int
}

// An Object is one object of the heap.
type Object struct {
	Addr uint64
	// Size is that of its size class, in bytes: a little more than what was asked for.
	Size uint64
	// Pointers is how many of its words are pointers.
	Pointers int
	// Site is an index of Dump.Sites, or -1 if the allocation was not sampled.
	Site int
}

var (
	// ErrFormat is returned for a file that is no heap dump.
	ErrFormat = errors.New("not a heap dump")
	// ErrLimit is returned for a dump that is larger than Options allow, or than this package can address: 32 GiB from the first
	// to the last object, 4 billion pointers.
	ErrLimit = errors.New("beyond the limit")
)

// Len returns the number of objects, reachable or not. Objects are numbered from 0, in the order of the dump. Phantoms have numbers
// too, but size 0, and nothing points to them.
func (d *Dump) Len() int { return len(d.words) }

// Rooted reports whether the dump has its roots. Global variables come after all objects and goroutines; of a dump that ends before them,
// nothing can be said about who keeps what.
func (d *Dump) Rooted() bool { return len(d.segments) >= 2 }

// Object returns object i.
func (d *Dump) Object(i int) Object {
	s := d.shapes[d.shape[i]]
	o := Object{Addr: d.addr(uint32(i)), Size: s.size, Pointers: int(s.pointers), Site: -1}
	if site, ok := d.samples[uint32(i)]; ok {
		o.Site = int(site)
	}
	return o
}

// Find returns the object that holds an address, which may point into its middle. It takes constant time.
func (d *Dump) Find(addr uint64) (object int, ok bool) {
	i := d.find(addr)
	return int(i), i != none
}

// addr returns the address of an object.
func (d *Dump) addr(i uint32) uint64 { return d.start + uint64(d.words[i])*8 }

// size returns the size of an object in bytes.
func (d *Dump) size(i uint32) uint64 { return d.shapes[d.shape[i]].size }

// find is Find with none for no object.
func (d *Dump) find(addr uint64) uint32 {
	if addr < d.start || addr >= d.end {
		return none
	}
	return d.at(uint32((addr - d.start) / 8))
}

// at returns the object that covers a word, or none. A phantom has size 0 and covers nothing.
func (d *Dump) at(word uint32) uint32 {
	i := d.pages.find(word, d.words)
	if i == none || uint64(word-d.words[i])*8 >= d.size(i) {
		return none
	}
	return i
}

// problem notes an entry that was skipped.
func (d *Dump) problem(format string, args ...any) {
	if len(d.Problems) < 100 {
		d.Problems = append(d.Problems, fmt.Sprintf(format, args...))
	}
}
