package iterators

import (
	"iter"
	"testing"
)

// explore:want leak
// The loop ends before the last page, and the goroutine sends the next one for ever. Deterministic.
func TestChannelSeqBug(t *testing.T) { readPages(t, pages) }

func TestChannelSeqFixed(t *testing.T) { readPages(t, pagesFixed) }

func readPages(t *testing.T, pages func(int) iter.Seq[int]) {
	read := 0
	for page := range pages(4) {
		if read++; page == 1 {
			break
		}
	}
	if read != 2 {
		t.Errorf("%d pages read, want 2", read)
	}
}
