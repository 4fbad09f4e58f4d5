package oncepool

import (
	"errors"
	"sync/atomic"
)

var errTooLong = errors.New("message too long")

// A scratch is a buffer that has one user at a time.
type scratch struct {
	users atomic.Int32
}

// A codec keeps scratches in a channel.
type codec struct {
	free chan *scratch
}

func newCodec() *codec {
	c := &codec{make(chan *scratch, 4)}
	c.free <- new(scratch)
	c.free <- new(scratch)
	return c
}

// encode calls use with a scratch. It fails if the message is too long.
func (c *codec) encode(message string, use func(*scratch)) error {
	s := <-c.free
	defer func() { c.free <- s }()
	if len(message) > 8 {
		c.free <- s
		return errTooLong
	}
	use(s)
	return nil
}

// encodeFixed gives back once.
func (c *codec) encodeFixed(message string, use func(*scratch)) error {
	s := <-c.free
	defer func() { c.free <- s }()
	if len(message) > 8 {
		return errTooLong
	}
	use(s)
	return nil
}
