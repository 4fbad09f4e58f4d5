package sharing

import (
	"errors"
	"testing"
)

// explore:want race
// explore:also assertion
// Both goroutines assign the same err, and one of them takes the error of the other away. Deterministic for the race detector.
func TestSharedErrBug(t *testing.T) { registerNameless(t, register) }

func TestSharedErrFixed(t *testing.T) { registerNameless(t, registerFixed) }

func registerNameless(t *testing.T, register func(first, last string) error) {
	if err := register("Ann", ""); !errors.Is(err, errEmpty) {
		t.Errorf("error %v, want %v", err, errEmpty)
	}
}
