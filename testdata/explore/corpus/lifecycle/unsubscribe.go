package lifecycle

// A broker sends each message to all its subscribers, from one goroutine.
type broker struct {
	join, leave chan *subscriber
	messages    chan string
	quit        chan struct{}
}

type subscriber struct {
	inbox chan string
	gone  chan struct{}
}

func newBroker() *broker {
	b := &broker{make(chan *subscriber), make(chan *subscriber), make(chan string), make(chan struct{})}
	go b.run()
	return b
}

func (b *broker) run() {
	subscribers := map[*subscriber]bool{}
	for {
		select {
		case s := <-b.join:
			subscribers[s] = true
		case s := <-b.leave:
			delete(subscribers, s)
		case m := <-b.messages:
			for s := range subscribers {
				select {
				case s.inbox <- m:
				case <-s.gone:
				}
			}
		case <-b.quit:
			return
		}
	}
}

func (b *broker) subscribe() *subscriber {
	s := &subscriber{inbox: make(chan string), gone: make(chan struct{})}
	b.join <- s
	return s
}

func (b *broker) unsubscribe(s *subscriber) { b.leave <- s }

// unsubscribeFixed tells the broker not to wait for this one.
func (b *broker) unsubscribeFixed(s *subscriber) {
	close(s.gone)
	b.leave <- s
}
