package conds

import "sync"

// A jobQueue blocks those who pop until there is a job.
type jobQueue struct {
	mu    sync.Mutex
	ready *sync.Cond
	jobs  []string
}

func newJobQueue() *jobQueue {
	q := new(jobQueue)
	q.ready = sync.NewCond(&q.mu)
	return q
}

func (q *jobQueue) push(job string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, job)
	q.ready.Signal()
}

func (q *jobQueue) pop() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		q.ready.Wait()
	}
	job := q.jobs[0]
	q.jobs = q.jobs[1:]
	return job
}

// popFixed looks again after it was woken.
func (q *jobQueue) popFixed() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.jobs) == 0 {
		q.ready.Wait()
	}
	job := q.jobs[0]
	q.jobs = q.jobs[1:]
	return job
}
