package lifecycle

import "sync"

// resize sends each picture through two workers.
func resize(pictures []string) <-chan string {
	jobs, results := make(chan string), make(chan string, len(pictures))
	for range 2 {
		go func() {
			for p := range jobs {
				results <- p + ".small"
			}
		}()
	}
	for _, p := range pictures {
		jobs <- p
	}
	close(jobs)
	close(results)
	return results
}

// resizeFixed closes the results when the workers have sent theirs.
func resizeFixed(pictures []string) <-chan string {
	jobs, results := make(chan string), make(chan string, len(pictures))
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for p := range jobs {
				results <- p + ".small"
			}
		})
	}
	for _, p := range pictures {
		jobs <- p
	}
	close(jobs)
	workers.Wait()
	close(results)
	return results
}
