package selects

// A statusLine shows the latest status. Who sets it never waits for who shows it.
type statusLine struct {
	updates chan int
}

func newStatusLine() *statusLine { return &statusLine{updates: make(chan int, 1)} }

func (s *statusLine) set(percent int) {
	select {
	case s.updates <- percent:
	default:
	}
}

// setFixed drops the older one. There is one setter.
func (s *statusLine) setFixed(percent int) {
	for {
		select {
		case s.updates <- percent:
			return
		default:
		}
		select {
		case <-s.updates:
		default:
		}
	}
}

// show returns what was shown last when the status is closed.
func (s *statusLine) show() int {
	shown := 0
	for percent := range s.updates {
		shown = percent
	}
	return shown
}
