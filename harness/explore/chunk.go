package explore

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// A chunk is a run of schedules for one process.
type chunk struct {
	strategy    string
	race        bool
	from, count int  // in this shard: its k-th schedule has number Shard + k·Shards
	proof       bool // the attempt to see all schedules, beside the others
}

// Sizes of chunks. The first is small, so that what fails at once is known at once; the last is large, since strategies learn within a process.
var chunkSizes = []int{64, 256, 1024, 4096}

// exhaustiveSchedules are how many go to the strategy that can tell that it has seen all, before and beside the others: small tests end with a proof.
const exhaustiveSchedules = 512

// isolatedSchedules are how many a test gets whose schedules need a process each.
const isolatedSchedules = 512

// idleSchedules are enough for a test in which nothing is to be decided: only what it draws at random can differ.
const idleSchedules = 16

// chunks divides the schedules of a test, those with the race detector and those without in turn. What chunk a schedule is in depends on nothing but its
// number and the configuration, so that the first failure is the same whatever the number of processes, unless schedules with lower numbers take much longer
// (see hunt).
func (t *trial) chunks() []chunk {
	mine := t.mine()
	raced := int(float64(mine)*t.config.RaceShare + 0.5)
	switch {
	case t.pkg.Race == "":
		raced = 0
	case t.pkg.Plain == "":
		raced = mine
	}
	most := mine
	switch {
	case mine == 0:
		return nil
	case t.limits.idle:
		most = min(mine, idleSchedules)
	case t.limits.isolated:
		most = min(mine, isolatedSchedules)
	case systematic(t.config.Strategy):
		return []chunk{{strategy: t.config.Strategy, race: t.pkg.Race != "", count: mine}}
	}
	raced = int(float64(raced)*float64(most)/float64(mine) + 0.5)
	all := merge(t.divide(true, 0, raced), t.divide(false, raced, most))
	if t.limits.programs {
		return t.enumerate(all, most)
	}
	if t.provable() {
		all = slices.Insert(all, min(1, len(all)), chunk{strategy: exhaustive, race: t.pkg.Race != "", count: min(exhaustiveSchedules, mine), proof: true})
	}
	return all
}

// provable reports whether it is worth a try to see all schedules of the test.
func (t *trial) provable() bool {
	return t.config.Strategy == sched.Names()[0] && slices.Contains(Strategies(), exhaustive) && t.config.Shards == 1 && !t.limits.idle && !t.limits.isolated &&
		t.limits.points <= provablePoints
}

// provablePoints is how many operations a test may have whose schedules could all be seen.
const provablePoints = 300

// provableSteps is how many operations a schedule may have in the attempt to see all. Where one needs more, goroutines wait for each other in loops, and there is
// no end of schedules. The strategies beside it are fair in the long run, and get more. What DPOR does at the end of a schedule takes time with the square of its
// length: of 5 000 operations with the race detector 4 s, of 1 000 a fifth of a second.
const provableSteps = 1000

// merge takes two lists of chunks together so that at any time both are done to about the same part: a run that ends early has seen some of each.
func merge(a, b []chunk) (all []chunk) {
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if j == len(b) || i < len(a) && i*len(b) <= j*len(a) {
			all = append(all, a[i])
			i++
		} else {
			all = append(all, b[j])
			j++
		}
	}
	return all
}

// divide returns the chunks of the schedules from one number to another.
func (t *trial) divide(race bool, from, to int) (all []chunk) {
	for i := 0; from < to; i++ {
		size := chunkSizes[min(i, len(chunkSizes)-1)]
		if t.limits.isolated {
			size = 1
		}
		c := chunk{strategy: t.config.Strategy, race: race, from: from, count: min(size, to-from)}
		all = append(all, c)
		from += c.count
	}
	return all
}

// A hunt is the exploration of one test: chunks that run at the same time, and what they found.
type hunt struct {
	*trial
	mu       sync.Mutex
	first    int // index of the first chunk that settled the matter, or the number of chunks
	finding  *finding
	stops    []context.CancelFunc // by chunk
	seen     map[int]counts
	refused  string
	problem  string
	notes    map[string]bool
	pool     sched.Pool  // of what all chunks have seen
	over     int         // chunks that were run to their end and settled nothing
	patience *time.Timer // until those before a failure are stopped
	chance   bool        // something beside the order of operations may have had a say, in some schedule

	exhausted                    bool
	programs, allSeen, undecided int64
}

