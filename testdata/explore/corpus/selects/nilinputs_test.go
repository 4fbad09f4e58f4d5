package selects

import "testing"

// explore:want deadlock
// The second input closes last: both are nil, and the select waits for ever.
func TestNilInputsBug(t *testing.T) { mergeTwo(t, merge) }

func TestNilInputsFixed(t *testing.T) { mergeTwo(t, mergeFixed) }

func mergeTwo(t *testing.T, merge func(a, b <-chan string, out chan<- string)) {
	a, b, out := make(chan string), make(chan string), make(chan string)
	for _, in := range []chan string{a, b} {
		go func() {
			in <- "line"
			close(in)
		}()
	}
	go merge(a, b, out)
	lines := 0
	for range out {
		lines++
	}
	if lines != 2 {
		t.Errorf("%d lines, want 2", lines)
	}
}
