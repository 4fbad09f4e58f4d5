package selects

// merge passes on what comes from two inputs, until both have closed.
func merge(a, b <-chan string, out chan<- string) {
	defer close(out)
	for {
		select {
		case v, ok := <-a:
			if ok {
				out <- v
				continue
			}
			if a = nil; b == nil {
				return
			}
		case v, ok := <-b:
			if ok {
				out <- v
				continue
			}
			b = nil
		}
	}
}

// mergeFixed stops after either input, if it is the second.
func mergeFixed(a, b <-chan string, out chan<- string) {
	defer close(out)
	for a != nil || b != nil {
		select {
		case v, ok := <-a:
			if ok {
				out <- v
				continue
			}
			a = nil
		case v, ok := <-b:
			if ok {
				out <- v
				continue
			}
			b = nil
		}
	}
}
