package sharing

import "sync"

// A job is one line of a batch.
type job struct{ id int }

// runBatch runs all jobs at the same time. It keeps the last one for the report.
func runBatch(jobs []job, run func(job)) job {
	var wg sync.WaitGroup
	var j job
	for _, j = range jobs {
		wg.Go(func() { run(j) })
	}
	wg.Wait()
	return j
}

// runBatchFixed has a variable for each turn.
func runBatchFixed(jobs []job, run func(job)) job {
	var wg sync.WaitGroup
	var last job
	for _, j := range jobs {
		last = j
		wg.Go(func() { run(j) })
	}
	wg.Wait()
	return last
}
