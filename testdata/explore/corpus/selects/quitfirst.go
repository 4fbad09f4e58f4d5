package selects

// A saver saves the documents of a queue.
type saver struct {
	queue chan string
	quit  chan struct{}
	done  chan struct{}
	saved []string
}

func newSaver() *saver {
	return &saver{queue: make(chan string, 4), quit: make(chan struct{}), done: make(chan struct{})}
}

func (s *saver) run() {
	defer close(s.done)
	for {
		select {
		case doc := <-s.queue:
			s.saved = append(s.saved, doc)
		case <-s.quit:
			return
		}
	}
}

// runFixed saves what is queued before it quits.
func (s *saver) runFixed() {
	defer close(s.done)
	for {
		select {
		case doc := <-s.queue:
			s.saved = append(s.saved, doc)
		case <-s.quit:
			for len(s.queue) > 0 {
				s.saved = append(s.saved, <-s.queue)
			}
			return
		}
	}
}

// close returns how many documents were saved. There must be no more after it.
func (s *saver) close() int {
	close(s.quit)
	<-s.done
	return len(s.saved)
}
