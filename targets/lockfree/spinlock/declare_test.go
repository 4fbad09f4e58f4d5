package spinlock

import (
	"testing"

	"github.com/concurrency-god-mode/godmode/harness"
)

func TestTarget(t *testing.T) { harness.Conform(t, Target()) }

func TestTicketTarget(t *testing.T) { harness.Conform(t, TicketTarget()) }
