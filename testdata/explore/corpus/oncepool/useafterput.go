package oncepool

import (
	"bytes"
	"sync"
)

// An encoder reuses its buffers.
type encoder struct {
	buffers sync.Pool
}

func newEncoder() *encoder {
	return &encoder{sync.Pool{New: func() any { return new(bytes.Buffer) }}}
}

func (e *encoder) encode(s string) []byte {
	b := e.buffers.Get().(*bytes.Buffer)
	defer e.buffers.Put(b)
	b.Reset()
	b.WriteString(s)
	return b.Bytes()
}

// encodeFixed returns a copy of what is in the buffer.
func (e *encoder) encodeFixed(s string) []byte {
	b := e.buffers.Get().(*bytes.Buffer)
	defer e.buffers.Put(b)
	b.Reset()
	b.WriteString(s)
	return bytes.Clone(b.Bytes())
}
