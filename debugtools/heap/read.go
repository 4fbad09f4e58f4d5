package heap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// header is how a dump begins. The format has not changed since Go 1.7.
const header = "go1.7 heap dump\n"

// The records of a dump, as runtime/heapdump.go numbers them.
const (
	tagEnd = iota
	tagObject
	tagOtherRoot
	tagType
	tagGoroutine
	tagFrame
	tagParams
	tagFinalizer
	tagItab
	tagThread
	tagStats
	tagQueued
	tagData
	tagBSS
	tagDefer
	tagPanic
	tagProfile
	tagSample
)

// Options say how a dump is read. The zero value is good.
type Options struct {
	// MaxMemory is how many bytes the tables of the dump may take before Read gives up with ErrLimit; 0 stands for 8 GiB, enough for
	// 300 million objects. An object is read as a whole, so that none may be larger than a quarter of it.
	MaxMemory int64
	// Symbols names global variables; without them, a global is named by its address.
	Symbols *Symbols
}

// A reader is the state of Read.
type reader struct {
	source
	d       *Dump
	limit   int64
	cost    int64 // of what d holds, estimated
	offsets []uint64
	shapes  map[shape]uint32
	names   map[string]string
	sites   map[uint64]uint32 // by the address of their bucket
	sampled []slot            // where is the site
	known   map[uint64]bool   // offsets in a frame that are pointers

	// visit is called for each object instead of all else, if it is not nil.
	visit func(addr uint64, contents []byte)
}

// IsDump reports whether a file that begins with these bytes is a heap dump.
func IsDump(beginning []byte) bool { return bytes.HasPrefix(beginning, []byte(header)) }

// Read reads a dump that runtime/debug.WriteHeapDump wrote, in one pass and without keeping the contents of objects: 12 bytes for an
// object and 4 for a pointer. A file that does not begin as one gives ErrFormat; one that ends early or in nonsense is read as far
// as it goes and says so in Truncated; ErrLimit is returned for one that would take more memory than o allows, and other errors
// come from r.
func Read(r io.Reader, o Options) (*Dump, error) {
	p := newReader(r, o)
	if err := p.begin(); err != nil {
		return nil, err
	}
	return p.d, p.read()
}

// newReader returns a reader with an empty dump.
func newReader(r io.Reader, o Options) *reader {
	if o.MaxMemory == 0 {
		o.MaxMemory = 8 << 30
	}
	p := &reader{
		source: *newSource(r, o.MaxMemory), limit: o.MaxMemory,
		shapes: map[shape]uint32{}, names: map[string]string{}, sites: map[uint64]uint32{}, known: map[uint64]bool{},
	}
	p.d = &Dump{symbols: o.Symbols, shapes: make([]shape, 1), samples: map[uint32]uint32{}}
	return p
}

// begin reads the header.
func (p *reader) begin() error {
	p.need(uint64(len(header)))
	if !IsDump(p.buf[p.pos:p.end]) {
		return ErrFormat
	}
	p.pos += len(header)
	return nil
}

// read reads all records and joins what they say.
func (p *reader) read() error {
	for p.record() {
	}
	p.d.Bytes = p.at()
	if err := p.ended(); err != nil {
		return err
	}
	p.d.sortLinks()
	p.d.match()
	p.d.dropPhantoms()
	p.link()
	return nil
}

// ended judges the error that ended reading: nil for a dump that can be used.
func (p *reader) ended() error {
	switch {
	case p.err == nil:
		return nil
	case errors.Is(p.err, ErrLimit):
		return p.err
	case errors.Is(p.err, io.EOF):
		p.d.truncated(p.at(), "the file ends before the dump does")
	case errors.Is(p.err, errCorrupt):
		p.d.truncated(p.at(), p.err.Error())
	default:
		return fmt.Errorf("heap dump, byte %d: %w", p.at(), p.err)
	}
	return nil
}

// truncated notes where reading ended too early.
func (d *Dump) truncated(at int64, why string) {
	d.Truncated, d.TruncatedAt = true, fmt.Sprintf("byte %d: %s", at, why)
}

// record reads one record and reports whether there may be another one.
func (p *reader) record() bool {
	tag := p.uint()
	if p.err != nil || tag == tagEnd {
		return false
	}
	if tag != tagParams && p.d.PointerSize == 0 {
		p.corrupt("record %d in front of the parameters", tag)
	}
	if p.visit != nil && tag == tagGoroutine { // objects come first
		return false
	}
	switch tag {
	case tagObject:
		p.object()
	case tagParams:
		p.params()
	case tagData, tagBSS:
		p.segment(tag)
	case tagStats:
		p.stats()
	default:
		p.small(tag)
	}
	return p.err == nil
}

