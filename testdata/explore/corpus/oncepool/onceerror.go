package oncepool

import (
	"errors"
	"sync"
	"sync/atomic"
)

var errRefused = errors.New("connection refused")

// A session is what dial returns.
type session struct{ name string }

// A client dials when it is first used. up tells whether the other side listens.
type client struct {
	up      atomic.Bool
	once    sync.Once
	mu      sync.Mutex
	session *session
}

func (c *client) dial() (*session, error) {
	if !c.up.Load() {
		return nil, errRefused
	}
	return &session{"s1"}, nil
}

func (c *client) connect() (*session, error) {
	var err error
	c.once.Do(func() { c.session, err = c.dial() })
	return c.session, err
}

// connectFixed dials until it has a session.
func (c *client) connectFixed() (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != nil {
		return c.session, nil
	}
	s, err := c.dial()
	if err == nil {
		c.session = s
	}
	return s, err
}
