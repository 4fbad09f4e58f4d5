package selects

import "runtime"

// A renderer draws frame after frame and looks for a command in between.
type renderer struct {
	quit   chan struct{}
	done   chan struct{}
	frames int
}

func newRenderer() *renderer {
	return &renderer{quit: make(chan struct{}), done: make(chan struct{})}
}

// newFixedRenderer keeps the command until the renderer looks.
func newFixedRenderer() *renderer {
	return &renderer{quit: make(chan struct{}, 1), done: make(chan struct{})}
}

func (r *renderer) run() {
	defer close(r.done)
	for {
		select {
		case <-r.quit:
			return
		default:
			r.frames++
			runtime.Gosched()
		}
	}
}

// stop may be called more than once.
func (r *renderer) stop() {
	select {
	case r.quit <- struct{}{}:
	default: // it is stopping
	}
}
