package channels

// A gossiper handles rumours and passes those with hops left to its peer.
type gossiper struct {
	inbox   chan int // hops left
	peer    *gossiper
	handled func()
	quit    chan struct{}
}

func gossipers(handled func(), quit chan struct{}) (a, b *gossiper) {
	a = &gossiper{inbox: make(chan int), handled: handled, quit: quit}
	b = &gossiper{inbox: make(chan int), handled: handled, quit: quit, peer: a}
	a.peer = b
	return a, b
}

func (g *gossiper) run() {
	for {
		select {
		case hops := <-g.inbox:
			if hops > 0 {
				g.peer.inbox <- hops - 1
			}
			g.handled()
		case <-g.quit:
			return
		}
	}
}

// runFixed goes on receiving while it has rumours to pass.
func (g *gossiper) runFixed() {
	var pending []int
	for {
		var out chan<- int
		var next int
		if len(pending) > 0 {
			out, next = g.peer.inbox, pending[0]
		}
		select {
		case hops := <-g.inbox:
			if hops > 0 {
				pending = append(pending, hops-1)
			}
			g.handled()
		case out <- next:
			pending = pending[1:]
		case <-g.quit:
			return
		}
	}
}
