package channels

import (
	"sync"
	"testing"
)

// explore:want deadlock
// wait comes before start: it receives from the nil channel that it found.
func TestNilChannelBug(t *testing.T) { downloadAndWait(t, newDownload()) }

func TestNilChannelFixed(t *testing.T) { downloadAndWait(t, newFixedDownload()) }

func downloadAndWait(t *testing.T, d *download) {
	var wg sync.WaitGroup
	wg.Go(func() {
		if size := d.wait(); size != 42 {
			t.Errorf("size %d, want 42", size)
		}
	})
	d.start()
	wg.Wait()
}
