package contexts

import (
	"context"
	"testing"
)

// explore:want assertion
// The handler returns and its context is cancelled before the record is written in the background.
func TestRequestContextBug(t *testing.T) { serveAndAudit(t, (*auditor).write) }

func TestRequestContextFixed(t *testing.T) { serveAndAudit(t, (*auditor).writeFixed) }

func serveAndAudit(t *testing.T, write func(*auditor, context.Context, string)) {
	var a auditor
	serve(func(ctx context.Context) { write(&a, ctx, "login") })
	if n := a.close(); n != 1 {
		t.Errorf("%d records, want 1", n)
	}
}
