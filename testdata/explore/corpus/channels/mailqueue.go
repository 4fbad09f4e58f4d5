package channels

// A mailQueue hands messages to one goroutine that delivers them.
type mailQueue struct {
	messages chan string
	quit     chan struct{}
	done     chan struct{}
	sent     []string
}

func newMailQueue() *mailQueue {
	q := &mailQueue{messages: make(chan string), quit: make(chan struct{}), done: make(chan struct{})}
	go q.run()
	return q
}

func (q *mailQueue) run() {
	defer close(q.done)
	for {
		select {
		case m := <-q.messages:
			q.sent = append(q.sent, m)
		case <-q.quit:
			return
		}
	}
}

// enqueue reports whether the message was taken.
func (q *mailQueue) enqueue(m string) bool {
	q.messages <- m
	return true
}

// stop returns how many messages were delivered.
func (q *mailQueue) stop() int {
	close(q.quit)
	<-q.done
	return len(q.sent)
}

// A fixedMailQueue gives up when the queue stops.
type fixedMailQueue struct{ *mailQueue }

func (q fixedMailQueue) enqueue(m string) bool {
	select {
	case q.messages <- m:
		return true
	case <-q.quit:
		return false
	}
}
