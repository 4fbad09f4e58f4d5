package selects

// collect adds up what two sources send, until both have closed.
func collect(cpu, disk <-chan int) int {
	sum, open := 0, 2
	for open > 0 {
		select {
		case v, ok := <-cpu:
			if !ok {
				cpu = nil
				open--
				continue
			}
			sum += v
		case v, ok := <-disk:
			if !ok {
				continue
			}
			sum += v
		}
	}
	return sum
}

// collectFixed looks at neither source when it has closed.
func collectFixed(cpu, disk <-chan int) int {
	sum := 0
	for cpu != nil || disk != nil {
		select {
		case v, ok := <-cpu:
			if !ok {
				cpu = nil
				continue
			}
			sum += v
		case v, ok := <-disk:
			if !ok {
				disk = nil
				continue
			}
			sum += v
		}
	}
	return sum
}
