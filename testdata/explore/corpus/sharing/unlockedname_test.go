package sharing

import (
	"sync"
	"testing"
)

// explore:want race
// The name is written without the lock. If the first report comes before the reader locks, the lock happens to order the two. Otherwise nothing does.
func TestUnlockedNameBug(t *testing.T) { beginAndDescribe(t, (*progress).begin) }

func TestUnlockedNameFixed(t *testing.T) { beginAndDescribe(t, (*progress).beginFixed) }

func beginAndDescribe(t *testing.T, begin func(*progress, string)) {
	var p progress
	var wg sync.WaitGroup
	wg.Go(func() { begin(&p, "image.iso") })
	if name, bytes := p.describe(); bytes > 0 && name != "image.iso" {
		t.Errorf("%d bytes of %q", bytes, name)
	}
	wg.Wait()
}
