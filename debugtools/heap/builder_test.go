package heap_test

import (
	"bytes"
	"encoding/binary"
)

// base is where the heap of a made-up dump begins.
const base = 0xc000000000

// A builder writes a dump as the runtime would.
type builder struct{ bytes.Buffer }

// number writes numbers.
func (b *builder) number(list ...uint64) {
	for _, v := range list {
		b.Write(binary.AppendUvarint(nil, v))
	}
}

// text writes a text.
func (b *builder) text(s string) {
	b.number(uint64(len(s)))
	b.WriteString(s)
}

// begin writes the head of a dump whose heap is so large.
func (b *builder) begin(size uint64) *builder {
	b.WriteString("go1.7 heap dump\n")
	b.number(6, 0, 8, base, base+size)
	b.text("amd64")
	b.text("go1.20") // old enough to have no phantoms
	b.number(2)
	return b
}

// object writes an object of so many words, whose first words are pointers.
func (b *builder) object(addr uint64, words int, to ...uint64) {
	b.number(1, addr)
	b.memory(words, to)
}

// memory writes words and where the pointers in it are.
func (b *builder) memory(words int, to []uint64) {
	b.number(uint64(8 * words))
	for i := range words {
		v := uint64(0)
		if i < len(to) {
			v = to[i]
		}
		b.Write(binary.LittleEndian.AppendUint64(nil, v))
	}
	b.fields(len(to))
}

// fields says that the first words are pointers.
func (b *builder) fields(n int) {
	for i := range n {
		b.number(1, uint64(8*i))
	}
	b.number(0)
}

// globals writes the data segment.
func (b *builder) globals(to ...uint64) {
	b.number(12, 0x5000)
	b.memory(len(to), to)
}

// bss writes an empty second segment and ends the dump.
func (b *builder) bss() []byte {
	b.number(13, 0x6000)
	b.memory(0, nil)
	return b.end()
}

// goroutine writes a goroutine with one frame.
func (b *builder) goroutine(id uint64, fn string, to ...uint64) {
	b.number(4, 0x7000+id, 0, id, 0, 4, 0, 0, 0)
	b.text("chan receive")
	b.number(0, 0, 0, 0)
	b.number(5, 0x9000, 0, 0, uint64(8*len(to)))
	for _, v := range to {
		b.Write(binary.LittleEndian.AppendUint64(nil, v))
	}
	b.number(1, 2, 3)
	b.text(fn)
	b.fields(len(to))
}

// end ends the dump.
func (b *builder) end() []byte {
	b.number(0)
	return b.Bytes()
}
