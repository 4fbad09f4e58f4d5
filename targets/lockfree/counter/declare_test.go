package counter

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
)

func TestTarget(t *testing.T) { harness.Conform(t, Target()) }
