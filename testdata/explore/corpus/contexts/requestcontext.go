package contexts

import (
	"context"
	"sync"
)

// An auditor writes records in the background.
type auditor struct {
	wg      sync.WaitGroup
	mu      sync.Mutex
	records []string
}

func (a *auditor) write(ctx context.Context, record string) {
	a.wg.Go(func() {
		if ctx.Err() != nil {
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.records = append(a.records, record)
	})
}

// writeFixed keeps the values of the request's context, and not its end.
func (a *auditor) writeFixed(ctx context.Context, record string) {
	a.write(context.WithoutCancel(ctx), record)
}

func (a *auditor) close() int {
	a.wg.Wait()
	return len(a.records)
}

// serve handles a request, whose context ends with it.
func serve(handler func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	handler(ctx)
}
