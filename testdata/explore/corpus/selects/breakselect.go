package selects

// A tally counts votes until it is told to quit.
type tally struct {
	votes chan string
	quit  chan struct{}
	count map[string]int
}

func newTally() *tally {
	return &tally{votes: make(chan string), quit: make(chan struct{}), count: map[string]int{}}
}

func (c *tally) run() {
	for {
		select {
		case v := <-c.votes:
			c.count[v]++
		case <-c.quit:
			break
		}
	}
}

// runFixed leaves the loop, and not only the select.
func (c *tally) runFixed() {
	for {
		select {
		case v := <-c.votes:
			c.count[v]++
		case <-c.quit:
			return
		}
	}
}
