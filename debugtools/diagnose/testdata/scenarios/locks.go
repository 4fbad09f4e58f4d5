package main

import (
	"errors"
	"sync"
)

type counter struct {
	name string
	mu   sync.Mutex
	n    map[string]int
}

func (c *counter) add(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[key]++
	return c.total()
}

func (c *counter) total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := 0
	for _, n := range c.n {
		sum += n
	}
	return sum
}

type account struct {
	id      int
	mu      sync.Mutex
	balance int
}

func transfer(from, to *account, sum int, both *sync.WaitGroup) {
	from.mu.Lock()
	defer from.mu.Unlock()
	both.Done()
	both.Wait()
	to.mu.Lock()
	defer to.mu.Unlock()
	from.balance -= sum
	to.balance += sum
}

type ledger struct {
	mu    sync.Mutex
	audit *auditor
	lines []string
}

type auditor struct {
	mu     sync.Mutex
	ledger *ledger
	seen   int
}

func (l *ledger) post(line string, meet *sync.WaitGroup) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	meet.Done()
	meet.Wait()
	l.audit.note(line)
}

func (a *auditor) note(string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen++
}

func (a *auditor) report(meet *sync.WaitGroup) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	meet.Done()
	meet.Wait()
	return a.ledger.size()
}

func (l *ledger) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}

type fork struct{ mu sync.Mutex }

func philosopher(left, right *fork, seated *sync.WaitGroup) {
	left.mu.Lock()
	seated.Done()
	seated.Wait()
	right.mu.Lock()
	right.mu.Unlock()
	left.mu.Unlock()
}

type session struct {
	mu   sync.Mutex
	user string
}

func (s *session) login(user string) error {
	s.mu.Lock()
	if user == "" {
		return errors.New("no user")
	}
	s.user = user
	s.mu.Unlock()
	return nil
}

func (s *session) whoami() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.user
}

type bus struct {
	mu       sync.Mutex
	handlers []func(string)
}

func (b *bus) subscribe(f func(string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handlers = append(b.handlers, f)
}

func (b *bus) publish(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.handlers {
		h(topic)
	}
}

// base is embedded: the lock belongs to what embeds it.
type base struct {
	sync.Mutex
	children []*node
}

type node struct {
	base
	parent *node
}

func (n *node) attach(child *node) {
	n.Lock()
	defer n.Unlock()
	child.parent = n
	n.children = append(n.children, child)
	n.rebalance()
}

func (n *node) rebalance() {
	n.Lock()
	defer n.Unlock()
	n.children = append([]*node(nil), n.children...)
}

// A table is generic.
type table[K comparable, V any] struct {
	mu   sync.Mutex
	rows map[K]V
}

func (t *table[K, V]) getOrSet(k K, make func() V) V {
	t.mu.Lock()
	defer t.mu.Unlock()
	if v, ok := t.rows[k]; ok {
		return v
	}
	v := make()
	t.rows[k] = v
	return v
}

type device struct {
	mu   sync.Mutex
	line chan string
	last string
}

func (d *device) write(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.line <- s
	d.last = s
}

var (
	configMu sync.Mutex
	config   = map[string]string{}
	stateMu  sync.Mutex
	state    = map[string]string{}
)

func reload(meet *sync.WaitGroup) {
	configMu.Lock()
	defer configMu.Unlock()
	meet.Done()
	meet.Wait()
	stateMu.Lock()
	state["config"] = config["name"]
	stateMu.Unlock()
}

func snapshot(meet *sync.WaitGroup) {
	stateMu.Lock()
	defer stateMu.Unlock()
	meet.Done()
	meet.Wait()
	configMu.Lock()
	config["state"] = state["name"]
	configMu.Unlock()
}

func meeting(n int) *sync.WaitGroup {
	var wg sync.WaitGroup
	wg.Add(n)
	return &wg
}

var locks = map[string]scenario{
	"lock-self": {run: func(*stage) {
		c := &counter{name: "c", n: map[string]int{}}
		c.add("a")
	}},
	"lock-self-beside-work": {run: func(*stage) {
		c := &counter{name: "c", n: map[string]int{}}
		go c.add("a")
	}},
	"lock-self-embedded": {run: func(*stage) {
		n := &node{}
		n.attach(&node{})
	}},
	"lock-self-callback": {run: func(*stage) {
		b := &bus{}
		b.subscribe(func(topic string) { b.subscribe(func(string) {}) })
		b.publish("start")
	}},
	"lock-self-generic": {run: func(*stage) {
		t := &table[string, int]{rows: map[string]int{}}
		t.getOrSet("a", func() int { return t.getOrSet("b", func() int { return 1 }) })
	}},
	"lock-abba": {run: func(*stage) {
		a, b, meet := &account{id: 1}, &account{id: 2}, meeting(2)
		go transfer(a, b, 10, meet)
		go transfer(b, a, 5, meet)
	}},
	"lock-abba-all": {run: func(*stage) {
		a, b, meet := &account{id: 1}, &account{id: 2}, meeting(2)
		var done sync.WaitGroup
		done.Go(func() { transfer(a, b, 10, meet) })
		done.Go(func() { transfer(b, a, 5, meet) })
		done.Wait()
	}},
	"lock-abba-classes": {run: func(*stage) {
		l, a, meet := &ledger{}, &auditor{}, meeting(2)
		l.audit, a.ledger = a, l
		go l.post("rent", meet)
		go a.report(meet)
	}},
	"lock-abba-globals": {run: func(*stage) {
		meet := meeting(2)
		go reload(meet)
		go snapshot(meet)
	}},
	"lock-philosophers": {run: func(*stage) {
		forks, seated := make([]*fork, 5), meeting(5)
		for i := range forks {
			forks[i] = &fork{}
		}
		for i := range forks {
			go philosopher(forks[i], forks[(i+1)%len(forks)], seated)
		}
	}},
	"lock-missing-unlock": {run: func(*stage) {
		s, tried := &session{}, make(chan error)
		go func() { tried <- s.login("") }()
		<-tried
		for range 3 {
			go s.whoami()
		}
	}},
	"lock-convoy-channel": {run: func(*stage) {
		d := &device{line: make(chan string)}
		for range 12 {
			go d.write("x")
		}
	}},
}
