package lifecycle

import "testing"

// explore:want panic
// explore:also race
// The results are closed when the jobs are: a worker that has taken the last one sends on a closed channel.
func TestCloseResultsBug(t *testing.T) { resizeAll(t, resize) }

func TestCloseResultsFixed(t *testing.T) { resizeAll(t, resizeFixed) }

func resizeAll(t *testing.T, resize func([]string) <-chan string) {
	n := 0
	for range resize([]string{"cat", "dog", "cow"}) {
		n++
	}
	if n != 3 {
		t.Errorf("%d pictures, want 3", n)
	}
}
