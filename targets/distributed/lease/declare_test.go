package lease

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
)

// TestTarget: with -short, every fourth bug must do.
func TestTarget(t *testing.T) {
	target := Target()
	if testing.Short() {
		var few []harness.Bug
		for i := 0; i < len(target.Bugs); i += 4 {
			few = append(few, target.Bugs[i])
		}
		target.Bugs = few
	}
	harness.Conform(t, target)
}
