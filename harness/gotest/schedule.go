package gotest

import "time"

// A job is one thing to run again and again: a test, or a package.
type job struct {
	binary  int
	test    string // "" for a whole package
	pattern string // -test.run
	key     string // names the job in random decisions
	tests   []string

	started, running int // processes
	ended            int
	barren           int // ended processes in a row that said nothing about the program
	spent            time.Duration
	dropped          string // why it is not run any more
}

// guess is what a process is taken to cost before one has ended.
const guess = 50 * time.Millisecond

// maxBarren is after how many processes in a row that ran no test a job is given up.
const maxBarren = 10

// cost returns the time that a job has used and is about to use.
func (j *job) cost() time.Duration {
	each := guess
	if j.ended > 0 {
		each = j.spent / time.Duration(j.ended)
	}
	return j.spent + time.Duration(j.running)*each
}

// A schedule shares time among jobs: the next process belongs to the job that has had the least time, so that a slow test does
// not starve the fast ones, nor a hanging one all others. It is a step function without clock.
type schedule struct {
	jobs       []*job
	iterations int // processes for each job, 0 for no limit
}

// next returns the job to start next, or nil. It looks at all jobs.
func (s *schedule) next() *job {
	var best *job
	for _, j := range s.jobs {
		if j.dropped != "" || s.iterations > 0 && j.started >= s.iterations {
			continue
		}
		if best == nil || j.cost() < best.cost() {
			best = j
		}
	}
	return best
}

// start counts a process that was started.
func (s *schedule) start(j *job) {
	j.started++
	j.running++
}

// end counts a process that ended after some time; fruitful says that it ran at least one test.
func (s *schedule) end(j *job, elapsed time.Duration, fruitful bool) {
	j.running--
	j.ended++
	j.spent += elapsed
	j.barren++
	if fruitful {
		j.barren = 0
	}
	if j.barren >= maxBarren && j.dropped == "" {
		j.dropped = "given up: the last processes ran no test"
	}
}
