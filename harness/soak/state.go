package soak

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/report"
)

// maxCrashes is the number of rounds in a row in which a pair may bring the process down before it gets no more.
const maxCrashes = 3

// A state is what a journal amounts to: a fold over its records, in which nothing else has a part. What runs next is a function of it.
type state struct {
	identity
	budget budget
	spent  time.Duration

	pairs   []*pairState
	buckets []*bucket // in the order in which they were first seen
	growth  map[string]*series
	total   series

	rounds, processes, deaths int // rounds that ended
	number                    int // of the newest round
	cycle                     int
	queue                     []int // the pairs that are left of the cycle

	round int        // the number of the round that runs, or ran last
	begin *begin     // that round, or nil before the first
	open  bool       // it has not ended
	tries int        // how often it was begun without an end for which we know a reason
	seen  []*Example // the failures of the open round, not counted yet
	last  string     // the kind of the last record
}

// A pairState is what is known of a pair.
type pairState struct {
	Pair
	begun  int // rounds that used up a seed
	rounds int // rounds that ended

	held, violated, inconclusive int
	reason                       string // of the last inconclusive round
	sum                          summary
	openSum                      float64
	crashes                      int      // in a row
	suspect                      *Example // a round that the process died in twice, to be tried once more with its seed
	dropped                      bool     // it gets no more rounds: it crashed again and again, or never came back
}

// errOrder is what fold says about a record that cannot be where it is.
var errOrder = errors.New("the record does not follow from those before it")

// fold adds a record to the state. An error means that no run of this harness wrote that record there.
func (s *state) fold(r *record) error {
	if (r.Kind == recSoak) != (s.Version == 0) || r.At < s.spent && r.Kind != recDied {
		return errOrder
	}
	s.spent = max(s.spent, r.At)
	s.last = r.Kind
	switch r.Kind {
	case recSoak:
		s.found(r.Soak)
	case recOpen:
		s.reopen(r.Open)
	case recBegin:
		return s.began(r)
	case recInterrupted:
		s.tries = 0
	case recDied:
		return s.died(r)
	default:
		return s.result(r)
	}
	return nil
}

// found starts the state of a soak.
func (s *state) found(i *identity) {
	s.identity = *i
	s.growth = map[string]*series{}
	for _, p := range i.Pairs {
		s.pairs = append(s.pairs, &pairState{Pair: p})
		if s.growth[p.Target] == nil {
			s.growth[p.Target] = &series{}
		}
	}
	s.refill()
}

// reopen notes a new process: what it holds begins anew, and with it the series of growth.
func (s *state) reopen(b *budget) {
	s.processes++
	s.budget = *b
	s.total.cut()
	for _, g := range s.growth {
		g.cut()
	}
}

// next returns the round that must run now, or why none must. It changes nothing.
func (s *state) next() (n int, b *begin, done string) {
	switch {
	case s.budget.For > 0 && s.spent >= s.budget.For:
		return 0, nil, stopSpent
	case s.budget.Rounds > 0 && s.rounds >= s.budget.Rounds:
		return 0, nil, stopRounds
	case s.open:
		again := *s.begin
		again.Attempt++
		return s.round, &again, ""
	case len(s.queue) == 0:
		return 0, nil, stopDropped
	}
	p := s.pairs[s.queue[0]]
	b = &begin{Pair: p.Pair, Seed: report.Seed(seedOf(uint64(s.Seed), p.Pair, p.begun)), Attempt: 1}
	if p.suspect != nil {
		b.Seed = p.suspect.Seed
	}
	return s.number + 1, b, ""
}

// The reasons for which a soak stops.
const (
	stopSpent       = "the budget is spent"
	stopRounds      = "all rounds were run"
	stopDropped     = "every target was given up"
	stopInterrupted = "interrupted"
)

// began notes that a round begins. It must be the one that follows from the records before it, whatever the budget says.
func (s *state) began(r *record) error {
	free := *s
	free.budget = budget{}
	n, want, _ := free.next()
	if want == nil || r.Round != n || *r.Begin != *want {
		return fmt.Errorf("round %d is not the one that follows", r.Round)
	}
	if !s.open {
		s.number++
		if p := s.pairs[s.queue[0]]; p.suspect == nil {
			p.begun++
		}
	}
	s.round, s.begin, s.open = n, r.Begin, true
	s.tries++
	return nil
}

// result takes what a round has found.
func (s *state) result(r *record) error {
	if s.begin == nil || r.Round != s.round || s.open != (r.Kind != recGrowth) {
		return errOrder
	}
	switch r.Kind {
	case recFailure:
		s.saw(r.Failure)
	case recEnd:
		s.ended(r.End)
	case recGrowth:
		s.growth[s.begin.Target].add(r.Growth)
		s.total.add(r.Growth)
	}
	return nil
}

// saw keeps a failure of the open round. One that an earlier attempt at the round saw already is replaced.
func (s *state) saw(x *Example) {
	same := func(y *Example) bool { return y.Signature == x.Signature }
	if i := slices.IndexFunc(s.seen, same); i >= 0 {
		s.seen[i] = x
		return
	}
	s.seen = append(s.seen, x)
}

