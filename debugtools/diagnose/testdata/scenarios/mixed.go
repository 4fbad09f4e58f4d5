package main

import (
	"sync"
)

type store struct {
	mu      sync.Mutex
	flushed chan bool
	queue   []int
}

func (s *store) flusher() {
	s.mu.Lock()
	s.queue = nil
	s.mu.Unlock()
	s.flushed <- true
}

func (s *store) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	go s.flusher()
	<-s.flushed
}

type machine struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	open bool
}

func (m *machine) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open = false
	m.wg.Wait()
}

func (m *machine) work(start chan bool) {
	defer m.wg.Done()
	<-start
	m.mu.Lock()
	defer m.mu.Unlock()
}

type queue struct {
	mu    sync.Mutex
	full  *sync.Cond
	outer sync.Mutex
	n     int
}

func (q *queue) put() {
	q.outer.Lock()
	defer q.outer.Unlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.n == 1 {
		q.full.Wait()
	}
	q.n++
}

func (q *queue) get() {
	q.outer.Lock()
	defer q.outer.Unlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.n--
	q.full.Signal()
}

var mixed = map[string]scenario{
	"mixed-lock-channel": {run: func(*stage) {
		s := &store{flushed: make(chan bool)}
		go s.flush()
	}},
	"mixed-lock-channel-all": {run: func(*stage) {
		s := &store{flushed: make(chan bool)}
		s.flush()
	}},
	"mixed-lock-wg": {run: func(*stage) {
		m, start := &machine{open: true}, make(chan bool)
		for range 3 {
			m.wg.Add(1)
			go m.work(start)
		}
		m.mu.Lock()
		close(start)
		m.mu.Unlock()
		m.mu.Lock()
		m.wg.Add(1)
		go m.work(start)
		go func() { m.mu.Unlock(); m.stop() }()
	}},
	"mixed-lock-cond": {run: func(*stage) {
		q := &queue{n: 1}
		q.full = sync.NewCond(&q.mu)
		in := make(chan bool)
		go func() { close(in); q.put() }()
		<-in
		for !q.blocked() {
		}
		go q.get()
	}},
	"mixed-handler-callback": {run: func(*stage) {
		l, a, meet := &ledger{}, &auditor{}, meeting(2)
		l.audit, a.ledger = a, l
		var wg sync.WaitGroup
		wg.Go(func() { l.post("rent", meet) })
		wg.Go(func() { a.report(meet) })
		wg.Wait()
	}},
}

// blocked reports whether put waits with the outer lock held.
func (q *queue) blocked() bool {
	if q.outer.TryLock() {
		q.outer.Unlock()
		return false
	}
	ok := q.mu.TryLock()
	if ok {
		q.mu.Unlock()
	}
	return ok
}