// params reads what everything else depends on.
func (p *reader) params() {
	d := p.d
	d.bigEndian = p.uint() != 0
	d.PointerSize = int(p.uint())
	d.start, d.end = p.uint(), p.uint()
	d.Arch, d.Go = string(p.text()), string(p.text())
	p.uint() // processors
	switch {
	case p.err != nil:
	case d.PointerSize != 4 && d.PointerSize != 8:
		p.corrupt("pointers of %d bytes", d.PointerSize)
	case len(d.words) > 0 || d.end < d.start || d.start%8 != 0:
		p.corrupt("parameters that make no sense")
	case d.end-d.start >= 32<<30:
		p.err = fmt.Errorf("%w: the heap spans %d GiB of addresses, 32 is the most", ErrLimit, (d.end-d.start)>>30)
	}
}

// object reads an object: its address, its contents, and which words are pointers.
func (p *reader) object() {
	addr := p.uint()
	size := p.memory()
	if !p.fields(size) {
		return
	}
	d := p.d
	if p.visit != nil {
		p.visit(addr, p.contents(size))
		p.release()
		return
	}
	if !p.enter(addr, size) {
		p.release()
		return
	}
	contents := p.contents(size)
	for _, off := range p.offsets {
		if to := d.pointer(contents[off:]); to-d.start < d.end-d.start {
			d.out.edge = append(d.out.edge, uint32((to-d.start)/8))
		}
	}
	p.release()
	p.pay(12 + 4*int64(len(p.offsets)))
}

// enter adds an object to the tables, without its pointers. It reports false for one that cannot be.
func (p *reader) enter(addr, size uint64) bool {
	d, i := p.d, uint32(len(p.d.words))
	if addr < d.start || addr%8 != 0 || size == 0 || size%4 != 0 || d.end-d.start < size || addr-d.start > d.end-d.start-size {
		d.problem("object at %#x of %d bytes outside of the heap", addr, size)
		return false
	}
	lo := uint32((addr - d.start) / 8)
	if !d.pages.add(i, lo, lo+uint32((size+7)/8), d.words) {
		d.problem("object at %#x overlaps another one", addr)
		return false
	}
	d.words = append(d.words, lo)
	d.shape = append(d.shape, p.shapeOf(size))
	d.out.start = append(d.out.start, uint32(len(d.out.edge)))
	return true
}

// shapeOf returns the index of the shape of an object whose pointers are in p.offsets.
func (p *reader) shapeOf(size uint64) uint32 {
	s := shape{size: size, pointers: uint32(len(p.offsets)), mask: 1}
	for _, off := range p.offsets {
		s.mask = (s.mask ^ off) * 0x9e3779b97f4a7c15
		s.mask ^= s.mask >> 29
	}
	if n := len(p.d.shape); n > 0 && p.d.shapes[p.d.shape[n-1]] == s {
		return p.d.shape[n-1]
	}
	id, ok := p.shapes[s]
	if !ok {
		id = uint32(len(p.d.shapes))
		p.shapes[s] = id
		p.d.shapes = append(p.d.shapes, s)
		p.pay(100)
	}
	return id
}

// fields reads the offsets of pointers within so many bytes into p.offsets. It reports false if that failed.
func (p *reader) fields(size uint64) bool {
	p.offsets = p.offsets[:0]
	word := uint64(p.d.PointerSize)
	for {
		kind := p.uint()
		if kind == 0 || p.err != nil {
			return p.err == nil
		}
		off := p.uint()
		switch {
		case kind > 3:
			p.corrupt("a field of kind %d", kind)
		case uint64(len(p.offsets)) > 2*size/word+1024:
			p.corrupt("more fields than fit into %d bytes", size)
		case off%word == 0 && size >= word && off <= size-word:
			p.offsets = append(p.offsets, off)
		}
	}
}

// pay counts memory, and stops reading when it is too much.
func (p *reader) pay(bytes int64) {
	p.cost += bytes
	if p.err == nil && (p.cost > p.limit || len(p.d.words) >= 1<<31 || len(p.d.out.edge) >= 1<<32-1<<28) {
		p.err = fmt.Errorf("%w: more than %d bytes of tables after %d objects", ErrLimit, p.limit, len(p.d.words))
	}
}

// pointer reads a pointer.
func (d *Dump) pointer(b []byte) uint64 {
	switch {
	case d.PointerSize == 8 && !d.bigEndian:
		return binary.LittleEndian.Uint64(b)
	case d.PointerSize == 8:
		return binary.BigEndian.Uint64(b)
	case !d.bigEndian:
		return uint64(binary.LittleEndian.Uint32(b))
	default:
		return uint64(binary.BigEndian.Uint32(b))
	}
}
