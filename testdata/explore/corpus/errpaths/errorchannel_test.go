package errpaths

import (
	"errors"
	"testing"
)

// explore:want leak
// The check that fails is not the last one to report: nobody receives from the others.
func TestErrorChannelBug(t *testing.T) { checkHealth(t, healthy) }

func TestErrorChannelFixed(t *testing.T) { checkHealth(t, healthyFixed) }

func checkHealth(t *testing.T, healthy func([]check) error) {
	down := errors.New("database is down")
	up := func() error { return nil }
	if err := healthy([]check{up, func() error { return down }}); err != down {
		t.Errorf("error %v, want %v", err, down)
	}
}
