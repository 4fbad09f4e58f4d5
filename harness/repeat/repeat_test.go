package repeat_test

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

func TestNth(t *testing.T) {
	first := repeat.Nth(t)
	if got := repeat.Nth(t); got != first+1 {
		t.Errorf("asked again: %d after %d", got, first)
	}
	t.Run("other", func(t *testing.T) {
		if got, mine := repeat.Nth(t), first/2; got != mine {
			t.Errorf("another test: %d, want %d: names share a count", got, mine)
		}
	})
}

func TestOnce(t *testing.T) {
	n, ran := repeat.Nth(t), false
	t.Run("it", func(t *testing.T) { repeat.Once(t); ran = true })
	if ran != (n == 0) {
		t.Errorf("ran: %v, in run %d of this process", ran, n)
	}
}