// ended closes the open round.
func (s *state) ended(e *summary) {
	p := s.current()
	switch e.Status {
	case report.Held:
		p.held++
	case report.Violated:
		p.violated++
	default:
		p.inconclusive++
		p.reason = e.Reason
	}
	p.crashes, p.suspect = 0, nil
	p.dropped = e.Stuck
	p.sum.add(e)
	p.openSum += e.Open * float64(e.Histories)
	s.close(e.Seen)
}

// add sums up.
func (t *summary) add(e *summary) {
	t.Histories += e.Histories
	t.Operations += e.Operations
	t.Schedules += e.Schedules
	t.Vacuous += e.Vacuous
	t.Undecided += e.Undecided
	t.Elapsed += e.Elapsed
	t.MaxOpen = max(t.MaxOpen, e.MaxOpen)
}

// died notes that a process died. With last words that is a failure of the round, at once. Without them the round is run again; dies the process
// in it again, then the round is suspect, and its seed comes again at the pair's next turn; only the second pair of deaths is a failure.
func (s *state) died(r *record) error {
	if s.begin == nil || r.Round != s.round || s.open == r.Died.Late {
		return errOrder
	}
	s.deaths++
	x := crashed(r.Died, s.begin)
	x.Round, x.At = s.round, s.spent
	switch {
	case r.Died.Late:
		s.bucket(s.pairIndex(), x.Signature).note(x, 1)
	case x.Status == report.Violated || s.tries >= 2:
		s.crash(x)
	}
	return nil
}

// crash ends the open round by the death of the process.
func (s *state) crash(x *Example) {
	p := s.current()
	p.crashes++
	p.dropped = p.crashes >= maxCrashes
	s.spent += s.budget.RoundFor // how long it ran nobody knows; so much it might have
	if x.Status != report.Violated && p.suspect == nil {
		p.suspect = x
		s.settle(nil)
		s.leave()
		return
	}
	x.confirm()
	p.suspect = nil
	p.violated++
	s.saw(x)
	s.close(nil)
}

// close counts the failures of the open round, and takes its pair from the queue.
func (s *state) close(seen []sighting) {
	i := s.pairIndex()
	counts := map[string]int64{}
	for _, c := range seen {
		counts[c.Signature] = c.Count
	}
	s.settle(counts)
	for _, c := range seen {
		n, left := counts[c.Signature]
		if b := s.find(i, c.Signature); left && b != nil {
			b.note(nil, n)
		}
		delete(counts, c.Signature)
	}
	s.pairs[i].rounds++
	s.rounds++
	s.leave()
}

// settle puts what the open round saw into buckets. What was told of in full may have been counted higher; such counts are used up.
func (s *state) settle(counts map[string]int64) {
	for _, x := range s.seen {
		s.bucket(s.pairIndex(), x.Signature).note(x, max(counts[x.Signature], x.Count))
		delete(counts, x.Signature)
	}
	s.seen = nil
}

// leave takes the pair of the open round from the queue.
func (s *state) leave() {
	s.open, s.tries = false, 0
	s.queue = s.queue[1:]
	s.refill()
}

// note counts a round that saw the bucket's failure, and adds its example if there is one.
func (b *bucket) note(x *Example, count int64) {
	b.rounds++
	b.count += count
	if x != nil {
		b.add(x)
	}
}

// bucket returns the bucket of a failure, a new one if there is none.
func (s *state) bucket(pair int, signature string) *bucket {
	if b := s.find(pair, signature); b != nil {
		return b
	}
	b := &bucket{pair: pair, signature: signature}
	s.buckets = append(s.buckets, b)
	return b
}

// find returns the bucket of a failure, or nil.
func (s *state) find(pair int, signature string) *bucket {
	for _, b := range s.buckets {
		if b.pair == pair && b.signature == signature {
			return b
		}
	}
	return nil
}

// refill begins the next cycle once the queue is empty: all pairs in a new order, but for those that were dropped, and in most cycles for those
// of which all is known.
func (s *state) refill() {
	for range knownEvery {
		if len(s.queue) > 0 {
			return
		}
		for _, i := range order(uint64(s.Seed), s.cycle, len(s.pairs)) {
			if !s.pairs[i].dropped && (s.cycle%knownEvery == 0 || !s.known(i)) {
				s.queue = append(s.queue, i)
			}
		}
		s.cycle++
	}
}

// known reports whether a pair fails, and in no way of which more examples are wanted.
func (s *state) known(pair int) bool {
	fails := false
	for _, b := range s.buckets {
		if b.pair == pair {
			if b.rounds < s.Limit {
				return false
			}
			fails = true
		}
	}
	return fails
}

// current returns the pair of the round that runs or ran last; pairIndex its index.
func (s *state) current() *pairState { return s.pairs[s.pairIndex()] }

func (s *state) pairIndex() int { return slices.Index(s.Pairs, s.begin.Pair) }
