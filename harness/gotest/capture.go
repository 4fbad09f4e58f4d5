package gotest

import (
	"fmt"
	"io"
	"sync/atomic"
)

// A capture keeps the output of one process: its first half and its last half of a limit, and how much fell in between. Its
// buffers are used again for the next process. Only one goroutine writes; total may be read by any.
type capture struct {
	head, tail []byte
	limit      int // of each half
	next       int // where the next byte of a full tail goes
	total      atomic.Int64
}

// reset prepares for the next process.
func (c *capture) reset() {
	c.head, c.tail, c.next = c.head[:0], c.tail[:0], 0
	c.total.Store(0)
}

// Write keeps what there is room for. It never fails.
func (c *capture) Write(p []byte) (int, error) {
	n := len(p)
	c.total.Add(int64(n))
	if room := c.limit - len(c.head); room > 0 {
		k := min(room, len(p))
		c.head = append(c.head, p[:k]...)
		p = p[k:]
	}
	for len(p) > 0 && len(c.tail) < c.limit {
		k := min(c.limit-len(c.tail), len(p))
		c.tail = append(c.tail, p[:k]...)
		p = p[k:]
	}
	for len(p) > 0 {
		k := copy(c.tail[c.next:], p)
		c.next = (c.next + k) % c.limit
		p = p[k:]
	}
	return n, nil
}

// bytes returns the output as a copy, with a line that says what was left out.
func (c *capture) bytes() []byte {
	all := append([]byte(nil), c.head...)
	if dropped := c.total.Load() - int64(len(c.head)+len(c.tail)); dropped > 0 {
		all = fmt.Appendf(all, "\n[%d bytes of output left out]\n", dropped)
	}
	all = append(all, c.tail[c.next:]...)
	return append(all, c.tail[:c.next]...)
}

// read copies from r until its end or an error, through a buffer of its own that is used again.
func (c *capture) read(r io.Reader, buffer []byte) {
	for {
		n, err := r.Read(buffer)
		c.Write(buffer[:n])
		if err != nil {
			return
		}
	}
}
