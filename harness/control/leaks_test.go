package control

import (
	"context"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

func TestExperiments(t *testing.T) {
	for _, c := range []struct {
		env  []string
		want string
	}{
		{nil, "goroutineleakprofile"},
		{[]string{"A=b", "GOEXPERIMENT="}, "goroutineleakprofile"},
		{[]string{"GOEXPERIMENT=jsonv2", "GOEXPERIMENTS=x"}, "jsonv2,goroutineleakprofile"},
	} {
		if got := experiments(c.env); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}

// TestLeakWatchUnsupported: what cannot be built is an error, and leaves no set.
func TestLeakWatchUnsupported(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if set, _, err := BuildLeakWatch(ctx, gotest.BuildConfig{Dir: t.TempDir()}, false); err == nil || set != nil {
		t.Errorf("%v, %v", set, err)
	}
}
