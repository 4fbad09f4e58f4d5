package contexts

import (
	"context"
	"testing"
	"time"
)

// explore:want leak
// The time is over before the answer is there: the goroutine sends it for ever.
func TestResultTimeoutBug(t *testing.T) { askWithTimeout(t, ask) }

func TestResultTimeoutFixed(t *testing.T) { askWithTimeout(t, askFixed) }

func askWithTimeout(t *testing.T, ask func(context.Context, backend, string) (string, error)) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	shout := func(query string) string {
		<-time.After(time.Millisecond)
		return query + "!"
	}
	answer, err := ask(ctx, shout, "hello")
	if err == nil && answer != "hello!" {
		t.Errorf("answer %q", answer)
	}
}
