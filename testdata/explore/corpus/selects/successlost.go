package selects

import "context"

// A build ends its context when it is ready, so that its helpers stop.
type build struct {
	ctx      context.Context
	cancel   context.CancelFunc
	artifact chan string
}

func startBuild() *build {
	b := &build{artifact: make(chan string, 1)}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	go func() {
		defer b.cancel()
		b.artifact <- "app.tar"
	}()
	return b
}

func (b *build) result() (string, error) {
	select {
	case a := <-b.artifact:
		return a, nil
	case <-b.ctx.Done():
		return "", b.ctx.Err()
	}
}

// resultFixed looks for an artifact before it calls the build failed.
func (b *build) resultFixed() (string, error) {
	select {
	case a := <-b.artifact:
		return a, nil
	case <-b.ctx.Done():
	}
	select {
	case a := <-b.artifact:
		return a, nil
	default:
		return "", b.ctx.Err()
	}
}
