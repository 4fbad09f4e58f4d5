package contexts

import "context"

// A poller polls a source in the background, until it is stopped or polls another.
type poller struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// poll starts to poll a source.
func (p *poller) poll(ticks <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	p.done = make(chan struct{})
	go pollUntil(ctx, ticks, p.done)
}

// pollFixed stops what it replaces.
func (p *poller) pollFixed(ticks <-chan struct{}) {
	if p.cancel != nil {
		p.stop()
	}
	p.poll(ticks)
}

func (p *poller) stop() {
	p.cancel()
	<-p.done
}

func pollUntil(ctx context.Context, ticks <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	for {
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
	}
}
