package main

import (
	"sync"
)

type task struct {
	wg   sync.WaitGroup
	errs []error
}

func (t *task) split(depth int) {
	defer t.wg.Done()
	if depth > 0 {
		t.wg.Add(1)
		go t.split(depth - 1)
	}
	t.wg.Wait()
}

type loader struct {
	once  sync.Once
	peer  *loader
	value int
}

func (l *loader) get() int {
	l.once.Do(func() { l.value = l.peer.get() + 1 })
	return l.value
}

func (l *loader) getMet(meet *sync.WaitGroup) {
	l.once.Do(func() {
		meet.Done()
		meet.Wait()
		l.value = l.peer.get()
	})
}

type inbox struct {
	mu    sync.Mutex
	some  *sync.Cond
	items []int
}

func newInbox() *inbox {
	b := &inbox{}
	b.some = sync.NewCond(&b.mu)
	return b
}

func (b *inbox) put(v int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.items = append(b.items, v) // nobody is told
}

func (b *inbox) take() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 {
		b.some.Wait()
	}
	v := b.items[0]
	b.items = b.items[1:]
	return v
}

// group is like errgroup.
type group struct {
	wg    sync.WaitGroup
	slots chan struct{}
}

func (g *group) run(f func()) {
	g.slots <- struct{}{}
	g.wg.Add(1)
	go func() {
		defer func() { <-g.slots; g.wg.Done() }()
		f()
	}()
}

var groups = map[string]scenario{
	"wg-missing-done": {run: func(*stage) {
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Add(1)
			go func() {
				if i == 1 {
					return
				}
				wg.Done()
			}()
		}
		wg.Wait()
	}},
	"wg-add-too-many": {run: func(*stage) {
		var wg sync.WaitGroup
		wg.Add(4)
		for range 3 {
			go wg.Done()
		}
		wg.Wait()
	}},
	"wg-wait-inside": {run: func(*stage) {
		t := &task{}
		t.wg.Add(1)
		go t.split(2)
		t.wg.Wait()
	}},
	"wg-copied": {run: func(*stage) {
		var wg sync.WaitGroup
		wg.Add(1)
		go func(wg sync.WaitGroup) { wg.Done() }(wg)
		wg.Wait()
	}},
	"once-recursive": {run: func(*stage) {
		l := &loader{}
		l.peer = l
		l.get()
	}},
	"once-recursive-beside-work": {run: func(*stage) {
		l := &loader{}
		l.peer = l
		go l.get()
	}},
	"once-cycle": {run: func(*stage) {
		a, b, meet := &loader{}, &loader{}, meeting(2)
		a.peer, b.peer = b, a
		go a.getMet(meet)
		go b.getMet(meet)
	}},
	"cond-no-signal": {run: func(*stage) {
		b := newInbox()
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { b.take() })
		}
		b.put(1)
		wg.Wait()
	}},
	"group-nested-limit": {run: func(*stage) {
		g := &group{slots: make(chan struct{}, 1)}
		g.run(func() { g.run(func() {}) })
		g.wg.Wait()
	}},
	"wg-lock-behind": {run: func(*stage) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		mu.Lock()
		for range 3 {
			wg.Go(func() {
				mu.Lock()
				defer mu.Unlock()
			})
		}
		wg.Wait()
		mu.Unlock()
	}},
}
