package explore

import (
	"context"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// TestCanary builds the canary with the real changes of the standard library, and finds what is to be found.
func TestCanary(t *testing.T) {
	repeat.Once(t)
	if testing.Short() {
		t.Skip("builds programs")
	}
	for _, race := range []bool{false, true} {
		began := time.Now()
		if err := canary(context.Background(), BuildConfig{TempDir: t.TempDir(), Now: time.Now}, race); err != nil {
			t.Errorf("race=%v: %v", race, err)
		}
		t.Logf("race=%v: %v", race, time.Since(began))
	}
}
