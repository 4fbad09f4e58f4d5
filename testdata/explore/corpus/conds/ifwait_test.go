package conds

import (
	"sync"
	"testing"
)

// explore:want panic
// Another consumer takes the job between the signal and the moment when the woken one has the lock.
func TestIfWaitBug(t *testing.T) { pushAndPop((*jobQueue).pop) }

func TestIfWaitFixed(t *testing.T) { pushAndPop((*jobQueue).popFixed) }

func pushAndPop(pop func(*jobQueue) string) {
	q := newJobQueue()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { pop(q) })
	}
	q.push("resize")
	q.push("upload")
	wg.Wait()
}