// hunt runs chunks until one fails or all are done. Of several failures the one with the lowest number counts: when a chunk fails, those behind it are
// stopped, and those before it get some more time.
func (t *trial) hunt(ctx context.Context, chunks []chunk) *hunt {
	h := &hunt{trial: t, first: len(chunks), stops: make([]context.CancelFunc, len(chunks)), seen: map[int]counts{}, notes: map[string]bool{}}
	free := make(chan struct{}, t.config.Workers)
	var all sync.WaitGroup
	for i, c := range chunks {
		free <- struct{}{}
		inner, stop := context.WithCancel(ctx)
		if !h.begin(i, stop) || t.late() || ctx.Err() != nil {
			stop()
			break
		}
		all.Go(func() {
			defer func() { stop(); <-free }()
			h.run(inner, i, c)
		})
	}
	all.Wait()
	if h.patience != nil {
		h.patience.Stop()
	}
	return h
}

// conclude ends the time that the chunks before a failure have: one of them may take minutes, and who waits has a failure already.
func (h *hunt) conclude() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, stop := range h.stops[:h.first] {
		stop()
	}
}

// settled reports whether all chunks were run to their end and nothing was found.
func (h *hunt) settled() bool {
	return h.first == len(h.stops) && h.over == len(h.stops)
}

// begin registers a chunk, unless one before it has settled the matter.
func (h *hunt) begin(i int, stop context.CancelFunc) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stops[i] = stop
	return i < h.first
}

// run runs one chunk.
func (h *hunt) run(ctx context.Context, i int, c chunk) {
	request := h.request(c.strategy, c.from, c.count)
	request.warmup = !h.limits.isolated
	if c.proof {
		request.proof, request.steps = true, min(request.steps, provableSteps)
	}
	j := h.job(h.pkg.other(c.race), c.race, request)
	j.progress = func(n counts) { h.progress(i, n) }
	o := h.launcher.run(ctx, j)
	h.progress(i, o.now)
	h.settle(i, o, request, c.race)
}

// progress takes note of how far a chunk is.
func (h *hunt) progress(i int, n counts) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen[i] = n
	h.tell(h.total().Schedules)
}

// total adds up what is known of the chunks. How much of the space they have seen is estimated from what all have seen together. If one has exhausted the
// space, the others have seen nothing else.
func (h *hunt) total() (sum counts) {
	if h.exhausted {
		return h.seen[h.first]
	}
	for _, n := range h.seen {
		sum.Schedules += n.Schedules
		sum.Decisions += n.Decisions
		sum.Points += n.Points
	}
	sum.Estimate = h.pool.Coverage()
	return sum
}

// settle takes the outcome of a chunk.
func (h *hunt) settle(i int, o *outcome, r request, race bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := o.finding(h.test)
	if o.done != nil {
		h.pool.Add(o.done.Classes)
	}
	h.count(o)
	switch {
	case i >= h.first || o.cancelled:
		return
	case f != nil && f.strategy == warmup && h.limits.programs:
		// Another program than that of the baseline has failed in its first schedule, which is as good as any.
		f.race, f.strategy, f.number, f.after, f.schedules = race, baseline, 0, h.elapsed(), h.total().Schedules+1
		h.finding, h.refused, h.problem, h.exhausted = f, "", "", false
	case f != nil && f.strategy == warmup && race && h.pkg.Plain != "":
		// The first schedule was run without the detector until now: this is what the detector says of it.
		first := h.request(baseline, 0, 1)
		f.race, f.strategy, f.chunk, f.after, f.schedules = true, baseline, &first, h.elapsed(), 1
		h.finding, h.refused, h.problem, h.exhausted = f, "", "", false
	case f != nil && f.strategy == warmup:
		h.finding, h.refused, h.problem = nil, "not deterministic (the first schedule failed after it had passed)", ""
	case f != nil:
		f.race, f.strategy, f.chunk, f.after, f.schedules = race, cmp.Or(f.strategy, r.strategy), &r, h.elapsed(), h.total().Schedules
		h.finding, h.refused, h.problem, h.exhausted = f, "", "", false
	case o.outside != nil:
		h.finding, h.refused, h.problem = nil, reaches(o.outside), ""
	case o.complaint() != "":
		h.finding, h.refused, h.problem = nil, "", o.complaint()
	case o.done != nil && o.done.Exhausted && o.done.Chance == 0 && o.done.Unfinished == 0:
		h.exhausted = true
	default:
		h.over++
		h.chance = h.chance || o.done == nil || o.done.Chance > 0 || o.done.Unfinished > 0
		if o.done != nil && o.done.Unfinished > 0 && !r.proof {
			h.notes["some schedules had not ended after the limit of operations, and were cut off"] = true
		}
		if o.done != nil && o.done.Exhausted {
			h.notes["all orders of operations and picks of select, for one draw of random numbers, the order of maps and the clock"] = true
		}
		if !o.exit.Good() && o.done != nil {
			h.notes["after its schedules the process ended with: "+brief(o.output)] = true
		}
		return
	}
	h.first = i
	if h.finding != nil && h.patience == nil {
		h.patience = time.AfterFunc(h.config.grace, h.conclude)
	}
	for _, stop := range h.stops[i+1:] {
		if stop != nil {
			stop()
		}
	}
}
