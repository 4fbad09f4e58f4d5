package cli

import (
	"context"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/gotest"
	"github.com/concurrency-god-mode/godmode/harness/lockswap"
)

// buildTests returns the function that builds tests with the lock checker that the configuration asks for, and has note told what that checker sees.
func buildTests(note func(string)) func(context.Context, gotest.BuildConfig) (*gotest.Set, error) {
	return func(ctx context.Context, config gotest.BuildConfig) (*gotest.Set, error) {
		if config.LockCheck != lockswap.Name {
			return control.BuildUncontrolled(ctx, config)
		}
		set, swap, err := lockswap.Build(ctx, config, control.BuildUncontrolled)
		if err == nil {
			note(swap.String())
		}
		return set, err
	}
}

// longestWait is how long go-deadlock lets a goroutine wait for a lock, unless the process as a whole may not take much longer.
const longestWait = 30 * time.Second

// lockEnv is the environment of tests whose locks are checked: go-deadlock speaks before the time of the process is up.
func lockEnv(o *options) []string {
	if o.lockCheck != lockswap.Name || o.timeout == 0 {
		return nil
	}
	return []string{lockswap.LimitVariable + "=" + min(longestWait, o.timeout/2).String()}
}
